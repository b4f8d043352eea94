"""Points that wait: they come onto their cards on their day, or at once when somebody says so, or are canceled."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from access.problems import Problem, invalid_payload, not_found
from campaigns import expiring, lapsing, moving
from campaigns.facts import INSIDE, Origin
from campaigns.models import Transaction, Voucher
from campaigns.moving import Movement
from events.clock import database_now
from events.models import Event
from events.pipeline import Batch
from rewards.earning import telling
from rewards.models import PendingPoints

State = PendingPoints.State
AT_ONCE = 500
CANCELED = "order.canceled"


def of_card(voucher: Voucher) -> QuerySet[PendingPoints]:
    return PendingPoints.objects.filter(voucher=voucher, state=State.PENDING)


def find(voucher: Voucher, public_id: str) -> PendingPoints:
    entry = of_card(voucher).filter(public_id=public_id).first()
    if entry is None:
        raise not_found("pending_points", public_id)
    return entry


@transaction.atomic
def activate_some(today: date) -> int:
    """Put points whose day has come onto their cards; return how many entries that were. Safe to run twice at once."""
    due = PendingPoints.objects.filter(state=State.PENDING, activates_on__lte=today).order_by("pk")[:AT_ONCE]
    entries = list(due.select_for_update(skip_locked=True))
    _activate(entries, today, INSIDE)
    return len(entries)


@transaction.atomic
def activate(entry: PendingPoints, *, origin: Origin = INSIDE) -> Transaction:
    """Put points that wait onto their card now."""
    (moved,) = _activate([_held(entry)], expiring.today(), origin)
    if moved is None:
        raise Problem(400, "invalid_add_balance_params", "The balance cannot be changed", "The card holds too much.")
    return moved


def _activate(entries: Sequence[PendingPoints], today: date, origin: Origin) -> list[Transaction | None]:
    cards = _cards(entries)
    for entry in entries:
        entry.voucher = cards[entry.voucher_id]
    moved = moving.move_many([_movement(entry, today) for entry in entries])
    _settle(entries, State.ACTIVATED)
    telling.tell_activated(
        [(entry, each) for entry, each in zip(entries, moved, strict=True) if each is not None], origin
    )
    return moved


def _movement(entry: PendingPoints, today: date) -> Movement:
    rules = entry.lapsing or entry.voucher.incentive.get("expiration_rules")
    return Movement(
        entry.voucher,
        entry.points,
        Transaction.Type.PENDING_POINTS_ACTIVATION,
        source="PENDING_POINTS",
        lapses_on=lapsing.day_of(rules, today),
        activates=entry.points,
        details=entry.details,
    )


@transaction.atomic
def cancel(entry: PendingPoints, *, origin: Origin = INSIDE) -> PendingPoints:
    """Cancel points that wait."""
    held = _held(entry)
    _cancel([held])
    telling.tell_waiting("canceled", [(held, None)], origin)
    return held


def cancel_with_orders(batch: Batch) -> None:
    """Cancel what waits because of orders that were canceled. Points that are on a card already stay there."""
    causes = {event.entity_id: event for event in batch.events if event.name == CANCELED and event.entity_id}
    if not causes:
        return
    waiting = PendingPoints.objects.filter(state=State.PENDING, order_public_id__in=causes).order_by("pk")
    entries = list(waiting.select_for_update())
    if entries:
        _cancel(entries)
        told: list[tuple[PendingPoints, Event | None]] = [(each, causes[each.order_public_id]) for each in entries]
        telling.tell_waiting("canceled", told)


def _cancel(entries: Sequence[PendingPoints]) -> None:
    cards = _cards(entries)
    less: dict[UUID, int] = defaultdict(int)
    for entry in entries:
        entry.voucher = cards[entry.voucher_id]
        entry.voucher.pending = max((entry.voucher.pending or 0) - entry.points, 0)
        less[entry.voucher_id] -= entry.points
    moving.let_wait(less)
    _settle(entries, State.CANCELED)


@transaction.atomic
def adjust(entry: PendingPoints, points: int, *, origin: Origin = INSIDE) -> PendingPoints:
    """Let so many more points wait, or fewer; never fewer than none."""
    held = _held(entry)
    if held.points + points < 0:
        details = f"Only {held.points:,} points wait."
        raise Problem(400, "loyalty_card_points_exceeded", "The points cannot be taken off", details)
    held.voucher = _cards([held])[held.voucher_id]
    held.points += points
    held.updated_at = database_now()
    held.save(update_fields=["points", "updated_at"])
    moving.let_wait({held.voucher_id: points})
    held.voucher.pending = max((held.voucher.pending or 0) + points, 0)
    telling.tell_waiting("updated", [(held, None)], origin)
    return held


def _held(entry: PendingPoints) -> PendingPoints:
    held = PendingPoints.objects.select_for_update().filter(pk=entry.pk, state=State.PENDING).first()
    if held is None:
        raise not_found("pending_points", entry.public_id)
    return held


def _cards(entries: Collection[PendingPoints]) -> dict[UUID, Voucher]:
    return {card.pk: card for card in moving.hold({entry.voucher_id for entry in entries}, also_deleted=True)}


def _settle(entries: Collection[PendingPoints], state: str) -> None:
    now = database_now()
    for entry in entries:
        entry.state, entry.updated_at = state, now
    PendingPoints.objects.filter(pk__in=[entry.pk for entry in entries]).update(state=state, updated_at=now)


def points_in(given: object) -> int:
    if not isinstance(given, int) or isinstance(given, bool) or given == 0:
        raise invalid_payload("points must be a whole number other than 0")
    return given
