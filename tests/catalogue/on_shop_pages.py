"""What the scripts of a shop's pages do with a key that everybody can read, and what it tells."""

from collections.abc import Callable
from typing import Any

from access import keys
from access.models import ApiKey
from events.models import Event
from tests.catalogue import preparing
from tests.catalogue.over_rest import BASKET, WISH
from tests.catalogue.scenes import Act, Action, Scene, Told, both
from tests.conftest import RestClient

SHOP = "https://shop.example"
MAY = ["events:write", "create_customers", "redeem", "publish"]


def _page(path: str, body: object) -> Act:
    def act(scene: Scene) -> None:
        issued = keys.issue("Pages", ApiKey.Kind.CLIENT, MAY, [SHOP])
        headers = {"X-Client-Application-Id": issued.key.app_id, "X-Client-Token": issued.app_token, "Origin": SHOP}
        scene.ok(RestClient(headers).post(f"/client/v1/{path}", body))

    return act


def _does(name: str, act: Act, told: Told, before: Callable[..., Any] = lambda scene: None) -> Action:
    return Action(f"on a page of the shop {name}", act, told, before, door=Event.Source.CLIENT)


ALL = [
    _does("a customer signs up", _page("customers", {"source_id": "ida"}), {"customer.created": None}),
    _does(
        "somebody unknown leaves a cart",
        _page("events", {"event": "cart_abandoned", "customer": {"source_id": "ida"}}),
        {"customer.created": None, "cart_abandoned": None},
    ),
    _does(
        "a code is checked", _page("validations", BASKET), {"voucher.validation.succeeded": None},
        preparing.code_and_customer,
    ),
    _does(
        "a code is redeemed",
        _page("redemptions", WISH),
        {"redemption.succeeded": None},
        preparing.code_and_customer,
    ),
    _does(
        "a code is asked for",
        _page("publish", {"campaign": "Spring", "customer": {"source_id": "ida"}}),
        {"voucher.published": None},
        both(preparing.campaign_with_codes),
    ),
]  # fmt: skip
