"""What people and shops do, and the events that each of it makes: no more, no fewer, each with its cause."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.test import Client

from tests.catalogue import preparing
from tests.conftest import RestClient

# For each event how often it comes, and the event that caused it; None where somebody's own doing is the cause.
Told = Mapping[str, str | None]


@dataclass
class Scene:
    """Who may act: a shop's server, a marketer at the screen, and the workers."""

    api: RestClient
    admin: Client
    drain: Callable[[], int]
    # What was prepared and is needed for the action.
    made: dict[str, Any] = field(default_factory=dict)

    def ok(self, answer: Any) -> Any:
        assert answer.status_code in (200, 202, 204, 302), answer.content
        return answer.json() if answer.content and answer.headers["Content-Type"].startswith("application/json") else {}


@dataclass(frozen=True)
class Action:
    """Something done, what it needs beforehand, and what it tells."""

    name: str
    act: Callable[[Scene], object]
    told: Told
    before: Callable[[Scene], object] = lambda scene: None
    # All that it tells belongs to one request.
    is_one_group: bool = True


def _post(path: str, body: object = None) -> Callable[[Scene], object]:
    return lambda scene: scene.ok(scene.api.post(path.format(**scene.made), body))


def _put(path: str, body: object = None) -> Callable[[Scene], object]:
    return lambda scene: scene.ok(scene.api.put(path.format(**scene.made), body))


def _delete(path: str) -> Callable[[Scene], object]:
    return lambda scene: scene.ok(scene.api.delete(path.format(**scene.made)))


def _refused(path: str, body: object = None) -> Callable[[Scene], object]:
    def act(scene: Scene) -> None:
        answer = scene.api.post(path.format(**scene.made), body)
        assert answer.status_code == 400, answer.content

    return act


def _form(path: str, **fields: Any) -> Callable[[Scene], object]:
    return lambda scene: scene.ok(scene.admin.post(path.format(**scene.made), fields))


WISH = {"redeemables": [{"object": "voucher", "id": "BACK-1"}], "customer": {"source_id": "ida"}}
BASKET = {**WISH, "order": {"amount": 12_000, "source_id": "o-1"}}

CAMPAIGNS = [
    Action("a campaign is saved", _post("/v1/campaigns", preparing.CAMPAIGN), {"campaign.created": None}),
    Action(
        "a campaign is saved and its codes are made",
        _post("/v1/campaigns", {**preparing.CAMPAIGN, "vouchers_count": 3}),
        {"campaign.created": None, "voucher.created": "campaign.created"},
    ),
    Action(
        "a campaign is changed",
        _put("/v1/campaigns/Spring", {"description": "new"}),
        {"campaign.updated": None},
        preparing.campaign,
    ),
    Action(
        "a campaign is disabled", _post("/v1/campaigns/Spring/disable"), {"campaign.disabled": None}, preparing.campaign
    ),
    Action(
        "a campaign is enabled",
        _post("/v1/campaigns/Spring/enable"),
        {"campaign.enabled": None},
        preparing.disabled_campaign,
    ),
    Action("a campaign is deleted", _delete("/v1/campaigns/Spring"), {"campaign.deleted": None}, preparing.campaign),
    Action(
        "a rule is put on a campaign",
        lambda scene: preparing.assign(scene, "campaign"),
        {"campaign.validation_rules.created": None},
        preparing.campaign_and_rule,
    ),
    Action(
        "a rule of a campaign is changed",
        lambda scene: preparing.change_rule(scene),
        {"campaign.validation_rules.updated": None},
        preparing.ruled_campaign,
    ),
    Action(
        "a rule is taken off a campaign",
        _delete("/v1/validation-rules/{rule}/assignments/{assignment}"),
        {"campaign.validation_rules.deleted": None},
        preparing.ruled_campaign,
    ),
]

