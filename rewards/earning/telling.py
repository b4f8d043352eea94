"""What is told of points that were earned, and of those that wait, come or are canceled."""

from collections.abc import Sequence
from typing import Any

from access.identifiers import uuid_of
from campaigns.facts import INSIDE, Origin, named
from campaigns.models import Transaction, Voucher
from campaigns.statements import balance_json, transaction_json
from customers import profiles
from events import catalogue
from events.models import Event
from events.timeline import told_type
from events.tracking import Fact, track_many
from rewards.earning.earned import Earned
from rewards.earning.gathering import order_in
from rewards.earning.reading import ENTERED
from rewards.models import EarningRule, PendingPoints
from rewards.representation import pending_json, rule_reference

PENDING = "voucher.loyalty_card.pending_points"
ADDED = "voucher.loyalty_card.points_added"


def details_of(rule: EarningRule, event: Event) -> dict[str, Any]:
    """Return what a movement says of where its points come from."""
    order = order_in(event)
    return {
        "event": {"id": event.public_id, "type": told_type(event.name)},
        "earning_rule": rule_reference(rule),
        **({"order": {"id": order["id"], "source_id": order["source_id"]}} if order else {}),
        **({"segment": event.properties.get("segment")} if event.name == ENTERED else {}),
        **({"custom_event": _custom(event)} if _custom(event) else {}),
    }


def tell_earned(moved: Sequence[tuple[Earned, Transaction]]) -> None:
    """Tell each movement three times: as a reward, as points, and as a movement of the card."""
    track_many([fact for earned, transaction in moved for fact in _facts(earned, transaction)])


def _facts(earned: Earned, moved: Transaction) -> list[Fact]:
    rule, event, card = earned.rule, earned.event, earned.card
    person = profiles.simple(card.holder) if card.holder else None
    balance = balance_json(card, moved)
    about = {"customer": person, "holder": person, **named(card), "balance": balance}
    rewarded = {
        **about, "redemption": None, "reward": None, "referral_tier": None, "custom_event": _custom(event),
        "customer_event": _of_customer(event), "earning_rule": rule_reference(rule),
    }  # fmt: skip
    points = {
        **about, "loyalty_tier": None, "earning_rule": rule_reference(rule), "order": order_in(event),
        "event": {"id": event.public_id, "type": event.name},
    }  # fmt: skip
    added = {"customer": person, **named(card), "balance": balance, "transaction": transaction_json(moved)}
    told = (("customer.rewarded", rewarded), ("customer.rewarded.loyalty_points", points), (ADDED, added))
    return [_fact(name, card, properties, event) for name, properties in told]


def _fact(name: str, card: Voucher, properties: dict[str, Any], cause: Event | None, origin: Origin = INSIDE) -> Fact:
    if cause is None:
        return origin.fact(name, card.public_id, properties, card.holder_id)
    return Fact(name, card.holder_id, properties, card.public_id, caused_by=cause)


def tell_waiting(
    verb: str, entries: Sequence[tuple[PendingPoints, Event | None]], origin: Origin = INSIDE, **more: Any
) -> None:
    """Tell what became of points that wait; the cards' own sums must follow already."""
    facts = []
    for entry, cause in entries:
        card = entry.voucher
        told = {
            "customer": profiles.simple(card.holder) if card.holder else None,
            **named(card),
            "order": entry.details.get("order"),
            "pending_points": pending_json(entry),
            "voucher_pending_points_balance": {"amount": entry.points, "total": card.pending or 0, "object": "balance"},
            **more,
        }
        facts.append(_fact(f"{PENDING}.{verb}", card, told, cause, origin))
    track_many(facts)


def tell_activated(moved: Sequence[tuple[PendingPoints, Transaction]], origin: Origin = INSIDE) -> None:
    """Tell of points that waited that they are on their cards now: by their day, because of what earned them."""
    facts = []
    causes = _causes([entry for entry, _ in moved]) if origin is INSIDE else {}
    for entry, transaction in moved:
        cause = causes.get(entry.pk)
        card = entry.voucher
        person = profiles.simple(card.holder) if card.holder else None
        told = {
            "customer": person, **named(card), "balance": balance_json(card, transaction),
            "transaction": transaction_json(transaction),
        }  # fmt: skip
        waited = {**told, "order": entry.details.get("order"), "pending_points": pending_json(entry)}
        facts.append(_fact(f"{PENDING}.activated", card, waited, cause, origin))
        facts.append(_fact(ADDED, card, told, cause, origin))
    track_many(facts)


def _causes(entries: Sequence[PendingPoints]) -> dict[int, Event]:
    """Return the events by which these were earned, as far as they are kept."""
    earned_by = {entry.pk: uuid_of(entry.details["event"]["id"]) for entry in entries if "event" in entry.details}
    events = Event.objects.in_bulk(set(earned_by.values()))
    return {key: events[name] for key, name in earned_by.items() if name in events}


def _custom(event: Event) -> dict[str, Any] | None:
    if event.name in catalogue.KNOWN:
        return None
    return {"id": event.public_id, "type": event.name, "metadata": event.properties, "object": "event"}


def _of_customer(event: Event) -> dict[str, Any] | None:
    """Return what a reward says of the event that is not a custom one."""
    if event.name not in catalogue.KNOWN:
        return None
    return {"event_type": event.name, "segment": event.properties.get("segment") if event.name == ENTERED else None}
