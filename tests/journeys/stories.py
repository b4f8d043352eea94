"""The steps that the journeys share, told over the REST API."""

import itertools
import time
from typing import Any

from tests.product import Product, eventually

_numbers = itertools.count(1)


def unique(word: str) -> str:
    return f"{word}_{time.time_ns() % 10**9}_{next(_numbers)}"


def more_than(event: str, value: int = 0, **extra: Any) -> dict[str, Any]:
    return {"junction": "and", "conditions": [
        {"event": event, "metric": "count", "operator": "more_than", "value": value, **extra}]}  # fmt: skip


def make_segment(product: Product, rule: dict[str, Any]) -> str:
    made = product.post("/v1/segments", {"name": unique("Segment"), "type": "auto-update", "filter": rule})
    return str(made["id"])


def make_campaign(product: Product, codes: int = 100) -> str:
    made = product.post("/v1/campaigns", {
        "name": unique("5% off"), "campaign_type": "DISCOUNT_COUPONS", "type": "STATIC", "vouchers_count": codes,
        "voucher": {"type": "DISCOUNT_VOUCHER", "discount": {"type": "PERCENT", "percent_off": 5}},
    })  # fmt: skip
    eventually(lambda: product.get(f"/v1/campaigns/{made['id']}")["vouchers_generation_status"] == "DONE", 30)
    return str(made["id"])


def webhook(url: str) -> dict[str, Any]:
    return {"type": "webhook", "url": url}


def mail(subject: str = "Your {{ voucher.discount }}") -> dict[str, Any]:
    return {"type": "email", "subject": subject, "html": "<p>Use {{ voucher.code }}</p>"}


def set_live(product: Product, segment: str, campaign: str, channel: dict[str, Any], **policy: Any) -> str:
    made = product.post("/v1/distributions", {
        "name": unique("Cart rescue"), "type": "automatic",
        "trigger": {"event": "customer.segment.entered", "segment_id": segment},
        "action": {"type": "publish_code", "campaign_id": campaign},
        "channels": [channel], "policy": policy,
    })  # fmt: skip
    brand = {"name": "Example Shop", "postal_address": "1 Main Street, Utrecht"}
    assert product.call("PUT", "/v1/settings", {"brand": brand}).status == 200
    product.post(f"/v1/distributions/{made['id']}/live")
    return str(made["id"])


def send(product: Product, event: str, who: str, **extra: Any) -> Any:
    body = {"event": event, "customer": {"source_id": who, "email": f"{who}@shop.example"}, **extra}
    return product.post("/v1/events", body)


def messages(product: Product, distribution: str) -> list[Any]:
    return list(product.get(f"/v1/distributions/{distribution}/messages?limit=100")["messages"])
