"""T1: what callers report, accepted as a group in one transaction.

A fixed number of statements whatever the size of the group: the rules, the customers, the message ids, what changed of
the customers, the events. A report that is refused spoils nothing for its neighbours.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from access.arrays import array
from access.identifiers import before_uuid7, uuid7
from access.problems import Problem, invalid_payload, not_found
from customers import upserting
from customers.drafts import Crowd, Draft, Saying
from customers.profiles import Profile
from customers.upserting import Cursor
from events import companions, definitions, recording
from events.companions import NONE, Companions
from events.definitions import Rules
from events.recording import Happening
from schemas import checking

SKEW = timedelta(minutes=5)

RESERVE = """
    INSERT INTO events_seenmessage (message_id, body_hash, event_id, received_at)
    SELECT message_id, decode(body_hash, 'hex'), event_id, %s::timestamptz
    FROM unnest(%s::text[], %s::text[], %s::uuid[]) AS given (message_id, body_hash, event_id)
    ORDER BY message_id
    ON CONFLICT (message_id) DO NOTHING
    RETURNING message_id
"""
RECALL = (
    "SELECT message_id, encode(body_hash, 'hex'), event_id FROM events_seenmessage WHERE message_id = ANY(%s::text[])"
)
RELEASE = "DELETE FROM events_seenmessage WHERE message_id = ANY(%s::text[])"


@dataclass(slots=True)
class Report:
    """What one caller reported: an event of a customer, or (without a name) a customer's profile alone."""

    profile: Profile
    name: str = ""
    properties: dict[str, Any] | None = None
    message_id: str = ""
    body_hash: str = ""
    occurred_at: datetime | None = None
    sent_at: datetime | None = None
    source: str = "API"
    key_id: int | None = None
    group_id: str = ""
    keeps_contacts: bool = False
    companions: Companions = NONE


@dataclass(slots=True, eq=False)
class Outcome:
    """What became of a report: a problem, a duplicate of an earlier one, or an event."""

    report: Report
    event_id: UUID
    saying: Saying
    problem: Problem | None = None
    is_duplicate: bool = False
    draft: Draft | None = None
    occurred_at: datetime | None = None
    clock_adjusted: bool = False

    @classmethod
    def of(cls, report: Report, problem: Problem | None = None) -> "Outcome":
        return cls(report, uuid7(), Saying(report.profile, report.keeps_contacts), problem)


def accept_group(cursor: Cursor, reports: Sequence[Report]) -> list[Outcome]:
    """Store a group of reports in the caller's transaction; return what became of each, in their order."""
    outcomes = [Outcome.of(report) for report in reports]
    rules = definitions.read_rules(cursor, {report.name for report in reports if report.name})
    crowd = upserting.find(cursor, [report.profile for report in reports])
    crowd.schema = checking.read(cursor)["customer"] if rules.has_customer_schema else None
    fit = [outcome for outcome in outcomes if _is_fit(outcome, rules, crowd)]
    fresh = _reserve(cursor, fit, rules.now)
    drafts = [crowd.say(outcome.saying) for outcome in fresh]
    upserting.write(cursor, crowd, rules.now)
    _release(cursor, fresh)
    stored = [(outcome, draft) for outcome, draft in zip(fresh, drafts, strict=True) if outcome.problem is None]
    definitions.see(cursor, {o.report.name for o, _ in stored if rules.is_new(o.report.name)}, rules.now)
    recording.record(
        cursor, [h for outcome, draft in stored for h in _happenings(outcome, draft, rules.now)], rules.now
    )
    companions.write(cursor, [(outcome.event_id, outcome.report.companions) for outcome, _ in stored])
    _settle_repeats(outcomes, crowd)
    return outcomes


def _is_fit(outcome: Outcome, rules: Rules, crowd: Crowd) -> bool:
    report = outcome.report
    if report.name:
        outcome.problem = rules.check(report.name, report.properties or {}) or _set_time(outcome, rules.now)
    wanted = report.profile.public_id
    if outcome.problem is None and wanted is not None and wanted not in crowd.by_public_id:
        outcome.problem = not_found("customer", wanted)
    return outcome.problem is None


