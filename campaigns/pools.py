"""Pools of codes: ordered at once, made in slices, and counted.

A slice's codes and the count of them are one transaction, so a worker that is killed leaves an order half filled,
never miscounted; whoever comes next makes the rest.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Now
from psycopg.errors import UniqueViolation

from access.identifiers import uuid7
from access.problems import Problem
from campaigns import codes, facts, terms
from campaigns.facts import INSIDE, Origin
from campaigns.models import Campaign, Voucher
from campaigns.models.voucher import EVER, NEVER
from events import chains
from events.tracking import track

SLICE = 20_000
# Codes may collide with another campaign's of the same look; so often is a slice's remainder drawn again.
TRIES = 5
COPY = "COPY campaigns_voucher (id, code, campaign_id, active, quantity, balance, loaded) FROM STDIN"
# Codes that somebody got or used keep the dates under which she got them, also where there were none.
KEEP_DATES = """
UPDATE campaigns_voucher SET starts_at = coalesce(starts_at, %(start)s), expires_at = coalesce(expires_at, %(end)s)
WHERE campaign_id = %(campaign)s AND (holder_id IS NOT NULL OR redeemed_quantity > 0)
  AND (starts_at IS NULL OR expires_at IS NULL)
"""
STORE = """
INSERT INTO campaigns_voucher (id, code, campaign_id, active, quantity, balance, loaded)
SELECT id, code, %(campaign)s, true, %(quantity)s, %(balance)s, %(balance)s
FROM unnest(%(ids)s::uuid[], %(codes)s::text[]) AS brought (id, code)
ORDER BY code ON CONFLICT (code) DO NOTHING RETURNING code
"""


@dataclass(frozen=True)
class Given:
    """What became of codes that were brought from elsewhere."""

    added: int
    taken: frozenset[str]


def order_codes(campaign: Campaign, count: int, origin: Origin = INSIDE) -> None:
    """Order so many more codes; ``make_some`` makes them, and tells them as done by who ordered last.

    Raise Problem where they would be guessable.
    """
    with transaction.atomic():
        held = Campaign.objects.select_for_update(no_key=True).get(pk=campaign.pk)
        require_pool(held)
        terms.check_room(held.codes, held.codes_wanted + count)
        Campaign.objects.filter(pk=held.pk).update(
            codes_wanted=F("codes_wanted") + count,
            codes_cause_id=origin.caused_by.pk if origin.caused_by else None,
            codes_source=origin.source,
            codes_group_id=origin.group_id,
            generation_error="",
        )
    campaign.refresh_from_db(fields=["codes_wanted", "codes_made", "generation_error"])


def require_pool(campaign: Campaign) -> None:
    """Raise Problem where a campaign has no pool that could grow."""
    if campaign.voucher_kind is None:
        raise _no_pool(campaign, "A promotion has no codes.")
    if campaign.type == Campaign.Type.STANDALONE and campaign.codes_wanted:
        raise _no_pool(campaign, "This campaign has one code for everybody.")


def _no_pool(campaign: Campaign, details: str) -> Problem:
    name = campaign.public_id
    message = "The campaign takes no further codes"
    return Problem(400, "invalid_campaign", message, details, resource_id=name, resource_type="campaign")


def has_work() -> bool:
    """Tell whether codes are ordered that do not exist yet."""
    return Campaign.objects.outstanding().exists()


def make_some() -> int:
    """Make one slice for the campaign that waited longest; return how many codes, 0 where no order is open."""
    with transaction.atomic():
        waiting = Campaign.objects.outstanding().order_by(F("last_slice_at").asc(nulls_first=True), "id")
        campaign = waiting.select_for_update(skip_locked=True, no_key=True).first()
        return 0 if campaign is None else _make_slice(campaign, SLICE, _origin_of_order(campaign))


def _origin_of_order(campaign: Campaign) -> Origin:
    return Origin(campaign.codes_source, campaign.codes_group_id, chains.remembered(campaign.codes_cause_id))


def make_for(seconds: float) -> int:
    """Make slices, in turn for every campaign with an open order, for about so long."""
    until, total = time.monotonic() + seconds, 0
    while (made := make_some()) and (total := total + made) and time.monotonic() < until:
        continue
    return total


def make_for_order(campaign: Campaign, count: int, origin: Origin) -> None:
    """Make at most so many of the codes that are ordered and not made yet."""
    with transaction.atomic():
        held = Campaign.objects.outstanding().select_for_update(no_key=True).filter(pk=campaign.pk).first()
        if held is not None:
            _make_slice(held, count, origin)
    campaign.refresh_from_db(fields=["codes_wanted", "codes_made", "generation_error"])


def _make_slice(campaign: Campaign, most: int, origin: Origin) -> int:
    wanted = min(campaign.codes_wanted - campaign.codes_made, most)
    stored = _draw_and_store(campaign, wanted)
    made = len(stored)
    error = "" if made == wanted else "Most codes of this look exist already. Order codes with more random symbols."
    Campaign.objects.filter(pk=campaign.pk).update(
        codes_made=F("codes_made") + made, generation_error=error, last_slice_at=Now()
    )
    _tell(campaign, stored, origin)
    return made


def _draw_and_store(campaign: Campaign, wanted: int) -> list[str]:
    """Store so many new codes, fewer only where their space is nearly full."""
    stored: list[str] = []
    for _ in range(TRIES):
        if len(stored) == wanted:
            break
        stored += _store(campaign, codes.generate(campaign.codes, wanted - len(stored)))
    return stored


def _tell(campaign: Campaign, stored: Sequence[str], origin: Origin = INSIDE) -> None:
    """Record one event for all codes that were made together; a single one is told by name."""
    if len(stored) == 1:
        voucher = Voucher.objects.with_names().get(code=stored[0])
        track(facts.of_voucher("created", voucher, origin))
    elif stored:
        track(facts.of_slice(campaign, len(stored), origin))


def make_now(campaign: Campaign, count: int, *, origin: Origin = INSIDE) -> list[str]:
    """Make a few codes at once, beside any open order, and return them.

    For the single code of an API call, and for the pool that must not run dry while customers wait.
    """
    with transaction.atomic():
        held = Campaign.objects.select_for_update(no_key=True).get(pk=campaign.pk)
        if held.voucher_kind is None or codes.refusal(held.codes, held.codes_wanted + count):
            return []
        stored = _draw_and_store(held, count)
        count_in(held, stored, origin)
    return stored


def add_given(campaign: Campaign, brought: Sequence[str], *, origin: Origin = INSIDE) -> Given:
    """Take codes that were made elsewhere into the pool; those that exist already stay whose they are."""
    with transaction.atomic():
        stored = _store_new_ones(campaign, list(dict.fromkeys(brought)))
        count_in(campaign, stored, origin)
    return Given(len(stored), frozenset(brought) - frozenset(stored))


def count_in(campaign: Campaign, stored: Sequence[str], origin: Origin) -> None:
    """Count codes that came into the pool, and tell them."""
    more = len(stored)
    Campaign.objects.filter(pk=campaign.pk).update(
        codes_wanted=F("codes_wanted") + more, codes_made=F("codes_made") + more
    )
    campaign.refresh_from_db(fields=["codes_wanted", "codes_made"])
    _tell(campaign, stored, origin)


def code_is_taken(code: str) -> Problem:
    message = "Duplicate resource found"
    details = f"A voucher with the code {code} already exists"
    return Problem(409, "duplicate_found", message, details, resource_id=code, resource_type="voucher")


def keep_dates(campaign: Campaign) -> None:
    """Write the campaign's dates into codes that were given or used, before the campaign gets other ones."""
    dates: dict[str, Any] = {
        "start": campaign.start_date or EVER,
        "end": campaign.expiration_date or NEVER,
        "campaign": campaign.pk,
    }
    with connection.cursor() as cursor:
        cursor.execute(KEEP_DATES, dates)


