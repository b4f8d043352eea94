"""Codes with all that belongs to them, by statements of our own: the framework's would cost more than judging."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import prefetch_related_objects

from access import statements
from access.instances import Part, listed
from campaigns.models import Campaign, Category, RuleAssignment, Voucher
from customers import recalling

VOUCHER, CAMPAIGN = Part(Voucher, "v"), Part(Campaign, "c")
# Ordered by id, so that two wishes for the same codes lock them in one order and cannot wait for one another.
READ = f"""
SELECT {VOUCHER.columns}, EXISTS (SELECT FROM campaigns_ruleassignment a WHERE a.voucher_id = v.id)
FROM campaigns_voucher v
WHERE v.deleted_at IS NULL AND (v.code = ANY((SELECT %s)::text[]) OR v.id = ANY((SELECT %s)::uuid[]))
ORDER BY v.id
"""  # noqa: S608
HOLD = f"{READ} FOR NO KEY UPDATE OF v"
# Apart from the codes, though it is one question more: while those were waited for, a campaign may have changed.
CAMPAIGNS = f"""
SELECT {CAMPAIGN.columns}, EXISTS (SELECT FROM campaigns_ruleassignment a WHERE a.campaign_id = c.id)
FROM campaigns_campaign c WHERE c.id = ANY((SELECT %s)::bigint[])
"""  # noqa: S608


def codes(names: Sequence[str], keys: Sequence[UUID], *, held: bool) -> tuple[list[Voucher], list[Voucher]]:
    """Return the codes of these names or keys, in the order of their ids, and those among them that have rules.

    Their campaigns, holders and categories are loaded. Codes that are ``held`` are locked until the transaction ends.
    """
    rows = statements.rows(HOLD if held else READ, [list(names), list(keys)])
    own = [(voucher, row[-1]) for row in rows if (voucher := VOUCHER.read(row[:-1]))]
    found = [voucher for voucher, _ in own]
    of_campaigns = _load_campaigns(found)
    _load_holders(found)
    _load_categories(found)
    ruled = [voucher for voucher, has_rules in own if has_rules or voucher.campaign_id in of_campaigns]
    _load_rules(found, ruled)
    return found, ruled


def _load_campaigns(vouchers: Sequence[Voucher]) -> set[int]:
    """Let each code know its campaign; return the keys of the campaigns that have rules."""
    keys, rows = {voucher.campaign_id for voucher in vouchers if voucher.campaign_id}, []
    if keys:
        rows = statements.rows(CAMPAIGNS, [list(keys)])
    known = {each.pk: each for row in rows if (each := CAMPAIGN.read(row[:-1]))}
    for voucher in vouchers:
        voucher._state.fields_cache["campaign"] = known.get(voucher.campaign_id or 0)
    return {row[CAMPAIGN.key] for row in rows if row[-1]}


def _load_holders(vouchers: Sequence[Voucher]) -> None:
    keys = {voucher.holder_id for voucher in vouchers if voucher.holder_id}
    known = recalling.customers(keys) if keys else {}
    for voucher in vouchers:
        voucher._state.fields_cache["holder"] = known.get(voucher.holder_id or 0)


def _load_categories(vouchers: Sequence[Voucher]) -> None:
    things: list[Any] = [*vouchers, *{v.campaign_id: v.campaign for v in vouchers if v.campaign}.values()]
    keys = {thing.category_id for thing in things if thing.category_id}
    known = Category.objects.in_bulk(keys) if keys else {}
    for thing in things:
        thing._state.fields_cache["category"] = known.get(thing.category_id)


def _load_rules(vouchers: Sequence[Voucher], ruled: Sequence[Voucher]) -> None:
    """Let each code know its own rules; most have none, and then nobody is asked."""
    for voucher in vouchers:
        none = listed(RuleAssignment, [])
        voucher._prefetched_objects_cache = {"rule_assignments": none}  # type: ignore[attr-defined]
    for voucher in ruled:
        del voucher._prefetched_objects_cache  # type: ignore[attr-defined]
    prefetch_related_objects(list(ruled), "rule_assignments__rule")
