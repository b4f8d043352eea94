"""Points move from cards to another card of the same program: both sides in one transaction, once for each source."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from access import limits
from access.problems import Problem, invalid_payload
from campaigns import balances, moving
from campaigns.expiring import AS_USUAL
from campaigns.facts import Origin, named
from campaigns.models import Campaign, Transaction, Voucher
from campaigns.representation import voucher_reference
from campaigns.statements import balance_json, transaction_json
from customers import profiles
from events.tracking import Fact, track_many
from rewards.finding import the_card

MOST = 20
TRANSFERRED = "voucher.loyalty_card.points_transferred"


@dataclass(frozen=True)
class Transfer:
    """How many points come from which card."""

    code: str
    points: int
    reason: str = ""
    source_id: str | None = None


def read(data: object) -> list[Transfer]:
    listed = data if isinstance(data, list) else [data]
    if not 1 <= len(listed) <= MOST:
        raise invalid_payload(f"The body must be a list of 1 to {MOST} transfers")
    return [_read(each) for each in listed]


def _read(data: object) -> Transfer:
    given = {name: value for name, value in limits.mapping(data, "Each transfer").items() if value is not None}
    points = given.get("points")
    if not isinstance(points, int) or isinstance(points, bool) or points < 1:
        raise invalid_payload("points must be a whole number of at least 1")
    source_id = limits.identifier(given["source_id"], "source_id", 200) if "source_id" in given else None
    return Transfer(
        limits.identifier(given.get("code"), "code"),
        points,
        limits.text(given.get("reason", ""), "reason", 400),
        source_id,
    )


@transaction.atomic
def transfer(program: Campaign, target: Voucher, wanted: Sequence[Transfer], *, origin: Origin) -> Voucher:
    """Move all these points onto the target, or none of them."""
    sources = [the_card(each.code, program) for each in wanted]
    if target.pk in {source.pk for source in sources}:
        raise invalid_payload("points cannot be moved from a card to itself")
    held = {card.pk: card for card in moving.hold({target.pk, *(source.pk for source in sources)})}
    if len(held) < len({target.pk, *(source.pk for source in sources)}):
        raise Problem(400, "invalid_voucher", "The voucher was deleted")
    facts = [
        _move(held[source.pk], held[target.pk], each, origin) for source, each in zip(sources, wanted, strict=True)
    ]
    track_many([fact for some in facts for fact in some])
    return the_card(target.code, program)


def _move(source: Voucher, target: Voucher, wanted: Transfer, origin: Origin) -> list[Fact]:
    """Move points of one card; told only where it happened now, not where its source moved them before."""
    if wanted.source_id is not None:
        earlier = Transaction.objects.filter(voucher=source, source_id=wanted.source_id).first()
        if earlier is not None and (earlier.type, earlier.amount) == (
            Transaction.Type.POINTS_TRANSFER_OUT,
            -wanted.points,
        ):
            return []
    between = {"source_voucher": voucher_reference(source), "destination_voucher": voucher_reference(target)}
    said: dict[str, Any] = {"reason": wanted.reason, "source": "API", "details": between}
    out = balances.change(
        source, -wanted.points, kind=Transaction.Type.POINTS_TRANSFER_OUT, source_id=wanted.source_id, **said
    )
    into = balances.change(
        target, wanted.points, kind=Transaction.Type.POINTS_TRANSFER_IN, related=out,
        lapses_on=AS_USUAL.day_for(target), **said,
    )  # fmt: skip
    return [_fact(source, out, between, origin), _fact(target, into, between, origin)]


def _fact(card: Voucher, moved: Transaction, between: Mapping[str, Any], origin: Origin) -> Fact:
    told = {
        "customer": profiles.simple(card.holder) if card.holder else None,
        **named(card),
        **between,
        "balance": balance_json(card, moved),
        "transaction": transaction_json(moved),
    }
    return origin.fact(TRANSFERRED, card.public_id, told, card.holder_id)
