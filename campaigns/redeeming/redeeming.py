"""Redeeming: judged while the codes are locked, taken by conditional updates, written and told in one transaction.

Exactly as many succeed as may. A refusal is written down and told as well, and changes nothing else.
"""

from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from access.problems import Problem
from campaigns import balances
from campaigns.arithmetic.undoing import as_one
from campaigns.facts import named
from campaigns.models import Redemption, Transaction, Voucher
from campaigns.redeeming import asking, candidates, counting, holding, telling, trying
from campaigns.redeeming.asking import WishedOrder
from campaigns.redeeming.trying import Attempt, Situation, Tried
from campaigns.redeeming.wishes import Asker, Wish
from customers import profiles
from customers.models import Customer
from events.tracking import Fact, identify, track_many
from orders import placing
from orders.models import Order
from orders.placing import Told
from orders.reading import told as orders_told

# The one statement that uses a code up. Whoever comes second sees what the first one left.
USE = """
    UPDATE campaigns_voucher SET redeemed_quantity = redeemed_quantity + 1, updated_at = statement_timestamp()
    WHERE id = %s AND (quantity IS NULL OR redeemed_quantity < quantity) RETURNING redeemed_quantity
"""


@dataclass(frozen=True)
class Redeemed:
    """What became of a wish: redemptions, or the refused one with the problem that is answered."""

    attempt: Attempt
    situation: Situation
    redemptions: list[Redemption]
    parent: Redemption | None = None
    order: dict[str, Any] | None = None
    problem: Problem | None = None


@transaction.atomic
def redeem(wish: Wish, asker: Asker) -> Redeemed:
    """Redeem a wish, or write down why not; the caller raises ``problem`` once this is committed."""
    customer = _customer(wish, asker)
    found = candidates.find(wish.redeemables, held=True)
    candidates.hold_counts(found)
    situation, order = asking.situation_of(wish, asker, customer=customer)
    attempt = trying.attempt(found, situation)
    if not telling.is_valid(attempt, situation):
        return _refuse(attempt, situation)
    return _carry_out(attempt, situation, order)


def _customer(wish: Wish, asker: Asker) -> Customer | None:
    if wish.profile is None:
        return asking.known_customer(None, wish.tracking_id)
    return identify(wish.profile, source=asker.origin.source, group_id=asker.origin.group_id).customer


def _carry_out(attempt: Attempt, situation: Situation, order: WishedOrder | None) -> Redeemed:
    applied = attempt.applicable
    holding.release([each.voucher for each in applied if each.voucher], situation.session_key)
    for each in applied:
        if each.voucher is not None:
            _use(each.voucher)
    parent = _parent(applied, situation) if len(applied) > 1 else None
    made = [_redemption(each, situation, parent) for each in applied]
    for redemption, each in zip(made, applied, strict=True):
        _pay(redemption, each)
        redemption.save(force_insert=True)
        counting.add(redemption, sign=1)
    placed = _place(attempt, situation, order, parent or made[0])
    _write_order([*([parent] if parent else []), *made], placed)
    loaded = _loaded(made)
    _tell("succeeded", loaded, situation)
    return Redeemed(attempt, situation, loaded, parent and _loaded([parent])[0], placed)


def _use(voucher: Voucher) -> None:
    with connection.cursor() as cursor:
        cursor.execute(USE, [voucher.pk])
        used = cursor.fetchone()
    if used is None:
        message = "The voucher was redeemed as often as it may be"
        raise Problem(400, "quantity_exceeded", message, resource_id=voucher.code, resource_type="voucher")
    voucher.redeemed_quantity = used[0]


def _pay(redemption: Redemption, tried: Tried) -> None:
    if tried.credits and tried.voucher is not None:
        kind, reason = Transaction.Type.CREDITS_REDEMPTION, "Redeemed"
        balances.change(tried.voucher, -tried.credits, kind=kind, reason=reason, redemption_id=redemption.public_id)


def _parent(applied: list[Tried], situation: Situation) -> Redemption:
    parent = _blank(situation, related=Redemption.Related.REDEMPTION)
    parent.related_object_id = parent.public_id
    parent.save(force_insert=True)
    return parent


