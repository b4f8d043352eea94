"""Whether a delivery may go out now: decided again at the last moment, from facts read for the whole batch."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from access.models import Project
from customers import consenting
from distributions import unsubscribing
from distributions.channels import kind_of
from distributions.composing.cases import Case
from distributions.enrolment.standing import LEFT
from distributions.models import Delivery, DistributionChannel
from events.models import Tally
from segments.models import Membership

MAIL = frozenset({DistributionChannel.Type.EMAIL, DistributionChannel.Type.MAILBOX})
# What a delivery was deliberately kept waiting for: after such a wait, the customer is looked at again.
WAITS = frozenset({"quiet_hours", "no_free_code", "paused"})

# What a customer lacks whom a channel cannot reach, by the field it writes to.
NO_ADDRESS = {"phone": "no_phone", "source_id": "no_source_id"}

State = Delivery.State


@dataclass(frozen=True)
class Verdict:
    """Where a delivery goes instead of out, and why."""

    state: Delivery.State
    reason: str
    due_at: datetime | None = None


def judge(cases: Sequence[Case], project: Project, now: datetime) -> dict[int, Verdict]:
    """Return a verdict for each case, by its place, that must not go on; the others may have their code."""
    stopped = unsubscribing.stopped(pair for case in cases if (pair := _consent(case)))
    gone, over = _no_longer_members(cases), _overtaken(cases)
    verdicts = (
        _address_verdict(case)
        or _stopped_verdict(case, stopped)
        or _if(place in gone, State.SUPPRESSED, "no_longer_matches")
        or _if(place in over, State.SUPPRESSED, "stop_event")
        or _if(_tells_of_what_is_over(case, now), State.SUPPRESSED, "promotion_over")
        or _quiet_verdict(case, project, now)
        for place, case in enumerate(cases)
    )
    return {place: verdict for place, verdict in enumerate(verdicts) if verdict}


def _consent(case: Case) -> tuple[str, str] | None:
    """Return on which consent, and on which address, it depends whether she may be written to; None: on nothing."""
    return unsubscribing.consent_for(case.channel.type, case.address, case.channel.message, case.customer.email)


def _stopped_verdict(case: Case, stopped: Mapping[tuple[str, str], str]) -> Verdict | None:
    """Stop what goes to an address that is stopped, or what she forbade to write to whatever address she has."""
    consent = _consent(case)
    if consent is None:
        return None
    purpose = case.channel.purpose or DistributionChannel.Purpose.MARKETING
    is_allowed = consenting.may_write(case.customer, consent[0], purpose)
    reason = stopped.get(consent) or ("" if is_allowed else "unsubscribed")
    return Verdict(State.SUPPRESSED, reason) if reason else None


def _if(holds: bool, state: Delivery.State, reason: str) -> Verdict | None:
    return Verdict(state, reason) if holds else None


def _address_verdict(case: Case) -> Verdict | None:
    if case.channel.type != DistributionChannel.Type.MAILBOX and not case.address:
        return Verdict(State.FAILED, _lack(case))
    return None if case.carrier else Verdict(State.FAILED, "channel_not_connected")


def _lack(case: Case) -> str:
    kind = kind_of(case.channel.type)
    if kind and kind.address == "phone" and case.customer.phone:
        return "invalid_phone"
    return NO_ADDRESS.get(kind.address if kind else "", "no_address")


def _no_longer_members(cases: Sequence[Case]) -> set[int]:
    """Return the places of those who left the segment while their message waited.

    Only a wait that was asked for counts. A message that goes out at once follows from the entry alone: of a customer
    who enters and leaves again within one batch, the entry is no less true.
    """
    asked = {place: case for place, case in enumerate(cases) if _is_rechecked(case)}
    if not asked:
        return set()
    segments = {case.distribution.segment_id for case in asked.values()}
    members = set(
        Membership.objects.filter(
            segment__in=segments, customer__in={case.customer.pk for case in asked.values()}, is_member=True
        ).values_list("segment_id", "customer_id")
    )
    return {place for place, case in asked.items() if (case.distribution.segment_id, case.customer.pk) not in members}


def _is_rechecked(case: Case) -> bool:
    distribution = case.distribution
    has_waited = distribution.delay_minutes > 0 or case.delivery.reason in WAITS
    about_a_segment = distribution.segment_id is not None and distribution.trigger_event != LEFT
    return distribution.recheck and has_waited and about_a_segment


def _overtaken(cases: Sequence[Case]) -> set[int]:
    """Return the places of those who meanwhile did what makes the message pointless."""
    asked = {place: case for place, case in enumerate(cases) if case.distribution.stop_if_event}
    if not asked:
        return set()
    found = Tally.objects.filter(
        customer__in={case.customer.pk for case in asked.values()},
        event_name__in={case.distribution.stop_if_event for case in asked.values()},
    ).values_list("customer_id", "event_name", "last_at")
    last = {(customer, name): at for customer, name, at in found}
    return {place for place, case in asked.items() if _is_overtaken(case, last)}


def _is_overtaken(case: Case, last: dict[tuple[int, str], datetime]) -> bool:
    at = last.get((case.customer.pk, case.distribution.stop_if_event))
    since = case.origin.occurred_at if case.origin else case.delivery.created_at
    return at is not None and at > since


def _tells_of_what_is_over(case: Case, now: datetime) -> bool:
    tier = case.distribution.promotion_tier
    return tier is not None and tier.is_over(now)


def _quiet_verdict(case: Case, project: Project, now: datetime) -> Verdict | None:
    quiet = case.distribution.quiet_hours
    until = end_of_quiet(quiet, project.time_zone, now) if quiet else None
    return Verdict(State.HELD, "quiet_hours", until) if until else None


def end_of_quiet(quiet: dict[str, str], time_zone: str, now: datetime) -> datetime | None:
    """Return when the quiet hours that hold now will end; None outside of them."""
    local = now.astimezone(ZoneInfo(time_zone))
    begin, end = time.fromisoformat(quiet["from"]), time.fromisoformat(quiet["to"])
    clock = local.time().replace(tzinfo=None)
    is_quiet = begin <= clock < end if begin < end else clock >= begin or clock < end
    if not is_quiet or begin == end:
        return None
    days = 1 if clock >= end else 0
    return datetime.combine(local.date() + timedelta(days=days), end, tzinfo=local.tzinfo)
