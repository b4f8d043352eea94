"""What has happened earns points: each rule once for each event and card.

The pipeline holds the batch's customers locked; their cards are locked here, in the order of their ids. That something
was earned is written first, under a unique constraint: only what is new there moves a balance and is told.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

import orjson

from access import statements
from campaigns import lapsing, moving, publishing, usability, validity
from campaigns.models import Campaign, Transaction, Voucher
from campaigns.moving import Movement
from campaigns.publishing import Wanted
from events import catalogue, companions
from events.models import Event
from events.pipeline import Batch
from rewards.earning import gathering, telling
from rewards.earning.earned import Earned
from rewards.earning.gathering import Gathered
from rewards.earning.proportions import points_of
from rewards.earning.reading import ENTERED
from rewards.models import EarningRule, PendingPoints

RULES: Final = "rewards.rules"
WRITE: Final = """
INSERT INTO rewards_earning (rule_id, event_id, voucher_id, points)
SELECT rule_id, event_id, voucher_id, points
FROM jsonb_to_recordset(%s::jsonb) AS row (rule_id bigint, event_id uuid, voucher_id uuid, points bigint)
ON CONFLICT (rule_id, event_id, voucher_id) DO NOTHING RETURNING rule_id, event_id, voucher_id
"""


def earn(batch: Batch) -> list[Earned]:
    """Give the points that the batch's events earn: a fixed number of queries, one where no rule waits for them."""
    rules = _waiting_for(batch)
    events = [event for event in batch.events if event.customer_id is not None and event.name in rules]
    if not events:
        return []
    named = [rule for name in {event.name for event in events} for rule in rules[name]]
    cards = _cards(named, events)
    if not cards:
        return []
    gathered = gathering.gather(named, events, batch.now)
    only = _named_cards(events)
    asked = [
        earned
        for event in events
        for rule in rules[event.name]
        for earned in _judged(rule, event, cards, gathered)
        if only.get(event.id) in (None, earned.card.code)
    ]
    new = _write(asked)
    day = gathered.now.astimezone(gathered.zone).date()
    _let_wait([each for each in new if each.rule.pending_days], day)
    _put_on_cards([each for each in new if not each.rule.pending_days], day)
    return new


def _waiting_for(batch: Batch) -> Mapping[str, Sequence[EarningRule]]:
    """Return the rules that may earn something, by the event: asked once a batch."""
    if RULES not in batch.kept:
        found: dict[str, list[EarningRule]] = defaultdict(list)
        live = EarningRule.objects.filter(active=True, campaign__active=True, campaign__deleted_at=None)
        for rule in live.select_related("campaign", "segment").order_by("id"):
            found[rule.event].append(rule)
        batch.kept[RULES] = dict(found)
    return batch.kept[RULES]


def _cards(rules: Sequence[EarningRule], events: Sequence[Event]) -> dict[tuple[int, int], Voucher]:
    """Return the cards of these customers, locked, by campaign and holder; who may join a program joins it."""
    campaigns = {rule.campaign.pk: rule.campaign for rule in rules}
    people = {event.customer_id: event for event in events}
    held = Voucher.objects.filter(campaign__in=campaigns, holder__in=people)
    keys = {(campaign, holder): key for key, campaign, holder in held.values_list("pk", "campaign_id", "holder_id")}
    for campaign in campaigns.values():
        if campaign.auto_join:
            new = {person: event for person, event in people.items() if (campaign.pk, person) not in keys}
            keys |= _join(campaign, new)
    return {(card.campaign_id, card.holder_id): card for card in moving.hold(list(keys.values()))}  # type: ignore[misc]


def _join(campaign: Campaign, people: Mapping[int | None, Event]) -> dict[tuple[int, int], UUID]:
    wanted = [
        Wanted(person, f"auto-join:{campaign.public_id}:{person}", caused_by=event)
        for person, event in people.items()
        if person is not None
    ]
    published = publishing.publish_many(campaign, wanted, channel="AUTO_JOIN") if wanted else {}
    return {(campaign.pk, each.customer_id): each.voucher_id for each in published.values() if each is not None}


