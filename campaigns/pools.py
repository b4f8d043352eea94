"""Pools of codes: ordered at once, made in slices, and counted.

A slice's codes and the count of them are one transaction, so a worker that is killed leaves an order half filled,
never miscounted; whoever comes next makes the rest.
"""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import Count, F, Q
from django.db.models.functions import Now
from psycopg.errors import UniqueViolation

from access.identifiers import uuid7
from access.problems import Problem
from campaigns import codes, terms
from campaigns.models import Campaign, Voucher
from campaigns.representation import campaign_reference, voucher_reference
from events.tracking import Fact, track

SLICE = 20_000
# Codes may collide with another campaign's of the same look; so often is a slice's remainder drawn again.
TRIES = 5
COPY = "COPY campaigns_voucher (id, code, campaign_id, active) FROM STDIN"


@dataclass(frozen=True)
class Level:
    """How full a pool is: codes that exist, that can be given now, and that customers hold."""

    total: int
    free: int
    published: int


@dataclass(frozen=True)
class Given:
    """What became of codes that were brought from elsewhere."""

    added: int
    taken: frozenset[str]


def order_codes(campaign: Campaign, count: int) -> None:
    """Order so many more codes; ``make_some`` makes them. Raise Problem where they would be guessable."""
    with transaction.atomic():
        held = Campaign.objects.select_for_update(no_key=True).get(pk=campaign.pk)
        terms.check_room(held.codes, held.codes_wanted + count)
        Campaign.objects.filter(pk=held.pk).update(codes_wanted=F("codes_wanted") + count, generation_error="")
    campaign.refresh_from_db(fields=["codes_wanted", "codes_made", "generation_error"])


def has_work() -> bool:
    """Tell whether codes are ordered that do not exist yet."""
    return Campaign.objects.outstanding().exists()


def make_some() -> int:
    """Make one slice for the campaign that waited longest; return how many codes, 0 where no order is open."""
    with transaction.atomic():
        waiting = Campaign.objects.outstanding().order_by(F("last_slice_at").asc(nulls_first=True), "id")
        campaign = waiting.select_for_update(skip_locked=True, no_key=True).first()
        return 0 if campaign is None else _make_slice(campaign)


def make_for(seconds: float) -> int:
    """Make slices, in turn for every campaign with an open order, for about so long."""
    until, total = time.monotonic() + seconds, 0
    while (made := make_some()) and (total := total + made) and time.monotonic() < until:
        continue
    return total


def _make_slice(campaign: Campaign) -> int:
    wanted = min(campaign.codes_wanted - campaign.codes_made, SLICE)
    stored = _draw_and_store(campaign, wanted)
    made = len(stored)
    error = "" if made == wanted else "Most codes of this look exist already. Order codes with more random symbols."
    Campaign.objects.filter(pk=campaign.pk).update(
        codes_made=F("codes_made") + made, generation_error=error, last_slice_at=Now()
    )
    _tell(campaign, stored)
    return made


def _draw_and_store(campaign: Campaign, wanted: int) -> list[str]:
    """Store so many new codes, fewer only where their space is nearly full."""
    stored: list[str] = []
    for _ in range(TRIES):
        if len(stored) == wanted:
            break
        stored += _store(campaign, codes.generate(campaign.codes, wanted - len(stored)))
    return stored


def _tell(campaign: Campaign, stored: Sequence[str]) -> None:
    """Record one event for all codes that were made together: one per code would cost more than the codes."""
    properties: dict[str, Any] = {"campaign": campaign_reference(campaign), "count": len(stored)}
    entity_id = campaign.public_id
    if len(stored) == 1:
        voucher = Voucher.objects.get(code=stored[0])
        properties["voucher"], entity_id = voucher_reference(voucher, campaign), voucher.public_id
    if stored:
        track(Fact("voucher.created", entity_id=entity_id, properties=properties))


def make_now(campaign: Campaign, count: int) -> list[str]:
    """Make a few codes at once, beside any open order, and return them.

    For the single code of an API call, and for the pool that must not run dry while customers wait.
    """
    with transaction.atomic():
        held = Campaign.objects.select_for_update(no_key=True).get(pk=campaign.pk)
        if codes.refusal(held.codes, held.codes_wanted + count):
            return []
        stored = _draw_and_store(held, count)
        _count_in(held, stored)
    return stored


