"""What a filter would mean before it is saved: how many customers, which, reachable how, and what an edit would move.

Over everyone at once, by the compiled query. Where that takes too long a sample of the customers answers, and says so.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import OperationalError, connection, transaction
from psycopg.errors import QueryCanceled

from customers import profiles
from customers.models import Customer
from events import pipeline
from events.clock import database_now
from segments import conditions
from segments.compiler.compiling import combine, leaf_predicate, predicate
from segments.compiler.fragments import Fragment, build, value
from segments.conditions import Group, leaves
from segments.models import Segment
from segments.telling.hints import hints
from segments.telling.representation import sentence

PATIENCE_MS: Final = 1_000
SAMPLED_MOST: Final = 20_000
SHOWN: Final = 5

# The leaves are computed once per customer, and the verdict from them. The offset keeps the planner from
# computing them anew for each count.
COUNTS = """
    SELECT count(*), count(*) FILTER (WHERE {}), count(*) FILTER (WHERE {} AND by_email),
           count(*) FILTER (WHERE {} AND by_sms){}
    FROM (SELECT {} AS by_email, {} AS by_sms{} FROM customers_customer c{} WHERE c.deleted_at IS NULL OFFSET 0) judged
"""
# The spelling under which ``customers.suppressing`` keeps an address.
BY_EMAIL = Fragment("""(c.email IS NOT NULL AND c.email <> '' AND NOT EXISTS (
    SELECT 1 FROM customers_suppression s WHERE s.channel = 'email'
        AND s.address_hash = sha256(convert_to('email:' || lower(btrim(c.email)), 'UTF8'))))""")
BY_SMS = Fragment("""(c.phone IS NOT NULL AND c.phone <> '' AND NOT EXISTS (
    SELECT 1 FROM customers_suppression s WHERE s.channel = 'sms'
        AND s.address_hash =
            sha256(convert_to('sms:' || lower(regexp_replace(c.phone, '[^[:alnum:]]', '', 'g')), 'UTF8'))))""")
IMPACT = """
    SELECT count(*) FILTER (WHERE wanted AND NOT inside), count(*) FILTER (WHERE inside AND NOT wanted)
    FROM (
        SELECT {} AS wanted, COALESCE(m.is_member, FALSE) AS inside
        FROM customers_customer c LEFT JOIN segments_membership m ON m.segment_id = {} AND m.customer_id = c.id OFFSET 0
    ) judged
"""


@dataclass(frozen=True)
class Counts:
    total: int
    matching: int
    by_email: int
    by_sms: int
    clauses: tuple[int, ...]
    exact: bool = True

    def scaled(self, total: int) -> "Counts":
        """Return the counts of a sample as those of everybody."""
        factor = total / self.total if self.total else 0
        one, two, three, *rest = (
            round(each * factor) for each in (self.matching, self.by_email, self.by_sms, *self.clauses)
        )
        return Counts(total, one, two, three, tuple(rest), exact=False)


def preview(filter: object) -> dict[str, Any]:
    """Return what a filter means now; everything that was accepted before the call counts."""
    tree = conditions.parse(filter)
    pipeline.wait_until_applied()
    now = database_now()
    counts = _count(tree, now)
    paths = [path for path, _ in leaves(tree)]
    return {
        "count": counts.matching,
        "exact": counts.exact,
        "total_customers": counts.total,
        "clauses": [{"path": path, "count": each} for path, each in zip(paths, counts.clauses, strict=True)],
        "sample": _sample(tree, now) if counts.matching else [],
        "reachable": {"email": counts.by_email, "sms": counts.by_sms},
        "sentence": sentence(tree),
        "hints": hints(tree, counts.matching, counts.total),
    }


def impact(segment: Segment, filter: object) -> dict[str, int]:
    """Return who would enter and leave if the segment had this filter, and how many messages that would set off."""
    tree = conditions.parse(filter)
    pipeline.wait_until_applied()
    enter, leave = _one_row(build(IMPACT, predicate(tree, database_now()), value(segment.pk, "bigint")))
    return {"enter": enter, "leave": leave, "messages_now": enter * _waiting_distributions(segment)}


def _waiting_distributions(segment: Segment) -> int:
    """Count who is told of entries now; the name of the relation is all this app knows of distributions."""
    if segment.type != Segment.Type.AUTO_UPDATE:
        return 0
    return segment.distributions.filter(status="LIVE", trigger_event="customer.segment.entered").count()


def _count(tree: Group, now: datetime) -> Counts:
    try:
        total, matching, by_email, by_sms, *clauses = _patiently(_counts(tree, now, Fragment("")))
    except _TookTooLong:
        return _count_sample(tree, now)
    return Counts(total, matching, by_email, by_sms, tuple(clauses))


def _count_sample(tree: Group, now: datetime) -> Counts:
    (total,) = _one_row(Fragment("SELECT reltuples::bigint FROM pg_class WHERE oid = 'customers_customer'::regclass"))
    percent = min(100.0, 100.0 * SAMPLED_MOST / max(total, 1))
    sample = build(" TABLESAMPLE SYSTEM ({})", value(percent))
    seen, matching, by_email, by_sms, *clauses = _one_row(_counts(tree, now, sample))
    return Counts(seen, matching, by_email, by_sms, tuple(clauses)).scaled(total)


def _counts(tree: Group, now: datetime, sample: Fragment) -> Fragment:
    each = [leaf for _, leaf in leaves(tree)]
    names = [Fragment(f"clause_{place}") for place in range(len(each))]
    ordered: Iterator[Fragment] = iter(names)
    verdict = combine(tree, lambda _leaf: next(ordered))
    columns = [
        build(f", {{}} AS {name.text}", leaf_predicate(leaf, now)) for name, leaf in zip(names, each, strict=True)
    ]
    counted = [build(", count(*) FILTER (WHERE {})", name) for name in names]
    return build(
        COUNTS, verdict, verdict, verdict, _side_by_side(counted), BY_EMAIL, BY_SMS, _side_by_side(columns), sample
    )


def _side_by_side(parts: Sequence[Fragment]) -> Fragment:
    return Fragment("".join(part.text for part in parts), tuple(each for part in parts for each in part.params))


def _sample(tree: Group, now: datetime) -> list[dict[str, Any]]:
    """Return some matching customers, the newest first, if they are found in time."""
    query = build(
        "SELECT array(SELECT c.id FROM customers_customer c WHERE {} ORDER BY c.id DESC LIMIT 5)", predicate(tree, now)
    )
    try:
        (ids,) = _patiently(query)
    except _TookTooLong:
        return []
    return [profiles.simple(customer) for customer in Customer.objects.filter(pk__in=ids).order_by("-pk")]


class _TookTooLong(Exception):
    """The answer did not come within the time a person waits for a preview."""


def _patiently(query: Fragment) -> tuple[Any, ...]:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('statement_timeout', %s, TRUE)", [str(PATIENCE_MS)])
            cursor.execute(query.text, query.params)
            row = cursor.fetchone()
            cursor.execute("SELECT set_config('statement_timeout', '0', TRUE)")
            return row
    except OperationalError as error:
        if isinstance(error.__cause__, QueryCanceled):
            raise _TookTooLong from error
        raise


def _one_row(query: Fragment) -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(query.text, query.params)
        return cursor.fetchone()
