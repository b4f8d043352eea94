"""Points and credits of many cards at once: one statement moves the balances and writes down what moved.

The conditions are those of ``balances``, which moves one card at a time. Here the caller holds the cards' rows locked.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final
from uuid import UUID

import orjson

from access import statements
from access.identifiers import new_public_id
from access.instances import loaded
from campaigns import lapsing
from campaigns.balances import COUNTS_AS
from campaigns.discounts import LARGEST_AMOUNT
from campaigns.models import Transaction, Voucher

SUMS: Final = ("loaded", "subtracted", "expired")
MOVE: Final = """
WITH given AS (
    SELECT * FROM jsonb_to_recordset(%(rows)s::jsonb) AS row (
        n int, public_id text, voucher_id uuid, campaign_id bigint, type text, amount bigint, loaded bigint,
        reason text, source text, source_id text, redemption_id text, details jsonb)
), cards AS (
    SELECT * FROM jsonb_to_recordset(%(cards)s::jsonb) AS card (
        id uuid, amount bigint, loaded bigint, subtracted bigint, expired bigint, pending bigint, lapses jsonb,
        lapses_on date)
), moved AS (
    UPDATE campaigns_voucher v
    SET balance = balance + cards.amount, loaded = coalesce(v.loaded, 0) + cards.loaded,
        subtracted = coalesce(v.subtracted, 0) + cards.subtracted, expired = coalesce(v.expired, 0) + cards.expired,
        pending = greatest(coalesce(v.pending, 0) + cards.pending, 0), lapses = cards.lapses,
        lapses_on = cards.lapses_on, updated_at = statement_timestamp()
    FROM cards WHERE v.id = cards.id AND balance + cards.amount BETWEEN 0 AND %(most)s
    RETURNING v.id, balance - cards.amount AS balance, v.loaded - cards.loaded AS loaded
), written AS (
    INSERT INTO campaigns_transaction (public_id, voucher_id, campaign_id, type, amount, balance, total, reason, source,
                                       source_id, redemption_id, details)
    SELECT given.public_id, given.voucher_id, given.campaign_id, given.type, given.amount,
           moved.balance + sum(given.amount) OVER earlier, moved.loaded + sum(given.loaded) OVER earlier,
           given.reason, given.source, given.source_id, given.redemption_id, given.details
    FROM given JOIN moved ON moved.id = given.voucher_id
    WINDOW earlier AS (PARTITION BY given.voucher_id ORDER BY given.n) ORDER BY given.n
    RETURNING id, public_id, balance, total, created_at
)
SELECT given.n, written.id, written.balance, written.total, written.created_at
FROM written JOIN given USING (public_id)
"""
WAIT: Final = """
UPDATE campaigns_voucher v SET pending = greatest(coalesce(pending, 0) + row.points, 0),
       updated_at = statement_timestamp()
