"""Taking redemptions back: uses, credits and the order return to where they were, once."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection, transaction

from access.clock import database_now
from access.problems import Problem, not_found
from campaigns import balances
from campaigns.models import Redemption, Voucher
from campaigns.redeeming import counting, rewarding, telling
from campaigns.redeeming.asking import stacking_rules
from campaigns.redeeming.redeeming import fact
from campaigns.redeeming.wishes import Asker
from events.tracking import track_many
from orders import placing
from orders.holding import hold_people, take_turns
from orders.models import Order
from orders.placing import Told
from orders.reading import find, told
from schemas import checking

# How long a redemption can be taken back.
WINDOW = timedelta(days=92)
GIVE_BACK = """
    UPDATE campaigns_voucher SET redeemed_quantity = redeemed_quantity - 1, updated_at = statement_timestamp()
    WHERE id = %s AND redeemed_quantity > 0
"""


@dataclass(frozen=True)
class Returned:
    """What became of it: the rollbacks, of a stack with their parent, and the order; or why it was refused."""

    rollbacks: list[Redemption]
    parent: Redemption | None = None
    order: dict[str, Any] | None = None
    problem: Problem | None = None


@dataclass(frozen=True)
class Said:
    """What the caller says of it."""

    reason: str = ""
    tracking_id: str = ""
    metadata: dict[str, Any] | None = None


@transaction.atomic
def take_back(public_id: str, said: Said, asker: Asker, *, as_stack: bool) -> Returned:
    """Take back a redemption, or all of a stack; a refusal is written down and told, and changes nothing else."""
    named = Redemption.objects.named(public_id).first()
    if named is None or named.is_rollback:
        raise not_found("redemption", public_id)
    if said.metadata:
        # What a redemption must say was said of the one that is taken back.
        checking.check("redemption", said.metadata, {**named.metadata, **said.metadata})
    take_turns([named.order_public_id])
    hold_people(_people(named))
    parent = Redemption.objects.select_for_update(of=("self",)).get(pk=named.parent_id or named.pk)
    held = _loaded(Redemption.objects.select_for_update(of=("self",)).filter(pk=named.pk))[0]
    parts = _loaded(Redemption.objects.filter(parent=held).order_by("pk")) or [held]
    refused = _refusal(held, parent, as_stack=as_stack)
    if refused is not None:
        return _refuse(held, refused, said, asker)
    _hold_codes(parts)
    made = [_return(part, said, asker) for part in parts]
    whole = _rollback(held, said, asker) if parts != [held] else None
    if whole is not None:
        whole.save(force_insert=True)
        Redemption.objects.filter(pk=held.pk).update(status=Redemption.Status.ROLLED_BACK)
        Redemption.objects.filter(pk__in=[one.pk for one in made]).update(parent=whole)
    order = _cancel(held, asker)
    # Last, as whoever redeems does: codes, the order, then the counters.
    counting.take_off(parts)
    loaded = _loaded(Redemption.objects.filter(pk__in=[one.pk for one in made]).order_by("pk"))
    _tell("succeeded", loaded, asker)
    rewarding.tell("rolledback", loaded, asker.origin)
    return Returned(loaded, whole and _loaded(Redemption.objects.filter(pk=whole.pk))[0], order)


def obstacle(redemption: Redemption) -> Problem | None:
    """Say why a redemption, or the whole of a stack, cannot be taken back now; None where it can."""
    return _refusal(redemption, redemption, as_stack=True)


def _people(redemption: Redemption) -> set[int | None]:
    """Return who is locked before the codes, as whoever redeems does: who redeemed, and whose the order is."""
    orders = Order.objects.filter(public_id=redemption.order_public_id) if redemption.order_public_id else []
    return {redemption.customer_id, *(order.customer_id for order in orders)}


def _hold_codes(parts: list[Redemption]) -> None:
    """Lock the codes in the order of their ids, as whoever redeems them does: neither can wait for the other."""
    keys = [part.voucher_id for part in parts if part.voucher_id]
    list(Voucher.everything.filter(pk__in=keys).order_by("pk").select_for_update(no_key=True, of=("self",)))


def _refusal(held: Redemption, parent: Redemption, *, as_stack: bool) -> Problem | None:
    if held.is_rollback:
        return _problem("invalid_redemption", "What takes back cannot be taken back", held)
    if held.result == Redemption.Result.FAILURE:
        return _problem("invalid_redemption", "A redemption that failed cannot be taken back", held)
    if held.status == Redemption.Status.ROLLED_BACK:
        return _problem("already_rolled_back", "The redemption was taken back already", held)
    if held.created_at < database_now() - WINDOW:
        return _problem("invalid_redemption", "The redemption is too old to be taken back", held)
    if parent.pk != held.pk:
        return _problem("invalid_redemption_parent", "It is part of a stack; take the whole stack back", held)
    if held.related_object_type == Redemption.Related.REDEMPTION and not as_stack:
        return _problem("invalid_redemption", "It is a stack; take it back as one", held)
    return None


def _problem(key: str, message: str, redemption: Redemption) -> Problem:
    return Problem(400, key, message, resource_id=redemption.public_id, resource_type="redemption")


def _rollback(redemption: Redemption, said: Said, asker: Asker) -> Redemption:
    return Redemption(
        is_rollback=True,
        takes_back=redemption,
        related_object_type=redemption.related_object_type,
        related_object_id=redemption.related_object_id,
        voucher=redemption.voucher,
        promotion_tier=redemption.promotion_tier,
        promotion_stack=redemption.promotion_stack,
        campaign_id=redemption.campaign_id,
        customer=redemption.customer,
        tracking_id=said.tracking_id,
        amount=-redemption.amount if redemption.amount else None,
        reward=redemption.reward,
        discount_amount=redemption.discount_amount,
        order_amount=redemption.order_amount,
        reason=said.reason,
        metadata=said.metadata or {},
        order_public_id=redemption.order_public_id,
        channel_type=asker.channel_type,
        channel_id=asker.channel_id,
        api_key_id=asker.key_id,
        created_at=database_now(),
    )


def _return(redemption: Redemption, said: Said, asker: Asker) -> Redemption:
    rollback = _rollback(redemption, said, asker)
    rollback.save(force_insert=True)
    Redemption.objects.filter(pk=redemption.pk).update(status=Redemption.Status.ROLLED_BACK)
    if redemption.voucher is not None:
        _give_back(redemption.voucher, redemption, rollback)
    rewarding.give_back(redemption, asker.origin)
    return rollback


def _give_back(voucher: Voucher, redemption: Redemption, rollback: Redemption) -> None:
    with connection.cursor() as cursor:
        cursor.execute(GIVE_BACK, [voucher.pk])
    if redemption.amount:
        balances.refund(voucher, redemption.amount, rollback.public_id)


def _cancel(redemption: Redemption, asker: Asker) -> dict[str, Any] | None:
    """Cancel the order, unless the project keeps orders out of it."""
    if not redemption.order_public_id:
        return None
    order = find(redemption.order_public_id)
    if order is None:
        return None
    if stacking_rules().redeemables_rollback_order_mode == "WITH_ORDER":
        said = Told(asker.origin.source, asker.origin.group_id, redemption=telling.reference(redemption))
        order = placing.set_status(order, Order.Status.CANCELED, told=said)
    return told([order])[0]


def _refuse(held: Redemption, problem: Problem, said: Said, asker: Asker) -> Returned:
    failed = _rollback(held, said, asker)
    failed.result, failed.status, failed.amount = Redemption.Result.FAILURE, Redemption.Status.FAILED, None
    failed.failure_code, failed.failure_message = problem.key, problem.sentence[:500]
    failed.save(force_insert=True)
    loaded = _loaded(Redemption.objects.filter(pk=failed.pk))
    _tell("failed", loaded, asker)
    named = (400, problem.key, problem.message, problem.details)
    answered = Problem(*named, resource_id=failed.public_id, resource_type="redemption_rollback")
    return Returned(loaded, problem=answered)


def _loaded(found: Any) -> list[Redemption]:
    keys = list(found.values_list("pk", flat=True))
    rows = Redemption.objects.with_names().select_related("parent", "takes_back").in_bulk(keys)
    return [rows[key] for key in keys]


def _tell(verb: str, rollbacks: list[Redemption], asker: Asker) -> None:
    facts = [
        fact(f"redemption.rollback.{verb}", rollback.takes_back or rollback, asker,
             redemption_rollback=telling.reference(rollback))
        for rollback in rollbacks
    ]  # fmt: skip
    track_many(facts)