def _named_cards(events: Sequence[Event]) -> Mapping[UUID, str]:
    """Return which card is to earn for an event, where the event names one; only custom events can."""
    custom = [event.id for event in events if event.name not in catalogue.KNOWN]
    return companions.loyalty_codes(custom) if custom else {}


def _judged(
    rule: EarningRule, event: Event, cards: Mapping[tuple[int, int], Voucher], gathered: Gathered
) -> list[Earned]:
    card = cards.get((rule.campaign.pk, event.customer_id or 0))
    if card is None or not _counts(rule, event, card, gathered):
        return []
    points = points_of(rule.loyalty, gathered.happened(event))
    if points <= 0 or not gathered.allows(rule, event, card.holder_id):
        return []
    return [Earned(rule, event, card, points)]


def _counts(rule: EarningRule, event: Event, card: Voucher, gathered: Gathered) -> bool:
    """Tell whether rule and card count now; an event from before the rule earns nothing by it."""
    now, zone = gathered.now, gathered.zone.key
    if event.received_at < rule.created_at:
        return False
    if event.name == ENTERED and event.properties.get("segment_id") != rule.segment_id:
        return False
    has_begun = rule.start_date is None or rule.start_date <= now
    has_ended = rule.expiration_date is not None and rule.expiration_date <= now
    is_open = validity.is_open(rule.validity, rule.start_date, now, zone)
    return has_begun and not has_ended and is_open and usability.refusal(card, now, zone) is None


def _write(asked: Sequence[Earned]) -> list[Earned]:
    """Write down what is earned; return what was not written down before."""
    if not asked:
        return []
    rows = [
        {"rule_id": each.rule.pk, "event_id": each.event.id, "voucher_id": each.card.pk, "points": each.points}
        for each in asked
    ]
    with statements.cursor() as cursor:
        cursor.execute(WRITE, [orjson.dumps(rows).decode()])
        written = {(rule, event, card) for rule, event, card in cursor.fetchall()}
    return [each for each in asked if each.key in written]


def _put_on_cards(earned: Sequence[Earned], today: date) -> None:
    moved = moving.move_many([_movement(each, today) for each in earned])
    pairs = zip(earned, moved, strict=True)
    telling.tell_earned([(each, transaction) for each, transaction in pairs if transaction is not None])


def _movement(earned: Earned, today: date) -> Movement:
    rules = earned.rule.expiration_rules or earned.card.incentive.get("expiration_rules")
    return Movement(
        earned.card,
        earned.points,
        Transaction.Type.POINTS_ACCRUAL,
        source="EARNING_RULE",
        lapses_on=lapsing.day_of(rules, today),
        details=telling.details_of(earned.rule, earned.event),
    )


def _let_wait(earned: Sequence[Earned], today: date) -> None:
    """Store points that come onto their cards some days later."""
    if not earned:
        return
    entries = [_entry(each, today) for each in earned]
    PendingPoints.objects.bulk_create(entries)
    waiting: dict[UUID, int] = defaultdict(int)
    for each in earned:
        waiting[each.card.pk] += each.points
        each.card.pending = (each.card.pending or 0) + each.points
    moving.let_wait(waiting)
    telling.tell_waiting("added", [(entry, each.event) for entry, each in zip(entries, earned, strict=True)])


def _entry(earned: Earned, today: date) -> PendingPoints:
    order: Any = gathering.order_in(earned.event) or {}
    return PendingPoints(
        voucher=earned.card,
        order_public_id=order.get("id") or "",
        points=earned.points,
        activates_on=today + timedelta(days=earned.rule.pending_days or 0),
        lapsing=earned.rule.expiration_rules,
        details=telling.details_of(earned.rule, earned.event),
        created_at=earned.event.received_at,
    )