def add_given(campaign: Campaign, brought: Sequence[str]) -> Given:
    """Take codes that were made elsewhere into the pool; those that exist already stay whose they are."""
    with transaction.atomic():
        stored = _store_new_ones(campaign, list(dict.fromkeys(brought)))
        _count_in(campaign, stored)
    return Given(len(stored), frozenset(brought) - frozenset(stored))


def _count_in(campaign: Campaign, stored: Sequence[str]) -> None:
    more = len(stored)
    Campaign.objects.filter(pk=campaign.pk).update(
        codes_wanted=F("codes_wanted") + more, codes_made=F("codes_made") + more
    )
    campaign.refresh_from_db(fields=["codes_wanted", "codes_made"])
    _tell(campaign, stored)


def remove(voucher: Voucher) -> None:
    """Take a code that nobody holds out of its pool."""
    with transaction.atomic():
        removed, _ = Voucher.objects.unpublished().filter(pk=voucher.pk).delete()
        if not removed:
            details = "A customer holds this code. Disable it instead."
            raise Problem(400, "resource_in_use", "Resource is in use", details, resource_id=voucher.code)
        Campaign.objects.filter(pk=voucher.campaign_id).update(
            codes_made=F("codes_made") - 1, codes_wanted=F("codes_wanted") - 1
        )
        properties = {"campaign": campaign_reference(voucher.campaign)}
        properties["voucher"] = voucher_reference(voucher, voucher.campaign)
        track(Fact("voucher.deleted", entity_id=voucher.public_id, properties=properties))


def _store(campaign: Campaign, fresh: Sequence[str]) -> list[str]:
    """Load codes by COPY, which takes a third of an INSERT's time; a collision, which is rare, costs the slower way."""
    try:
        with transaction.atomic(), connection.cursor() as cursor, cursor.copy(COPY) as copy:
            copy.write("".join(_rows(campaign.pk, fresh)))
    except UniqueViolation:
        return _store_new_ones(campaign, fresh)
    return list(fresh)


def _rows(campaign_id: int, fresh: Sequence[str]) -> list[str]:
    """Return lines of COPY; codes that we make hold nothing that it gives a meaning.

    Ids count up from one random start: they load in their index's own order.
    """
    first = uuid7().int & ~(1 << 61)
    rest = f"\t{campaign_id}\tt\n"
    return [f"{number:032x}\t{code}{rest}" for number, code in enumerate(fresh, first)]


def _store_new_ones(campaign: Campaign, brought: Sequence[str]) -> list[str]:
    first = uuid7().int & ~(1 << 61)
    ids = [f"{number:032x}" for number in range(first, first + len(brought))]
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO campaigns_voucher (id, code, campaign_id, active)
            SELECT id, code, %s, true FROM unnest(%s::uuid[], %s::text[]) AS brought (id, code)
            ORDER BY code ON CONFLICT (code) DO NOTHING RETURNING code
            """,
            [campaign.pk, ids, list(brought)],
        )
        return [code for (code,) in cursor.fetchall()]


def level(campaign: Campaign) -> Level:
    return levels([campaign])[campaign.pk]


def levels(campaigns: Iterable[Campaign]) -> dict[int, Level]:
    """Count the pools of these campaigns, in one query that reads one index."""
    chosen = {campaign.pk: campaign for campaign in campaigns}
    counted = (
        Voucher.objects.unpublished()
        .filter(campaign__in=chosen)
        .order_by()
        .values("campaign_id")
        .annotate(free=Count("id", filter=Q(active=True)), unpublished=Count("id"))
    )
    found = {row["campaign_id"]: (row["free"], row["unpublished"]) for row in counted}
    result = {}
    for key, campaign in chosen.items():
        free, unpublished = found.get(key, (0, 0))
        result[key] = Level(campaign.codes_made, free, max(campaign.codes_made - unpublished, 0))
    return result
