"""What providers tell of messages that were handed over: stored once, and drawn consequences from, in one transaction.

Reports come twice, late and in any order. A report moves a message only where it says more than was known: that it
arrived although its answer was lost, or that it was not delivered although it was accepted.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from django.db import transaction

from access import statements
from customers import consenting, suppressing
from customers.models import Suppression
from customers.suppressing import Stop
from distributions.composing.cases import gather
from distributions.deliveries import Promise, as_json
from distributions.models import Delivery, Feedback
from distributions.sending import outcomes
from events.clock import database_now

Kind = Feedback.Kind
State = Delivery.State
RAW_MOST = 2_000
# What stops an address, and for which reason. A bounce does where it is for good.
STOPS = {
    Kind.BOUNCED: Suppression.Reason.BOUNCED,
    Kind.COMPLAINED: Suppression.Reason.COMPLAINED,
    Kind.UNSUBSCRIBED: Suppression.Reason.UNSUBSCRIBED,
}

# In one order everywhere, so that two batches about the same messages wait for one another and not in a circle.
LOCK = """
SELECT d.id, d.distribution_id, d.customer_id, d.is_test, coalesce(m.address, '')
FROM distributions_delivery d LEFT JOIN distributions_message m ON m.delivery_id = d.id
WHERE d.id = ANY(%s) ORDER BY d.id FOR NO KEY UPDATE OF d
"""

STORE = """
INSERT INTO distributions_feedback (provider, provider_event_id, delivery_id, kind, is_permanent, is_machine, at, raw)
SELECT provider, event_id, delivery_id, kind, is_permanent, is_machine, at, raw
FROM jsonb_to_recordset(%s::jsonb) AS r (provider text, event_id text, delivery_id uuid, kind text, is_permanent bool,
    is_machine bool, at timestamptz, raw jsonb)
ON CONFLICT (provider, provider_event_id) DO NOTHING RETURNING provider, provider_event_id
"""

# Who opens, clicks or complains has received it.
NOTE = """
INSERT INTO distributions_reception AS known (delivery_id, distribution_id, delivered_at, opened_at, clicked_at,
    failed_at, failure, complained_at)
SELECT delivery_id, distribution_id,
    min(at) FILTER (WHERE kind IN ('delivered', 'opened', 'clicked', 'complained', 'unsubscribed')),
    min(at) FILTER (WHERE kind IN ('opened', 'clicked')), min(at) FILTER (WHERE kind = 'clicked'),
    min(at) FILTER (WHERE kind IN ('bounced', 'failed')),
    coalesce(min(kind) FILTER (WHERE kind IN ('bounced', 'failed')), ''), min(at) FILTER (WHERE kind = 'complained')
FROM jsonb_to_recordset(%s::jsonb) AS r (delivery_id uuid, distribution_id bigint, kind text, at timestamptz)
GROUP BY 1, 2 ORDER BY 1
ON CONFLICT (delivery_id) DO UPDATE SET
    delivered_at = least(known.delivered_at, excluded.delivered_at),
    opened_at = least(known.opened_at, excluded.opened_at),
    clicked_at = least(known.clicked_at, excluded.clicked_at),
    failed_at = least(known.failed_at, excluded.failed_at),
    failure = coalesce(nullif(known.failure, ''), excluded.failure),
    complained_at = least(known.complained_at, excluded.complained_at)
"""

# A message that is being sent is left to its sender, who looks here when he has settled it.
FOLLOW = """
WITH told AS (
    SELECT d.id, CASE WHEN w.failed_at IS NULL THEN 'SENT' ELSE 'FAILED' END AS state,
        CASE w.failure WHEN 'bounced' THEN 'bounced' WHEN 'failed' THEN 'not_delivered' ELSE '' END AS reason
    FROM distributions_reception w JOIN distributions_delivery d ON d.id = w.delivery_id
    WHERE w.delivery_id = ANY(%s) AND (
        d.state IN ('UNKNOWN', 'UNCERTAIN') OR (d.state = 'READY' AND d.attempt_count > 0)
        OR (d.state = 'SENT' AND w.failed_at IS NOT NULL))
    ORDER BY d.id FOR NO KEY UPDATE OF d
)
UPDATE distributions_delivery d
SET state = told.state, reason = told.reason, lease_until = NULL, parked = false,
    sent_at = coalesce(d.sent_at, CASE WHEN told.state = 'SENT' THEN statement_timestamp() END)
