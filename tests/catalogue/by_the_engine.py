"""What follows without anybody asking for it: letters, codes, rewards, and what the clock does."""

from datetime import timedelta

from campaigns.models import Voucher
from events.clock import database_now
from events.models import Event
from rewards.models import PendingPoints
from segments.membership import wakeups
from tests.catalogue import preparing
from tests.catalogue.scenes import Action, Scene, both, post

CLOCK = Event.Source.INTERNAL
ABANDONS = {"event": "cart_abandoned", "customer": {"source_id": "ida"}}
PAYS = post("/v1/orders", {**preparing.ORDER, "status": "PAID"})
LONG_AGO = "2020-01-01"


def _days_later(days: int) -> None:
    wakeups.wake_due(database_now() + timedelta(days=days))


def _points_lapse(scene: Scene) -> None:
    Voucher.objects.filter(code=scene.made["card"]).update(lapses={LONG_AGO: 40}, lapses_on=LONG_AGO)


SEGMENTS = [
    Action(
        "a customer does what a segment asks for",
        post("/v1/events", ABANDONS),
        {"cart_abandoned": None, "customer.segment.entered": "cart_abandoned"},
        preparing.segment_and_customer,
    ),
    Action(
        "a customer is no longer what a segment asks for",
        post("/v1/customers", {"source_id": "ida", "metadata": {"club": "silver"}}),
        {"customer.updated": None, "customer.segment.left": "customer.updated"},
        preparing.gold_member,
    ),
    Action(
        "what a segment asks for is too long ago",
        lambda scene: _days_later(3),
        {"customer.segment.left": None},
        both(
            lambda scene: preparing.segment(scene, preparing.RECENTLY), preparing.customer, post("/v1/events", ABANDONS)
        ),
        door=CLOCK,
    ),
    Action(
        "what a segment asks for is long enough ago",
        lambda scene: _days_later(3),
        {"customer.segment.entered": None},
        both(
            lambda scene: preparing.segment(scene, preparing.LONG_AGO), preparing.customer, post("/v1/events", ABANDONS)
        ),
        door=CLOCK,
    ),
    Action(
        "a segment is asked for of which a customer is a member already",
        lambda scene: preparing.gold_segment(scene),
        {},
        both(preparing.customer, post("/v1/customers", {"source_id": "ida", "metadata": {"club": "gold"}})),
    ),
]

DISTRIBUTIONS = [
    Action(
        "a distribution writes to a customer",
        post("/v1/events", ABANDONS),
        {
            "cart_abandoned": None,
            "customer.segment.entered": "cart_abandoned",
            "voucher.published": "customer.segment.entered",
            "customer.email.sent": "customer.segment.entered",
            "distribution.email.sent": "customer.segment.entered",
        },
        preparing.distribution,
    ),
    Action(
        "a distribution fills the dry pool from which it gives",
        post("/v1/events", ABANDONS),
        {
            "cart_abandoned": None,
            "customer.segment.entered": "cart_abandoned",
            "voucher.created": "customer.segment.entered",
            "voucher.published": "customer.segment.entered",
            "customer.email.sent": "customer.segment.entered",
            "distribution.email.sent": "customer.segment.entered",
        },
        lambda scene: preparing.distribution(scene, type="AUTO_UPDATE", vouchers_count=0),
    ),
    Action(
        "a distribution has nowhere to write to",
        post("/v1/events", {**ABANDONS, "customer": {"source_id": "otto"}}),
        {
            "cart_abandoned": None,
            "customer.segment.entered": "cart_abandoned",
            "customer.email.failed": "customer.segment.entered",
            "distribution.email.failed": "customer.segment.entered",
        },
        preparing.distribution,
    ),
    Action(
        "a distribution writes when what it waits for is long enough ago",
        lambda scene: _days_later(3),
        {
            "customer.segment.entered": None,
            "voucher.published": "customer.segment.entered",
            "customer.email.sent": "customer.segment.entered",
            "distribution.email.sent": "customer.segment.entered",
        },
        both(lambda scene: preparing.distribution(scene, preparing.LONG_AGO), post("/v1/events", ABANDONS)),
        door=CLOCK,
    ),
]

CODES = [
    Action(
        "a code is asked for from a dry pool",
        post("/v1/publications", {"campaign": {"name": "Spring"}, "customer": {"source_id": "ida"}}),
        {"voucher.created": None, "voucher.published": None},
        both(lambda scene: preparing.campaign(scene, type="AUTO_UPDATE"), preparing.customer),
    ),
]

REWARDS = [
    Action(
        "the holder of a loyalty card pays an order",
        PAYS,
        {
            "order.created": None,
            "order.paid": None,
            "customer.rewarded": "order.paid",
            "customer.rewarded.loyalty_points": "order.paid",
            "voucher.loyalty_card.points_added": "order.paid",
        },
        preparing.loyalty_card,
    ),
    Action(
        "an order is paid of which the points must wait",
        PAYS,
        {"order.created": None, "order.paid": None, "voucher.loyalty_card.pending_points.added": "order.paid"},
        preparing.pending_points,
    ),
    Action(
        "points have waited long enough",
        lambda scene: PendingPoints.objects.update(activates_on=LONG_AGO),
        {
            "voucher.loyalty_card.pending_points.activated": "order.paid",
            "voucher.loyalty_card.points_added": "order.paid",
        },
        both(preparing.pending_points, PAYS),
        door=CLOCK,
    ),
    Action(
        "points lapse",
        _points_lapse,
        {"voucher.loyalty_card.points_expired": None},
        preparing.lapsing_points,
        door=CLOCK,
    ),
    Action(
        "a customer is won by another one's code",
        lambda scene: scene.ok(
            scene.api.post(
                "/v1/redemptions",
                {
                    "redeemables": [{"object": "voucher", "id": scene.made["friends"]}],
                    "customer": {"source_id": "bob"},
                    "order": {"amount": 5000},
                },
            )
        ),
        {
            "customer.created": None,
            "redemption.succeeded": None,
            "order.created": None,
            "order.paid": None,
            "customer.referred": "redemption.succeeded",
            "customer.rewarded": "redemption.succeeded",
            "voucher.loyalty_card.points_added": "redemption.succeeded",
        },
        preparing.referral,
    ),
]

ALL = [*SEGMENTS, *DISTRIBUTIONS, *CODES, *REWARDS]
