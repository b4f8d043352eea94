"""What is on gift and loyalty cards: moved by one conditional update, written down in the same transaction."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db import IntegrityError, connection, transaction

from access import limits
from access.problems import Problem
from campaigns import facts
from campaigns.discounts import LARGEST_AMOUNT
from campaigns.expiring import AS_USUAL, Expiring
from campaigns.facts import INSIDE, Origin
from campaigns.incentives import GIFT
from campaigns.models import Transaction, Voucher
from campaigns.statements import balance_json, transaction_json
from events.tracking import track

Type = Transaction.Type

# What a movement counts as, besides the balance itself: put on the card, taken off it, or lapsed. Redeeming and giving
# back only move the balance.
COUNTS_AS = {
    Type.CREDITS_ADDITION: "loaded",
    Type.POINTS_ADDITION: "loaded",
    Type.POINTS_ACCRUAL: "loaded",
    Type.POINTS_TRANSFER_IN: "loaded",
    Type.PENDING_POINTS_ACTIVATION: "loaded",
    Type.CREDITS_REMOVAL: "subtracted",
    Type.POINTS_REMOVAL: "subtracted",
    Type.POINTS_TRANSFER_OUT: "subtracted",
    Type.POINTS_EXPIRATION: "expired",
}
ADDED_OR_REMOVED = {
    (GIFT, True): Type.CREDITS_ADDITION,
    (GIFT, False): Type.CREDITS_REMOVAL,
    ("LOYALTY_CARD", True): Type.POINTS_ADDITION,
    ("LOYALTY_CARD", False): Type.POINTS_REMOVAL,
}
FIELDS = ("balance", "loaded", "subtracted", "expired", "lapses", "lapses_on", "updated_at")
# The one statement that moves a balance. Whoever comes second sees what the first one left.
MOVE = """
UPDATE campaigns_voucher SET balance = balance + %(amount)s, updated_at = statement_timestamp(),
       loaded = coalesce(loaded, 0) + %(loaded)s, subtracted = coalesce(subtracted, 0) + %(subtracted)s,
       expired = coalesce(expired, 0) + %(expired)s,
       lapses = CASE WHEN %(day)s::text IS NULL THEN lapses
                     ELSE jsonb_set(coalesce(lapses, '{}'), ARRAY[%(day)s::text],
                                    to_jsonb(coalesce((lapses ->> %(day)s::text)::bigint, 0) + %(amount)s)) END,
       lapses_on = least(lapses_on, %(day)s::text::date)