def _store(campaign: Campaign, fresh: Sequence[str]) -> list[str]:
    """Load codes by COPY, which takes a third of an INSERT's time; a collision, which is rare, costs the slower way."""
    try:
        with transaction.atomic(), connection.cursor() as cursor, cursor.copy(COPY) as copy:
            copy.write("".join(_rows(campaign, fresh)))
    except UniqueViolation:
        return _store_new_ones(campaign, fresh)
    return list(fresh)


def _rows(campaign: Campaign, fresh: Sequence[str]) -> list[str]:
    """Return lines of COPY; codes that we make hold nothing that it gives a meaning.

    Ids count up from one random start: they load in their index's own order.
    """
    first = uuid7().int & ~(1 << 61)
    quantity, balance = (
        "\\N" if number is None else number for number in (campaign.redemption_quantity, campaign.first_balance)
    )
    rest = f"\t{campaign.pk}\tt\t{quantity}\t{balance}\t{balance}\n"
    return [f"{number:032x}\t{code}{rest}" for number, code in enumerate(fresh, first)]


def _store_new_ones(campaign: Campaign, brought: Sequence[str]) -> list[str]:
    first = uuid7().int & ~(1 << 61)
    ids = [f"{number:032x}" for number in range(first, first + len(brought))]
    values = {
        "campaign": campaign.pk, "quantity": campaign.redemption_quantity, "balance": campaign.first_balance,
        "ids": ids, "codes": list(brought),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(STORE, values)
        return [code for (code,) in cursor.fetchall()]
