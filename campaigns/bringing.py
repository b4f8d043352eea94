"""Codes with particulars of their own come in: single ones, and the rows of a list or a file."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import orjson
from django.db import connection, transaction

from access import limits
from access.identifiers import uuid7
from access.problems import Problem
from backlog import asking
from backlog.models import AsyncAction
from campaigns import categories, codes, facts, particulars, pools, terms
from campaigns.facts import INSIDE, Origin
from campaigns.incentives import DISCOUNT
from campaigns.models import Campaign, Voucher
from campaigns.particulars import Particulars
from campaigns.rules import assignments
from campaigns.rules.origins import By
from events.tracking import track, track_many

GENERATE = "CAMPAIGN.VOUCHERS_GENERATE"
# How often a single random code is drawn again when somebody has it already.
TRIES = 5
# So many codes of a campaign can be given facts of their own in one call.
MOST_AT_ONCE = 1_000
# One statement for any number of codes; those that exist already stay whose they are.
STORE = """
INSERT INTO campaigns_voucher (id, code, campaign_id, active, quantity, balance, loaded, own_kind, own_terms,
       starts_at, expires_at, validity, category_id, additional_info, metadata)
SELECT id, code, %(campaign)s, active, quantity, balance, balance, own_kind, own_terms,
       starts_at, expires_at, validity, category_id, additional_info, metadata
FROM jsonb_to_recordset(%(rows)s::jsonb) AS row(id uuid, code text, active bool, quantity int, balance bigint,
     own_kind text, own_terms jsonb, starts_at timestamptz, expires_at timestamptz, validity jsonb,
     category_id bigint, additional_info text, metadata jsonb)
ORDER BY code ON CONFLICT (code) DO NOTHING RETURNING code
"""


def create(said: Particulars, *, origin: Origin = INSIDE) -> Voucher:
    """Make a code that stands for itself; raise Problem where it exists."""
    with transaction.atomic():
        voucher = Voucher.objects.with_names().get(code=_store_one(None, said, said.codes))
        track(facts.of_voucher("created", voucher, origin))
        assignments.put_on(voucher, said.validation_rules, by=By.within(origin))
    return Voucher.objects.with_names().get(pk=voucher.pk)


def add(campaign: Campaign, data: object, *, code: str | None = None, origin: Origin = INSIDE) -> Voucher:
    """Take one code into a campaign, this one or one of its look."""
    said = within(campaign, data)
    said = said if code is None else replace(said, code=limits.identifier(code, "code"))
    with transaction.atomic():
        held = Campaign.objects.select_for_update(no_key=True).get(pk=campaign.pk)
        if said.code is None:
            terms.check_room(held.codes, held.codes_wanted + 1)
        stored = _store_one(held, said, held.codes)
        pools.count_in(held, [stored], origin)
        assignments.put_on(Voucher.objects.get(code=stored), said.validation_rules, by=By.within(origin))
    return Voucher.objects.with_names().get(code=stored)


def add_many(campaign: Campaign, count: int, data: object, *, origin: Origin = INSIDE) -> AsyncAction:
    """Make several codes of a campaign that share particulars, and a record of it."""
    if count > MOST_AT_ONCE:
        details = f"At most {MOST_AT_ONCE:,} vouchers can be given facts of their own at once."
        raise Problem(400, "too_many_vouchers_requested", "Too many codes are asked for", details)
    said = within(campaign, data)
    refuse_rules(said)
    with transaction.atomic():
        held = Campaign.objects.select_for_update(no_key=True).get(pk=campaign.pk)
        terms.check_room(held.codes, held.codes_wanted + count)
        drawn = codes.generate(held.codes, count)
        stored = store(held, [replace(said, code=code) for code in drawn])
        pools.count_in(held, stored, origin)
        about, result = campaign.public_id, {"done_count": len(stored), "failed_count": count - len(stored)}
        return asking.note(GENERATE, result, scope="campaigns", about=about, group_id=origin.group_id)


def _store_one(campaign: Campaign | None, said: Particulars, look: codes.CodeConfig) -> str:
    if said.code is not None:
        if not store(campaign, [said]):
            raise pools.code_is_taken(said.code)
        return said.code
    terms.check_room(look, 1)
    for _ in range(TRIES):
        if stored := store(campaign, [replace(said, code=codes.generate(look, 1)[0])]):
            return stored[0]
    details = "No further code fits the pattern."
    raise Problem(400, "invalid_code_config", "The codes cannot be made", details)


def within(campaign: Campaign, data: object) -> Particulars:
    """Read the particulars of a code of this campaign."""
    pools.require_pool(campaign)
    kind = campaign.voucher_kind or DISCOUNT
    quantity, balance = campaign.redemption_quantity, campaign.first_balance
    return particulars.parse_within(data, kind, campaign.incentive, quantity, balance)


def take_in(rows: Sequence[Particulars], origin: Origin) -> set[str]:
    """Take in codes that stand for themselves, each told by an event of its own; return those that are new."""
    with transaction.atomic():
        stored = store(None, rows)
        made = Voucher.objects.with_names().filter(code__in=stored).order_by("id")
        track_many([facts.of_voucher("created", voucher, origin) for voucher in made])
    return set(stored)


def store(campaign: Campaign | None, rows: Iterable[Particulars]) -> list[str]:
    """Write these codes as far as they are new, and return those."""
    listed = list(rows)
    known = categories.resolve_many({said.category for said in listed if said.category})
    ids = iter(range(uuid7().int & ~(1 << 61), 1 << 128))
    values = {
        "campaign": campaign.pk if campaign else None,
        "rows": orjson.dumps([_row(f"{next(ids):032x}", said, known) for said in listed]).decode(),
    }
    with connection.cursor() as cursor:
        cursor.execute(STORE, values)
        return [code for (code,) in cursor.fetchall()]


def _row(key: str, said: Particulars, known: dict[str, int]) -> dict[str, Any]:
    return {
        "id": key,
        "code": said.code,
        "active": said.active,
        "quantity": said.quantity,
        "balance": said.balance,
        "own_kind": said.kind,
        "own_terms": said.terms,
        "starts_at": said.starts_at,
        "expires_at": said.expires_at,
        "validity": said.validity,
        "category_id": known[said.category] if said.category else None,
        "additional_info": said.additional_info,
        "metadata": said.metadata,
    }


def refuse_rules(said: Particulars) -> None:
    """Refuse rather than ignore: a rule that is silently dropped would give money away."""
    if said.validation_rules:
        details = "Rules are put on single vouchers, or on their campaign, not on many at once."
        raise Problem(400, "invalid_voucher", "The voucher is not valid", details)