def _blank(situation: Situation, *, related: str = Redemption.Related.VOUCHER) -> Redemption:
    asker, wish = situation.asker, situation.wish
    return Redemption(
        related_object_type=related,
        customer=situation.customer,
        tracking_id=wish.tracking_id or "",
        metadata=dict(wish.metadata),
        session_key=situation.session_key or "",
        channel_type=asker.channel_type,
        channel_id=asker.channel_id,
        api_key_id=asker.key_id,
        counted_on=situation.now.astimezone(situation.zone).date(),
        created_at=situation.now,
    )


def _redemption(tried: Tried, situation: Situation, parent: Redemption | None) -> Redemption:
    made, voucher, cart = _blank(situation), tried.voucher, tried.cart
    made.parent, made.voucher = parent, voucher
    made.related_object_id = voucher.public_id if voucher else tried.candidate.asked.id
    made.campaign_id = voucher.campaign_id if voucher else None
    made.amount = tried.credits
    made.order_amount = cart.initial_amount if cart else 0
    made.discount_amount = cart.total_applied_discount_amount if cart else 0
    return made


def _place(
    attempt: Attempt, situation: Situation, order: WishedOrder | None, redemption: Redemption
) -> dict[str, Any] | None:
    """Store the order as paid, as the discounts left it."""
    if order is None or attempt.before is None or attempt.after is None:
        return None
    origin = situation.asker.origin
    stored = placing.upsert(
        order.said,
        customer=situation.customer,
        known=order.known,
        cart=as_one(attempt.before, attempt.after),
        status=Order.Status.PAID,
        told=Told(origin.source, origin.group_id, redemption=telling.reference(redemption)),
    )
    return orders_told([stored])[0]


def _write_order(made: list[Redemption], placed: dict[str, Any] | None) -> None:
    if placed is not None:
        keys = [redemption.pk for redemption in made]
        Redemption.objects.filter(pk__in=keys).update(order=placed, order_public_id=placed["id"])


def _refuse(attempt: Attempt, situation: Situation) -> Redeemed:
    """Write down the first part that cannot be redeemed, and why."""
    first = (attempt.inapplicable or list(attempt.tried))[0]
    problem = first.problem or Problem(400, "invalid_redeemables", first.skipped_because.replace("_", " ").capitalize())
    failed = _redemption(first, situation, None)
    failed.result, failed.status = Redemption.Result.FAILURE, Redemption.Status.FAILED
    failed.failure_code, failed.failure_message = problem.key, (first.rule_message or problem.sentence)[:500]
    failed.amount, failed.discount_amount, failed.counted_on = None, 0, None
    failed.save(force_insert=True)
    loaded = _loaded([failed])
    _tell("failed", loaded, situation)
    return Redeemed(attempt, situation, loaded, problem=_answered(problem, failed))


def _answered(problem: Problem, failed: Redemption) -> Problem:
    """Name the failed redemption in what is answered; what is not there is named itself."""
    if problem.status == 404:
        return problem
    named_by = {"resource_id": failed.public_id, "resource_type": "redemption"}
    return Problem(problem.status, problem.key, problem.message, problem.details, **named_by)


def _loaded(made: list[Redemption]) -> list[Redemption]:
    found = Redemption.objects.with_names().select_related("parent").in_bulk([one.pk for one in made])
    return [found[one.pk] for one in made]


def _tell(verb: str, redemptions: list[Redemption], situation: Situation) -> None:
    track_many([fact(f"redemption.{verb}", redemption, situation.asker) for redemption in redemptions])


def fact(name: str, redemption: Redemption, asker: Asker, **more: Any) -> Fact:
    """Say what became of a redemption, with all that it was about."""
    customer, voucher = redemption.customer, redemption.voucher
    told = {
        "customer": profiles.simple(customer) if customer else None,
        "order": redemption.order,
        **(named(voucher) if voucher else {"campaign": None, "voucher": None}),
        "holder": profiles.simple(voucher.holder) if voucher and voucher.holder else None,
        "promotion_tier": None,
        "promotion_stack": None,
        "redemption": telling.reference(redemption),
        **more,
    }
    return asker.origin.fact(name, redemption.public_id, told, redemption.customer_id)