FROM told WHERE d.id = told.id RETURNING d.id, d.state, d.is_test
"""


# Mail that came back for now, again and again, will not arrive.
OFTEN = """
SELECT asked.id FROM distributions_delivery asked
WHERE asked.id = ANY(%s) AND (
    SELECT count(*) FROM distributions_delivery d JOIN distributions_feedback f ON f.delivery_id = d.id
    WHERE d.customer_id = asked.customer_id AND f.kind = 'bounced'
      AND f.at > statement_timestamp() - interval '72 hours'
) >= %s
"""
OFTEN_ENOUGH = 3


@dataclass(frozen=True, slots=True)
class Report:
    """One thing a provider says. ``event_id`` is its own and unique for ``provider``, which names the account too where
    ids are unique only within one; ``at`` is aware; ``address`` is where it went, of which only a hash is ever kept.
    What a scanner did (``is_machine``) is stored and counts nowhere.
    """

    provider: str
    event_id: str
    kind: str
    at: datetime
    delivery_id: UUID | None = None
    address: str = ""
    channel: str = "email"
    is_permanent: bool = True
    # Why the address is stopped, where the kind does not say it.
    stops: str = ""
    is_machine: bool = False
    raw: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _About:
    """The message that a report is about."""

    distribution_id: int
    customer_id: int
    is_test: bool
    address: str


@transaction.atomic
def take(reports: Sequence[Report]) -> int:
    """Store what is new, move the messages it is about, and stop addresses; return how many reports were new.

    A report that was stored before, by its provider and id, changes nothing. One about no message of ours is stored
    without it, and stops its address all the same.
    """
    told = {(report.provider, report.event_id): report for report in reversed(reports)}
    about = _lock({report.delivery_id for report in told.values() if report.delivery_id})
    new = [told[key] for key in _store(list(told.values()), about)]
    known = [report for report in new if report.delivery_id in about and not report.is_machine]
    _note(known, about)
    suppressing.suppress_many(_stops(new, about))
    for report in new:
        if report.kind == Kind.RESUBSCRIBED:
            suppressing.lift(report.channel, report.address, reasons=consenting.LIFTED)
    follow({report.delivery_id for report in known if report.delivery_id})
    return len(new)


def follow(delivery_ids: Collection[UUID]) -> None:
    """Move messages to where their feedback says they are, and tell it; those it says nothing new of stay."""
    if not delivery_ids:
        return
    with statements.cursor() as cursor:
        cursor.execute(FOLLOW, [list(delivery_ids)])
        moved = {key: state for key, state, is_test in cursor.fetchall() if not is_test}
    if moved:
        now = database_now()
        cases = gather([Promise.of(delivery) for delivery in Delivery.objects.filter(id__in=moved)])
        outcomes.tell_sent([case for case in cases if moved[case.delivery.id] == State.SENT], now)
        outcomes.tell_failed([case for case in cases if moved[case.delivery.id] == State.FAILED], now)


def _lock(ids: Collection[UUID]) -> dict[UUID, _About]:
    if not ids:
        return {}
    with statements.cursor() as cursor:
        cursor.execute(LOCK, [list(ids)])
        return {row[0]: _About(*row[1:]) for row in cursor.fetchall()}


def _store(reports: Sequence[Report], about: Mapping[UUID, _About]) -> list[tuple[str, str]]:
    rows = [
        {
            "provider": report.provider,
            "event_id": report.event_id,
            "delivery_id": report.delivery_id if report.delivery_id in about else None,
            "kind": report.kind,
            "is_permanent": report.is_permanent,
            "is_machine": report.is_machine,
            "at": report.at,
            "raw": _small(report.raw),
        }
        for report in reports
    ]
    if not rows:
        return []
    with statements.cursor() as cursor:
        cursor.execute(STORE, [as_json(rows)])
        return cursor.fetchall()


def _small(raw: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a provider's words where they are few; a database takes no NUL, and a log wants no novel."""
    said = orjson.dumps(raw, default=str)
    return {} if len(said) > RAW_MOST or b"\\u0000" in said else orjson.loads(said)


def _note(known: Sequence[Report], about: Mapping[UUID, _About]) -> None:
    rows = []
    for report in known:
        if report.delivery_id is not None:
            message = about[report.delivery_id]
            counted = None if message.is_test else message.distribution_id
            rows.append(
                {"delivery_id": report.delivery_id, "distribution_id": counted, "kind": report.kind, "at": report.at}
            )
    if rows:
        with statements.cursor() as cursor:
            cursor.execute(NOTE, [as_json(rows)])


def _stops(new: Sequence[Report], about: Mapping[UUID, _About]) -> list[Stop]:
    stops, often = [], _returned_often([report for report in new if report.delivery_id in about])
    for report in new:
        reason = report.stops or STOPS.get(Kind(report.kind))
        message = about.get(report.delivery_id) if report.delivery_id else None
        address = report.address or (message.address if message else "")
        is_final = report.is_permanent or report.kind != Kind.BOUNCED or report.delivery_id in often
        if reason and address and is_final:
            customer_id = message.customer_id if message else None
            stops.append(Stop(report.channel, address, reason, customer_id, f"{report.provider} {report.event_id}"))
    return stops


def _returned_often(known: Sequence[Report]) -> set[UUID | None]:
    """Return the messages that came back for now, and were not the first to their customer that did."""
    asked = [report.delivery_id for report in known if report.kind == Kind.BOUNCED and not report.is_permanent]
    if not asked:
        return set()
    with statements.cursor() as cursor:
        cursor.execute(OFTEN, [asked, OFTEN_ENOUGH])
        return {row[0] for row in cursor.fetchall()}
