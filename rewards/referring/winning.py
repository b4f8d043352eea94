"""A referral code that another customer uses wins her: once in each program, and then both are rewarded.

The pipeline holds the batch's customers locked. That somebody was won is written first, under a unique constraint; only
what is new there is rewarded and told.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import orjson

from access import statements
from access.identifiers import uuid_of
from campaigns.models import Campaign, Voucher
from events import companions
from events.models import Event
from events.pipeline import Batch
from rewards.models import ReferralHolder
from rewards.referring import giving, telling
from rewards.referring.won import Won

PROGRAMS: Final = "rewards.referral_programs"
REDEEMED: Final = "redemption.succeeded"
WRITE: Final = """
INSERT INTO rewards_referral (campaign_id, referee_id, referrer_id, voucher_id, event_id, redemption_id, unrewarded)
SELECT campaign_id, referee_id, referrer_id, voucher_id, event_id, redemption_id, ''
FROM jsonb_to_recordset(%s::jsonb) AS row (campaign_id bigint, referee_id bigint, referrer_id bigint, voucher_id uuid,
     event_id uuid, redemption_id text)
ORDER BY campaign_id, referee_id
ON CONFLICT (campaign_id, referee_id) DO NOTHING RETURNING id, campaign_id, referee_id
"""


@dataclass(frozen=True)
class _Asked:
    """A code that was used, as the event tells it: its key, or its text."""

    event: Event
    name: str


def win(batch: Batch) -> list[Won]:
    """Write down who was won by the batch, reward and tell it: a fixed number of queries for each reward's campaign."""
    asked = [*_redeemed(batch), *_reported(batch)]
    if not asked:
        return []
    won = _write(_judged(asked, _codes(asked)))
    if won:
        telling.tell_referred(won)
        giving.give(won)
    return won


def _redeemed(batch: Batch) -> list[_Asked]:
    """Return the referral codes that were redeemed, where that is what counts."""
    kind = Campaign.Kind.REFERRAL_PROGRAM
    return [
        _Asked(event, event.properties["voucher"]["id"])
        for event in batch.events
        if event.name == REDEEMED
        and event.customer_id is not None
        and event.entity_id
        and (event.properties.get("campaign") or {}).get("campaign_type") == kind
        and event.properties.get("voucher")
    ]


def _reported(batch: Batch) -> list[_Asked]:
    """Return the referral codes that custom events name, where a program waits for such an event."""
    if PROGRAMS not in batch.kept:
        waiting = Campaign.objects.filter(campaign_type=Campaign.Kind.REFERRAL_PROGRAM, active=True).filter(
            referral_program__conversion_event_type="custom_event"
        )
        programs = waiting.values_list("referral_program", flat=True)
        batch.kept[PROGRAMS] = {program["custom_event"].get("name") for program in programs}
    names = batch.kept[PROGRAMS]
    events = {event.id: event for event in batch.events if event.name in names and event.customer_id is not None}
    if not events:
        return []
    return [_Asked(events[key], code) for key, code in companions.referral_codes(list(events)).items()]


def _codes(asked: Sequence[_Asked]) -> Mapping[str, Voucher]:
    """Return the codes that were used, by their ids and by their texts: two queries."""
    names = {each.name for each in asked}
    keys = [key for name in names if (key := _key_of(name))]
    loaded = Voucher.objects.select_related("campaign", "holder").filter(
        campaign__campaign_type=Campaign.Kind.REFERRAL_PROGRAM
    )
    found = [*loaded.filter(pk__in=keys), *loaded.filter(code__in=names)]
    return {voucher.public_id: voucher for voucher in found} | {voucher.code: voucher for voucher in found}


def _key_of(name: str) -> UUID | None:
    try:
        return uuid_of(name) if name.startswith("v_") else None
    except ValueError:
        return None


def _judged(asked: Sequence[_Asked], codes: Mapping[str, Voucher]) -> list[Won]:
    """Return who was won: by a code that somebody else holds, in the way that its program counts."""
    won = []
    for each in asked:
        code = codes.get(each.name)
        if code is None or code.campaign is None or code.holder_id in (None, each.event.customer_id):
            continue
        if _counts(code.campaign, each.event):
            won.append(Won(each.event, code))
    return won


def _counts(program: Campaign, event: Event) -> bool:
    said = program.referral_program or {}
    if said.get("conversion_event_type", "redemption") == "redemption":
        return event.name == REDEEMED
    return event.name == (said.get("custom_event") or {}).get("name")


def _write(won: Sequence[Won]) -> list[Won]:
    first = {(each.code.campaign_id, each.event.customer_id): each for each in reversed(won)}
    if not first:
        return []
    with statements.cursor() as cursor:
        cursor.execute(WRITE, [orjson.dumps([_row(each) for each in first.values()]).decode()])
        keys = {(campaign, referee): key for key, campaign, referee in cursor.fetchall()}
    new = [each.named(keys[key]) for key, each in first.items() if key in keys]
    holders = [ReferralHolder(voucher=each.code, customer_id=each.referee_id) for each in new]
    ReferralHolder.objects.bulk_create(holders, ignore_conflicts=True)
    return new


def _row(won: Won) -> dict[str, Any]:
    redemption = won.event.properties.get("redemption") if won.event.name == REDEEMED else None
    return {
        "campaign_id": won.code.campaign_id, "referee_id": won.event.customer_id, "referrer_id": won.code.holder_id,
        "voucher_id": won.code.pk, "event_id": won.event.id, "redemption_id": (redemption or {}).get("id", ""),
    }  # fmt: skip