def _set_time(outcome: Outcome, now: datetime) -> Problem | None:
    """Decide when the event happened: the client's word, corrected where its clock is evidently wrong."""
    at, sent_at = outcome.report.occurred_at, outcome.report.sent_at
    if at is None:
        outcome.occurred_at = now
        return None
    if sent_at is not None and abs(now - sent_at) > SKEW:
        at += now - sent_at
        outcome.clock_adjusted = True
    if at > now + SKEW:
        return invalid_payload("occurred_at lies more than five minutes ahead")
    if at.year < 2000:
        return invalid_payload("occurred_at lies before the year 2000")
    outcome.clock_adjusted = outcome.clock_adjusted or at > now
    outcome.occurred_at = min(at, now)
    return None


def _reserve(cursor: Cursor, outcomes: Sequence[Outcome], now: datetime) -> list[Outcome]:
    """Reserve the message ids, so that each is accepted once; return the reports that are new."""
    first: dict[str, Outcome] = {}
    for outcome in outcomes:
        if outcome.report.message_id:
            first.setdefault(outcome.report.message_id, outcome)
    if not first:
        return list(outcomes)
    reserved: set[str] = set()
    earlier: dict[str, tuple[str, UUID]] = {}
    # An id that is neither free nor known was too old, and was forgotten between the two looks: it is free now.
    while open_ids := first.keys() - reserved - earlier.keys():
        reserved |= _claim(cursor, [first[message_id] for message_id in sorted(open_ids)], now)
        earlier |= _recall(cursor, sorted(open_ids - reserved))
    fresh = []
    for outcome in outcomes:
        message_id = outcome.report.message_id
        if not message_id or (message_id in reserved and first[message_id] is outcome):
            fresh.append(outcome)
        else:
            known = earlier.get(message_id) or (first[message_id].report.body_hash, first[message_id].event_id)
            _mark_repeat(outcome, *known)
    return fresh


def _claim(cursor: Cursor, named: Sequence[Outcome], now: datetime) -> set[str]:
    """Write down the message ids that nobody used; return them."""
    ids = array([outcome.report.message_id for outcome in named])
    hashes = array([outcome.report.body_hash for outcome in named])
    cursor.execute(RESERVE, [now, ids, hashes, array([outcome.event_id for outcome in named])])
    return {message_id for (message_id,) in cursor.fetchall()}


def _recall(cursor: Cursor, message_ids: list[str]) -> dict[str, tuple[str, UUID]]:
    if not message_ids:
        return {}
    cursor.execute(RECALL, [array(message_ids)])
    return {message_id: (body_hash, event_id) for message_id, body_hash, event_id in cursor.fetchall()}


def _mark_repeat(outcome: Outcome, body_hash: str, event_id: UUID) -> None:
    if outcome.report.body_hash == body_hash:
        outcome.is_duplicate, outcome.event_id = True, event_id
        return
    sentence = "This message_id was accepted before with a different body"
    outcome.problem = Problem(409, "duplicate_key", "Duplicate key", sentence, resource_id=outcome.report.message_id)


def _release(cursor: Cursor, fresh: Sequence[Outcome]) -> None:
    """Take back the message ids of reports that turned out to be refused: they may be sent again, mended."""
    for outcome in fresh:
        outcome.problem = outcome.saying.problem
    refused = [o.report.message_id for o in fresh if o.problem is not None and o.report.message_id]
    if refused:
        cursor.execute(RELEASE, [array(refused)])


def _happenings(outcome: Outcome, draft: Draft, now: datetime) -> list[Happening]:
    """Return what is to be recorded: that the profile is new or changed, and the event itself."""
    report = outcome.report
    outcome.draft = draft
    found = []
    if outcome.saying.created or outcome.saying.changed:
        name = "customer.created" if outcome.saying.created else "customer.updated"
        said = {"customer": draft.simple(), "changed": outcome.saying.changed}
        before = before_uuid7(outcome.event_id)
        found.append(Happening(name, draft.id, now, said, draft.public_id, id=before))
    if report.name:
        at = outcome.occurred_at or now
        adjusted = outcome.clock_adjusted
        properties = report.properties or {}
        found.append(Happening(report.name, draft.id, at, properties, clock_adjusted=adjusted, id=outcome.event_id))
    for happening in found:
        happening.source, happening.key_id, happening.group_id = report.source, report.key_id, report.group_id
    return found


def _settle_repeats(outcomes: Sequence[Outcome], crowd: Crowd) -> None:
    """Let a repeat inside the group share the fate of the first, and find whom each duplicate is about."""
    fates = {o.event_id: o.problem for o in outcomes if not o.is_duplicate}
    for outcome in outcomes:
        if outcome.is_duplicate:
            outcome.problem = fates.get(outcome.event_id)
            outcome.draft = crowd.find(outcome.report.profile)