WHERE id = %(voucher)s AND balance + %(amount)s BETWEEN 0 AND %(most)s
RETURNING balance, loaded, subtracted, expired, lapses::text, lapses_on, updated_at
"""


def change(
    voucher: Voucher,
    amount: int,
    *,
    kind: str,
    reason: str = "",
    source_id: str | None = None,
    redemption_id: str | None = None,
    source: str = "",
    related: Transaction | None = None,
    details: Mapping[str, Any] | None = None,
    lapses_on: date | None = None,
) -> Transaction:
    """Move a card's balance by this amount, below zero to take from it; raise Problem where there is too little.

    Once per source: the same ``source_id`` on the same card answers with the movement that it caused. ``kind`` is one
    of ``Transaction.Type``. Points put on a card can be used up to ``lapses_on``. The voucher's fields follow.
    """
    said = Transaction(
        voucher=voucher,
        campaign_id=voucher.campaign_id,
        type=kind,
        amount=amount,
        reason=reason,
        source=source,
        source_id=source_id,
        redemption_id=redemption_id,
        related=related,
        details=dict(details or {}),
    )
    return _once(voucher, said, lapses_on)[0]


def _once(voucher: Voucher, said: Transaction, lapses_on: date | None) -> tuple[Transaction, bool]:
    """Make this movement unless its source made it before; tell whether it was made now."""
    earlier = _earlier(said)
    if earlier is not None:
        return earlier, False
    try:
        with transaction.atomic():
            _move(voucher, said, lapses_on)
            said.save(force_insert=True)
    except IntegrityError:
        # Somebody else told the same source in this moment; the update above is taken back with the savepoint.
        voucher.refresh_from_db(fields=FIELDS)
        earlier = _earlier(said)
        if earlier is None:
            raise
        return earlier, False
    said.refresh_from_db(fields=["created_at"])
    return said, True


def _earlier(said: Transaction) -> Transaction | None:
    if said.source_id is None:
        return None
    earlier = Transaction.objects.filter(voucher=said.voucher, source_id=said.source_id).first()
    if earlier is not None and (earlier.amount, earlier.type) != (said.amount, said.type):
        details = f"The source {said.source_id} moved this balance by {earlier.amount} before."
        raise Problem(400, "duplicate_source_id", "Duplicate source id", details, resource_id=said.source_id)
    return earlier


def _move(voucher: Voucher, said: Transaction, lapses_on: date | None) -> None:
    counted = {"loaded": 0, "subtracted": 0, "expired": 0}
    if said.type in COUNTS_AS:
        counted[COUNTS_AS[Type(said.type)]] = abs(said.amount)
    day = lapses_on.isoformat() if lapses_on else None
    values: dict[str, Any] = {
        **counted, "amount": said.amount, "voucher": voucher.pk, "most": LARGEST_AMOUNT, "day": day,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(MOVE, values)
        moved = cursor.fetchone()
    if moved is None:
        raise _refused(voucher, said.amount)
    for name, value in zip(FIELDS, moved, strict=True):
        setattr(voucher, name, json.loads(value) if name == "lapses" and value else value)
    said.balance, said.total = moved[0], moved[1]


def _refused(voucher: Voucher, amount: int) -> Problem:
    if voucher.balance is None:
        details = "Only gift cards and loyalty cards have a balance."
        return Problem(400, "invalid_voucher", "The voucher has no balance", details, resource_id=voucher.code)
    if amount > 0:
        details = f"A card holds at most {LARGEST_AMOUNT:,}."
        return Problem(400, "invalid_add_balance_params", "The balance cannot be changed", details)
    is_gift = voucher.kind == GIFT
    key, message = (
        ("gift_amount_exceeded", "The gift card does not hold so much")
        if is_gift
        else ("loyalty_card_points_exceeded", "The loyalty card does not hold so many points")
    )
    return Problem(400, key, message, resource_id=voucher.code, resource_type="voucher")


def redeem(card: Voucher, amount: int, redemption_id: str) -> Transaction:
    """Take credits or points off a card, for a redemption."""
    kind = Type.CREDITS_REDEMPTION if card.kind == GIFT else Type.POINTS_REDEMPTION
    return change(card, -amount, kind=kind, reason="Redeemed", redemption_id=redemption_id)


def refund(card: Voucher, amount: int, rollback_id: str) -> Transaction:
    """Put credits or points back on a card, for a rollback. Points lapse when they would have lapsed."""
    kind = Type.CREDITS_REFUND if card.kind == GIFT else Type.POINTS_REFUND
    return change(card, amount, kind=kind, reason="Taken back", redemption_id=rollback_id)


def read_again(cards: Sequence[Voucher]) -> None:
    """Read what is on these cards once more, after what moved on them was undone."""
    for card in cards:
        card.refresh_from_db(fields=FIELDS)


def adjust(
    voucher: Voucher,
    amount: int,
    *,
    reason: str = "",
    source_id: str | None = None,
    origin: Origin = INSIDE,
    by: str,
    expiring: Expiring = AS_USUAL,
) -> Transaction:
    """Add to a card by hand, or take from it, and tell it; told once where it happened once."""
    if voucher.balance is None:
        raise _refused(voucher, amount)
    said = Transaction(
        voucher=voucher,
        campaign_id=voucher.campaign_id,
        type=ADDED_OR_REMOVED[voucher.kind, amount > 0],
        amount=amount,
        reason=reason,
        source=by,
        source_id=source_id,
    )
    with transaction.atomic():
        moved, is_new = _once(voucher, said, expiring.day_for(voucher) if amount > 0 else None)
        if is_new:
            _tell(voucher, moved, origin)
    return moved


def _tell(voucher: Voucher, moved: Transaction, origin: Origin) -> None:
    name = "voucher.gift.balance_added" if voucher.kind == GIFT else "voucher.loyalty_card.points_added"
    properties = {
        **facts.named(voucher),
        "balance": balance_json(voucher, moved),
        "transaction": transaction_json(moved),
    }
    track(origin.fact(name, voucher.public_id, properties, voucher.holder_id))


def parse(data: object) -> tuple[int, str, str | None]:
    """Read the body of ``POST /v1/vouchers/{code}/balance``: amount, reason and the caller's own name for it."""
    given = {key: value for key, value in limits.mapping(data, "The body").items() if value is not None}
    amount = given.get("amount")
    if not isinstance(amount, int) or isinstance(amount, bool) or amount == 0 or abs(amount) > LARGEST_AMOUNT:
        details = f"amount must be a whole number other than 0, at most {LARGEST_AMOUNT:,}, below zero to take off."
        raise Problem(400, "invalid_add_balance_params", "The balance cannot be changed", details)
    source_id = limits.identifier(given["source_id"], "source_id") if "source_id" in given else None
    return amount, limits.text(given.get("reason", ""), "reason", 400), source_id
