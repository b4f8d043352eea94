"""What is told of referrals: of whoever was won, and of both who are rewarded for it."""

from collections.abc import Iterator, Sequence
from typing import Any

from campaigns.facts import named
from campaigns.incentives import GIFT, LOYALTY
from campaigns.models import Transaction, Voucher
from campaigns.statements import balance_json, transaction_json
from customers import profiles, recalling
from customers.models import Customer
from events import catalogue
from events.models import Event
from events.tracking import Fact, track_many
from rewards.referring.won import Won

# What is told where something comes onto a card.
ADDED = {GIFT: "voucher.gift.balance_added", LOYALTY: "voucher.loyalty_card.points_added"}


def tell_referred(won: Sequence[Won]) -> None:
    people = recalling.customers({each.event.customer_id for each in won if each.event.customer_id})
    facts = []
    for each in won:
        referee = people.get(each.event.customer_id or 0)
        told = {
            "customer": profiles.simple(referee) if referee else None,
            "referrer": profiles.simple(each.code.holder) if each.code.holder else None,
            **named(each.code),
            "custom_event": _custom(each.event),
            "redemption": each.event.properties.get("redemption") if not _custom(each.event) else None,
        }
        fact = Fact("customer.referred", each.event.customer_id, told, each.code.public_id, caused_by=each.event)
        facts.append(fact)
    track_many(facts)


def tell_rewarded(given: Sequence[tuple[Won, str, Voucher, Transaction | None]]) -> None:
    """Tell each side of what it got, the card or code with what was put on it; and that, as a movement of the card."""
    track_many([fact for won, _role, card, moved in given for fact in _facts(won, card, moved)])


def _facts(won: Won, card: Voucher, moved: Transaction | None) -> Iterator[Fact]:
    yield _rewarded(won, card, moved)
    if moved is not None:
        told = {
            "customer": profiles.simple(card.holder) if card.holder else None,
            **named(card),
            "balance": balance_json(card, moved),
            "transaction": transaction_json(moved),
        }
        yield Fact(ADDED[card.kind], card.holder_id, told, card.public_id, caused_by=won.event)


def _rewarded(won: Won, card: Voucher, moved: Transaction | None) -> Fact:
    person: Customer | None = card.holder
    told = {
        "customer": profiles.simple(person) if person else None,
        "holder": profiles.simple(won.code.holder) if won.code.holder else None,
        **named(card),
        "redemption": won.event.properties.get("redemption") if not _custom(won.event) else None,
        "reward": None,
        "referral_tier": None,
        "balance": balance_json(card, moved) if moved else None,
        "custom_event": _custom(won.event),
        "customer_event": None,
        "referral": {"campaign": named(won.code)["campaign"], "code": won.code.code},
    }
    return Fact("customer.rewarded", card.holder_id, told, card.public_id, caused_by=won.event)


def _custom(event: Event) -> dict[str, Any] | None:
    if event.name in catalogue.KNOWN:
        return None
    return {"id": event.public_id, "type": event.name, "metadata": event.properties, "object": "event"}