VOUCHERS = [
    Action("a code is made", lambda scene: preparing.code(scene), {"voucher.created": None}),
    Action(
        "codes are imported",
        _post("/v1/vouchers/import", [{"code": "IN-1", **preparing.FIVE_OFF}]),
        {"voucher.created": None},
    ),
    Action(
        "a code is changed",
        _put("/v1/vouchers/BACK-1", {"metadata": {"a": 1}}),
        {"voucher.updated": None},
        preparing.code,
    ),
    Action("a code is disabled", _post("/v1/vouchers/BACK-1/disable"), {"voucher.disabled": None}, preparing.code),
    Action(
        "a code is enabled", _post("/v1/vouchers/BACK-1/enable"), {"voucher.enabled": None}, preparing.disabled_code
    ),
    Action("a code is deleted", _delete("/v1/vouchers/BACK-1"), {"voucher.deleted": None}, preparing.code),
    Action(
        "a code is given to a customer",
        _post("/v1/publications", {"voucher": "BACK-1", "customer": {"source_id": "ida"}}),
        {"voucher.published": None},
        preparing.code_and_customer,
    ),
    Action(
        "a gift card is topped up",
        _post("/v1/vouchers/GIFT-1/balance", {"amount": 100}),
        {"voucher.gift.balance_added": None},
        preparing.gift,
    ),
    Action(
        "a code is checked",
        _post("/v1/validations", BASKET),
        {"voucher.validation.succeeded": None},
        preparing.code_and_customer,
    ),
    Action(
        "a code is checked that cannot be used",
        _post("/v1/validations", BASKET),
        {"voucher.validation.failed": None},
        preparing.disabled_code_and_customer,
    ),
    Action(
        "a rule is put on a code",
        lambda scene: preparing.assign(scene, "voucher"),
        {"voucher.validation_rules.created": None},
        preparing.code_and_rule,
    ),
    Action(
        "a rule of a code is changed",
        lambda scene: preparing.change_rule(scene),
        {"voucher.validation_rules.updated": None},
        preparing.ruled_code,
    ),
    Action(
        "a rule is taken off a code",
        _delete("/v1/validation-rules/{rule}/assignments/{assignment}"),
        {"voucher.validation_rules.deleted": None},
        preparing.ruled_code,
    ),
]

REDEMPTIONS = [
    Action(
        "a code is redeemed with an order",
        _post("/v1/redemptions", BASKET),
        {"redemption.succeeded": None, "order.created": None, "order.paid": None},
        preparing.code_and_customer,
    ),
    Action(
        "a code is redeemed without an order",
        _post("/v1/redemptions", WISH),
        {"redemption.succeeded": None},
        preparing.code_and_customer,
    ),
    Action(
        "a code is redeemed once too often",
        _refused("/v1/redemptions", BASKET),
        {"redemption.failed": None},
        preparing.redeemed,
    ),
    Action(
        "a redemption is taken back",
        _post("/v1/redemptions/{redemption}/rollback"),
        {"redemption.rollback.succeeded": None, "order.updated": None, "order.canceled": None},
        preparing.redeemed_with_order,
    ),
    Action(
        "a redemption is taken back twice",
        _refused("/v1/redemptions/{redemption}/rollback"),
        {"redemption.rollback.failed": None},
        preparing.taken_back,
    ),
]

CUSTOMERS = [
    Action("a customer is new", _post("/v1/customers", {"source_id": "ida"}), {"customer.created": None}),
    Action(
        "a customer is changed",
        _post("/v1/customers", {"source_id": "ida", "name": "Ida"}),
        {"customer.updated": None},
        preparing.customer,
    ),
    Action("a customer is saved as she was", _post("/v1/customers", {"source_id": "ida"}), {}, preparing.customer),
    Action(
        "customers are brought by a sheet", lambda scene: preparing.import_customers(scene), {"customer.created": None}
    ),
    Action("a customer is deleted", _delete("/v1/customers/ida"), {"customer.deleted": None}, preparing.customer),
    Action(
        "a customer does what a segment asks for",
        _post("/v1/events", {"event": "cart_abandoned", "customer": {"source_id": "ida"}}),
        {"cart_abandoned": None, "customer.segment.entered": "cart_abandoned"},
        preparing.segment_and_customer,
    ),
    Action(
        "a customer is no longer what a segment asks for",
        _post("/v1/customers", {"source_id": "ida", "metadata": {"club": "silver"}}),
        {"customer.updated": None, "customer.segment.left": "customer.updated"},
        preparing.gold_member,
    ),
]

