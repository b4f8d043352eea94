"""Codes with all that belongs to them, by one statement of our own: the framework's would cost more than judging."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import prefetch_related_objects

from access import statements
from access.instances import Part, listed
from campaigns.models import Campaign, Category, RuleAssignment, Voucher
from customers.models import Customer

VOUCHER, CAMPAIGN, HOLDER = Part(Voucher, "v"), Part(Campaign, "c"), Part(Customer, "h")
# Ordered by id, so that two wishes for the same codes lock them in one order and cannot wait for one another.
READ = f"""
SELECT {VOUCHER.columns}, {CAMPAIGN.columns}, {HOLDER.columns},
       EXISTS (SELECT FROM campaigns_ruleassignment a WHERE a.voucher_id = v.id)
       OR EXISTS (SELECT FROM campaigns_ruleassignment a WHERE a.campaign_id = v.campaign_id)
FROM campaigns_voucher v
LEFT JOIN campaigns_campaign c ON c.id = v.campaign_id
LEFT JOIN customers_customer h ON h.id = v.holder_id
WHERE v.deleted_at IS NULL AND (v.code = ANY(%s) OR v.id = ANY(%s::uuid[]))
ORDER BY v.id
"""  # noqa: S608
HOLD = f"{READ} FOR NO KEY UPDATE OF v"


def codes(names: Sequence[str], keys: Sequence[UUID], *, held: bool) -> tuple[list[Voucher], list[Voucher]]:
    """Return the codes of these names or keys, in the order of their ids, and those among them that have rules.

    Their campaigns, holders and categories are loaded. Codes that are ``held`` are locked until the transaction ends.
    """
    # Planned anew each time: a plan that was kept while a table was small reads all of it once it is large.
    with statements.cursor(planned_once=False) as cursor:
        cursor.execute(HOLD if held else READ, [list(names), list(keys)])
        rows = cursor.fetchall()
    found = [_voucher(row) for row in rows]
    ruled = [voucher for voucher, row in zip(found, rows, strict=True) if row[-1]]
    _load_categories(found)
    _load_rules(found, ruled)
    return found, ruled


def _voucher(row: Sequence[Any]) -> Voucher:
    first, second = len(VOUCHER), len(VOUCHER) + len(CAMPAIGN)
    voucher = VOUCHER.read(row[:first])
    assert voucher is not None
    cache = voucher._state.fields_cache
    cache["campaign"] = CAMPAIGN.read(row[first:second])
    cache["holder"] = HOLDER.read(row[second:-1])
    return voucher


def _load_categories(vouchers: Sequence[Voucher]) -> None:
    things: list[Any] = [*vouchers, *{id(v.campaign): v.campaign for v in vouchers if v.campaign}.values()]
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
