"""Rewards for referrals: a code of another campaign, or points and credits on a card of it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from campaigns import moving, publishing
from campaigns.expiring import AS_USUAL
from campaigns.incentives import DISCOUNT, GIFT
from campaigns.models import Campaign, Transaction, Voucher
from campaigns.moving import Movement
from campaigns.publishing import Wanted
from rewards.models import Referral
from rewards.referring import telling
from rewards.referring.won import Won

ROLES = ("referrer", "referee")


@dataclass(frozen=True)
class Due:
    """What one of two gets for a referral."""

    won: Won
    role: str
    customer_id: int
    amount: int

    @property
    def source(self) -> str:
        return f"referral:{self.won.referral_id}:{self.role}"


def give(won: Sequence[Won]) -> None:
    """Reward both sides of each referral, campaign by campaign; what cannot be given is noted on the referral."""
    due: dict[str, list[Due]] = defaultdict(list)
    for each in won:
        for role in ROLES:
            if promised := each.promised(role):
                due[_name(promised)].append(_due(each, role, promised))
    campaigns = _campaigns(due)
    for name, some in due.items():
        if (campaign := campaigns.get(name)) is None:
            _note(some, f"There is no campaign {name} any more.")
        else:
            _give(campaign, some)


def _name(promised: Mapping[str, Any]) -> str:
    parent = promised["related_object_parent"]
    return str(parent.get("id") or parent.get("name"))


def _due(won: Won, role: str, promised: Mapping[str, Any]) -> Due:
    customer_id = won.code.holder_id if role == "referrer" else won.event.customer_id
    return Due(won, role, customer_id or 0, int(promised.get("amount") or 0))


def _campaigns(names: Mapping[str, Any]) -> dict[str, Campaign]:
    found = [*Campaign.objects.filter(name__in=names), *Campaign.objects.filter(public_id__in=names)]
    return {campaign.name: campaign for campaign in found} | {campaign.public_id: campaign for campaign in found}


def _give(campaign: Campaign, due: Sequence[Due]) -> None:
    wanted = [Wanted(each.customer_id, each.source, caused_by=each.won.event) for each in due]
    published = publishing.publish_many(campaign, wanted, channel="REFERRAL_REWARD")
    given = [(each, publication) for each in due if (publication := published[each.source]) is not None]
    _note([each for each in due if published[each.source] is None], f"{campaign.name} has no code that can be given.")
    cards = {card.pk: card for card in moving.hold({publication.voucher_id for _, publication in given})}
    moved = _move(campaign, [(each, cards[publication.voucher_id]) for each, publication in given])
    telling.tell_rewarded(
        [(each.won, each.role, cards[publication.voucher_id], moved.get(each.source)) for each, publication in given]
    )


def _move(campaign: Campaign, due: Sequence[tuple[Due, Voucher]]) -> dict[str, Transaction]:
    """Put what was promised on cards; a discount has nothing to be put on."""
    if campaign.voucher_kind == DISCOUNT:
        return {}
    kind = Transaction.Type.CREDITS_ADDITION if campaign.voucher_kind == GIFT else Transaction.Type.POINTS_ADDITION
    asked = [(each, _movement(each, card, kind)) for each, card in due if each.amount]
    moved = moving.move_many([movement for _, movement in asked])
    pairs = zip((each for each, _ in asked), moved, strict=True)
    return {each.source: transaction for each, transaction in pairs if transaction is not None}


def _movement(due: Due, card: Voucher, kind: str) -> Movement:
    return Movement(
        card, due.amount, kind, reason="Referral", source="REFERRAL", source_id=due.source,
        lapses_on=AS_USUAL.day_for(card),
    )  # fmt: skip


def _note(due: Sequence[Due], reason: str) -> None:
    """Note on referrals why a reward could not be given."""
    keys = [each.won.referral_id for each in due]
    if keys:
        Referral.objects.filter(pk__in=keys).update(unrewarded=reason[:200])
