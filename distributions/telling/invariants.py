"""What must always hold, judged from the tables alone. Each check counts its violations in one snapshot.

What no table can know (what a client was answered, what a mail server received) is judged by the tests and by scripts
from outside.
"""

from dataclasses import dataclass
from datetime import datetime

import orjson
from django.db import connection, transaction

from distributions.channels import PROVIDERS
from distributions.channels.providers import Idempotency
from distributions.telling.invariant_checks import CHECKS
from events.clock import database_now
from segments import conditions
from segments.compiler import compiling
from segments.models import Segment

_RECOGNISING = [name for name, provider in PROVIDERS.items() if provider.capabilities.idempotency != Idempotency.NONE]
_MEMBERS = "I4"
_MEMBERS_SAY = "Membership is what the segment's conditions say of the customer's whole history."

# Who has unapplied events, or a boundary in time that has just passed, is about to be evaluated and is left out.
_STRANGERS = """
SELECT count(*) FROM (
    SELECT coalesce(m.customer_id, c.id) AS customer_id
    FROM (SELECT customer_id FROM segments_membership WHERE segment_id = %s AND is_member) m
    FULL JOIN ({members}) c ON c.id = m.customer_id
    WHERE m.customer_id IS NULL OR c.id IS NULL
) AS found
WHERE NOT EXISTS (SELECT 1 FROM events_pendingevent p WHERE p.customer_id = found.customer_id)
  AND NOT EXISTS (SELECT 1 FROM segments_membership w WHERE w.segment_id = %s AND w.customer_id = found.customer_id
                  AND w.next_check_at <= %s)
"""


@dataclass(frozen=True)
class Finding:
    """The verdict on one invariant."""

    what: str
    violations: int

    @property
    def ok(self) -> bool:
        return self.violations == 0


def check() -> dict[str, dict[str, object]]:
    """Return the verdict on every invariant, as the command prints it."""
    found = findings()
    return {
        name: {"ok": finding.ok, "violations": finding.violations, "what": finding.what}
        for name, finding in sorted(found.items(), key=lambda item: int(item[0][1:]))
    }


@transaction.atomic
def findings() -> dict[str, Finding]:
    """Judge all of them within one snapshot."""
    with connection.cursor() as cursor:
        if len(connection.savepoint_ids) == 0:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
    now = database_now()
    found = {name: Finding(what, _count(statement, now)) for name, (what, statement) in CHECKS.items()}
    return found | {_MEMBERS: Finding(_MEMBERS_SAY, sum(_strangers(segment, now) for segment in _filled()))}


def _count(statement: str, now: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"now": now, "recognising": _RECOGNISING})
        return int(cursor.fetchone()[0])


def _filled() -> list[Segment]:
    return list(Segment.objects.filter(fill=Segment.Fill.DONE).exclude(type=Segment.Type.STATIC))


def _strangers(segment: Segment, now: datetime) -> int:
    """Count the customers of whom the segment's table and its conditions say different things."""
    members, values = compiling.members_sql(conditions.parse(segment.filter), now)
    statement = _STRANGERS.replace("{members}", members)
    with connection.cursor() as cursor:
        cursor.execute(statement, [segment.pk, *values, segment.pk, now])
        return int(cursor.fetchone()[0])


def as_json(report: dict[str, dict[str, object]]) -> str:
    return orjson.dumps(report).decode()
