"""What a shop sets up before its events flow, through the REST API as its people would."""

import time
from collections.abc import Sequence

from benchmarks import databases
from benchmarks.stack import Product

FILL_SECONDS = 60


def open_segment(product: Product, name: str, *conditions: dict) -> str:
    tree = {"junction": "and", "conditions": list(conditions)}
    return product.call("POST", "/v1/segments", {"name": name, "type": "auto-update", "filter": tree})["id"]


def happened(event: str, more_than: int) -> dict:
    return {"event": event, "metric": "count", "operator": "more_than", "value": more_than}


def open_segments(product: Product, count: int, event: str = "cart_abandoned", first: int = 0) -> list[str]:
    """Open segments that all wait for the event; its first occurrence matches only the first of them."""
    opened = [open_segment(product, f"{event} more than {n}", happened(event, n)) for n in range(first, first + count)]
    wait_until_filled(product)
    return opened


def wait_until_filled(product: Product) -> None:
    _wait(product, "SELECT NOT EXISTS (SELECT FROM segments_segment WHERE fill <> 'done')", FILL_SECONDS)


def open_pool(product: Product, codes: int) -> str:
    """Open a campaign of "5% off" and wait until its codes exist."""
    campaign = product.call("POST", "/v1/campaigns", {
        "name": f"5% off ({codes})", "campaign_type": "DISCOUNT_COUPONS", "type": "STATIC", "vouchers_count": codes,
        "voucher": {
            "type": "DISCOUNT_VOUCHER", "discount": {"type": "PERCENT", "percent_off": 5, "effect": "APPLY_TO_ORDER"},
            "redemption": {"quantity": 1}, "code_config": {"length": 12},
        },
    })  # fmt: skip
    _wait(product, "SELECT bool_and(codes_made = codes_wanted) FROM campaigns_campaign", FILL_SECONDS)
    return campaign["id"]


def go_live(product: Product, segment: str, campaign: str, url: str) -> str:
    """Send a code by webhook to everybody who enters the segment."""
    made = product.call("POST", "/v1/distributions", {
        "name": "Cart rescue", "type": "automatic",
        "trigger": {"event": "customer.segment.entered", "segment_id": segment},
        "action": {"type": "publish_code", "campaign_id": campaign},
        "channels": [{"type": "webhook", "url": url, "headers": {}, "payload": None}],
        "policy": {"frequency": "once"},
    })  # fmt: skip
    product.call("POST", f"/v1/distributions/{made['id']}/live")
    return made["id"]


def open_rescue(product: Product, segments: Sequence[str], url: str, codes: int) -> None:
    go_live(product, segments[0], open_pool(product, codes), url)


def _wait(product: Product, question: str, seconds: float) -> None:
    until = time.monotonic() + seconds
    with databases.connect(product.database) as connection:
        while connection.execute(question).fetchone() != (True,):
            if time.monotonic() > until:
                raise TimeoutError(f"Not true after {seconds:.0f} s: {question}")
            time.sleep(0.05)