FROM jsonb_to_recordset(%s::jsonb) AS row (id uuid, points bigint) WHERE v.id = row.id
"""
BEGIN: Final = """
UPDATE campaigns_voucher v SET lapses = row.lapses, lapses_on = row.lapses_on
FROM jsonb_to_recordset(%s::jsonb) AS row (id uuid, lapses jsonb, lapses_on date) WHERE v.id = row.id
"""
FIELDS: Final = (
    "id", "public_id", "voucher_id", "campaign_id", "type", "amount", "balance", "total", "reason", "source",
    "source_id", "redemption_id", "related_id", "details", "created_at",
)  # fmt: skip


@dataclass(frozen=True)
class Movement:
    """What is to be moved on one card, below zero to take off; ``activates`` are points that no longer wait."""

    voucher: Voucher
    amount: int
    kind: str
    reason: str = ""
    source: str = ""
    source_id: str | None = None
    redemption_id: str | None = None
    lapses_on: date | None = None
    activates: int = 0
    details: Mapping[str, Any] = field(default_factory=dict)
    public_id: str = field(default_factory=lambda: new_public_id("vtx"))


def hold(keys: Collection[UUID], *, also_deleted: bool = False) -> list[Voucher]:
    """Lock these cards in the order of their ids, as everybody does; return them with campaigns and holders."""
    known = Voucher.everything if also_deleted else Voucher.objects
    found = known.filter(pk__in=keys).order_by("pk").select_related("campaign", "holder")
    return list(found.select_for_update(no_key=True, of=("self",)))


def move_many(
    movements: Sequence[Movement], *, close_before: date | None = None, cards: Collection[Voucher] = ()
) -> list[Transaction | None]:
    """Move the balances of cards that the caller holds locked; return what moved, in the order given.

    None stands for what a card cannot take: nothing of that card moves then. The cards' fields follow. Days on which
    points lapsed before ``close_before`` are closed, also of further ``cards`` on which nothing moves.
    """
    known = {card.pk: card for card in (*cards, *(movement.voucher for movement in movements))}
    if not known:
        return []
    by_card: dict[UUID, list[Movement]] = {key: [] for key in known}
    for movement in movements:
        by_card[movement.voucher.pk].append(movement)
    asked = [_card(known[key], some, close_before) for key, some in by_card.items()]
    values: dict[str, Any] = {
        "rows": _dump([_row(n, movement) for n, movement in enumerate(movements)]),
        "cards": _dump(asked),
        "most": LARGEST_AMOUNT,
    }
    with statements.cursor() as cursor:
        cursor.execute(MOVE, values)
        written = {row[0]: row[1:] for row in cursor.fetchall()}
    told = [_transaction(each, written[n]) if n in written else None for n, each in enumerate(movements)]
    moved = {each.voucher_id for each in told if each is not None}
    for row in asked:
        if row["id"] in moved:
            _follow(known[row["id"]], row)
    return told


def let_wait(points: Mapping[UUID, int]) -> None:
    """Count so many more points as waiting on these cards, or fewer; one statement."""
    rows = [{"id": key, "points": more} for key, more in points.items()]
    with statements.cursor() as cursor:
        cursor.execute(WAIT, [_dump(rows)])


def begin_lapsing(cards: Sequence[tuple[Voucher, date | None]]) -> None:
    """Say of cards that the caller holds locked, and that have just been given, when their points lapse."""
    rows = [
        {"id": card.pk, "lapses": lapsing.with_more(None, day, card.balance or 0), "lapses_on": day}
        for card, day in cards
        if day is not None
    ]
    with statements.cursor() as cursor:
        cursor.execute(BEGIN, [_dump(rows)])


def _row(n: int, movement: Movement) -> dict[str, Any]:
    voucher = movement.voucher
    return {
        "n": n, "public_id": movement.public_id, "voucher_id": voucher.pk, "campaign_id": voucher.campaign_id,
        "type": movement.kind, "amount": movement.amount, "loaded": _sums(movement)["loaded"],
        "reason": movement.reason, "source": movement.source, "source_id": movement.source_id,
        "redemption_id": movement.redemption_id, "details": movement.details,
    }  # fmt: skip


def _sums(movement: Movement) -> dict[str, int]:
    counted = COUNTS_AS.get(Transaction.Type(movement.kind))
    return {name: abs(movement.amount) if name == counted else 0 for name in SUMS}


def _card(card: Voucher, movements: Sequence[Movement], close_before: date | None) -> dict[str, Any]:
    """Return what becomes of one card by all its movements."""
    lapses = dict(card.lapses or {})
    sums = dict.fromkeys(("amount", "pending", *SUMS), 0)
    for movement in movements:
        sums["amount"] += movement.amount
        sums["pending"] -= movement.activates
        for name, amount in _sums(movement).items():
            sums[name] += amount
        if movement.lapses_on is not None:
            lapses = lapsing.with_more(lapses, movement.lapses_on, movement.amount)
    if close_before is not None:
        lapses = lapsing.closed(lapses, close_before)
    return {"id": card.pk, **sums, "lapses": lapses or None, "lapses_on": lapsing.next_day(lapses)}


def _follow(card: Voucher, row: Mapping[str, Any]) -> None:
    card.balance = (card.balance or 0) + row["amount"]
    for name in SUMS:
        setattr(card, name, (getattr(card, name) or 0) + row[name])
    card.pending = max((card.pending or 0) + row["pending"], 0)
    card.lapses, card.lapses_on = row["lapses"], row["lapses_on"]


def _transaction(movement: Movement, written: Sequence[Any]) -> Transaction:
    key, balance, total, created_at = written
    values = (
        key, movement.public_id, movement.voucher.pk, movement.voucher.campaign_id, movement.kind, movement.amount,
        balance, total, movement.reason, movement.source, movement.source_id, movement.redemption_id, None,
        dict(movement.details), created_at,
    )  # fmt: skip
    moved = loaded(Transaction, FIELDS, values)
    moved._state.fields_cache["voucher"] = movement.voucher
    moved._state.fields_cache["related"] = None
    return moved


def _dump(rows: list[dict[str, Any]]) -> str:
    return orjson.dumps(rows, default=str).decode()