DISTRIBUTIONS = [
    Action(
        "a distribution writes to a customer",
        _post("/v1/events", {"event": "cart_abandoned", "customer": {"source_id": "ida"}}),
        {
            "cart_abandoned": None,
            "customer.segment.entered": "cart_abandoned",
            "voucher.published": "customer.segment.entered",
            "customer.email.sent": "customer.segment.entered",
            "distribution.email.sent": "customer.segment.entered",
        },
        preparing.distribution,
        is_one_group=False,
    ),
    Action(
        "a distribution has nowhere to write to",
        _post("/v1/events", {"event": "cart_abandoned", "customer": {"source_id": "otto"}}),
        {
            "cart_abandoned": None,
            "customer.segment.entered": "cart_abandoned",
            "customer.email.failed": "customer.segment.entered",
            "distribution.email.failed": "customer.segment.entered",
        },
        preparing.distribution,
        is_one_group=False,
    ),
]

REWARDS = [
    Action(
        "the holder of a loyalty card pays an order",
        _post("/v1/orders", {**preparing.ORDER, "status": "PAID"}),
        {
            "order.created": None,
            "order.paid": None,
            "customer.rewarded": "order.paid",
            "customer.rewarded.loyalty_points": "order.paid",
            "voucher.loyalty_card.points_added": "order.paid",
        },
        preparing.loyalty_card,
    ),
]

ORDERS = [
    Action("an order is placed", _post("/v1/orders", preparing.ORDER), {"order.created": None}, preparing.customer),
    Action(
        "an order is placed and paid",
        _post("/v1/orders", {**preparing.ORDER, "status": "PAID"}),
        {"order.created": None, "order.paid": None},
        preparing.customer,
    ),
    Action(
        "an order is changed",
        _put("/v1/orders/o-1", {"metadata": {"gift": True}}),
        {"order.updated": None},
        preparing.order,
    ),
    Action(
        "an order is paid",
        _put("/v1/orders/o-1", {"status": "PAID"}),
        {"order.updated": None, "order.paid": None},
        preparing.order,
    ),
    Action(
        "an order is canceled",
        _put("/v1/orders/o-1", {"status": "CANCELED"}),
        {"order.updated": None, "order.canceled": None},
        preparing.order,
    ),
    Action(
        "orders of the past are imported",
        _post("/v1/orders/import", [{**preparing.ORDER, "status": "PAID"}]),
        {},
        preparing.customer,
    ),
]

GOODS = [
    Action("a product is added", _post("/v1/products", {"source_id": "tee"}), {"product.created": None}),
    Action(
        "a product is changed", _put("/v1/products/tee", {"name": "Tee"}), {"product.updated": None}, preparing.product
    ),
    Action("a product is deleted", _delete("/v1/products/tee"), {"product.deleted": None}, preparing.product),
    Action(
        "a variant is added",
        _post("/v1/products/tee/skus", {"source_id": "tee-m"}),
        {"sku.created": None},
        preparing.product,
    ),
    Action(
        "a variant is changed", _put("/v1/products/tee/skus/tee-m", {"sku": "M"}), {"sku.updated": None}, preparing.sku
    ),
    Action("a variant is deleted", _delete("/v1/products/tee/skus/tee-m"), {"sku.deleted": None}, preparing.sku),
]

EXPORTS = [
    Action(
        "an export is asked for and written",
        _post("/v1/exports", {"exported_object": "customer"}),
        {"export.scheduled": None, "export.done": "export.scheduled"},
    ),
    Action(
        "an export cannot be written",
        preparing.break_an_export,
        {"export.scheduled": None, "export.failed": "export.scheduled"},
    ),
    Action("an export is deleted", _delete("/v1/exports/{export}"), {"export.deleted": None}, preparing.export),
]

ON_THE_SCREEN = [
    Action(
        "a campaign is disabled on the screen",
        _form("/admin/campaigns/campaign/{campaign}/active/"),
        {"campaign.disabled": None},
        preparing.campaign,
    ),
    Action(
        "a customer is added on the screen",
        _form("/admin/customers/customer/add/", source_id="ida", name="Ida", **preparing.NO_METADATA),
        {"customer.created": None},
    ),
]

ALL = [
    *CAMPAIGNS,
    *VOUCHERS,
    *REDEMPTIONS,
    *CUSTOMERS,
    *DISTRIBUTIONS,
    *REWARDS,
    *ORDERS,
    *GOODS,
    *EXPORTS,
    *ON_THE_SCREEN,
]
