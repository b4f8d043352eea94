"""A distribution's life: draft, live, paused, stopped. Each change is one transaction that holds the row."""

from typing import Any

from django.contrib.auth.models import User
from django.db import transaction

from access import audit
from access.problems import Problem
from designs import editing
from distributions.enrolment import enrolling
from distributions.enrolment.standing import ENTERED
from distributions.models import Delivery, Distribution
from distributions.planning.completeness import Missing, missing
from events.clock import database_now
from segments import definition
from segments.models import Segment

__all__ = ["Missing", "delete", "missing", "pause", "pause_unreachable", "resume", "set_live", "stop"]

# A manual distribution waits for nothing: this is what the seed calls its one moment.
SCHEDULED = "manual_distribution_schedule"

Status = Distribution.Status
State = Delivery.State


@transaction.atomic
def set_live(distribution: Distribution, *, person: User | None = None, key_id: int | None = None) -> Distribution:
    """Let it act from now on; members of today are enrolled here where the policy says so. Twice is harmless.

    The row is locked first. Every batch that enrols holds a weaker lock on it, so each of them either is committed
    before the members are read, or reads this distribution as live.
    """
    locked = _locked(distribution)
    if locked.status == Status.LIVE:
        return _reread(distribution)
    if locked.status not in {Status.DRAFT, Status.PAUSED}:
        raise _refusal(locked, "A stopped distribution does not go live again; duplicate it instead.")
    _refuse_incomplete(locked)
    if locked.status == Status.PAUSED:
        return resume(distribution, person=person, key_id=key_id)
    _begin(locked)
    audit.record("set_live", "distribution", locked.public_id, f"{locked} went live", person=person, key_id=key_id)
    return _reread(distribution)


@transaction.atomic
def pause(distribution: Distribution, *, person: User | None = None, key_id: int | None = None) -> Distribution:
    """Keep enrolling, send nothing."""
    locked = _locked(distribution)
    if locked.status != Status.PAUSED:
        _require(locked, Status.LIVE, "Only a live distribution can be paused.")
        _set_aside(locked)
        audit.record("pause", "distribution", locked.public_id, f"{locked} was paused", person=person, key_id=key_id)
    return _reread(distribution)


@transaction.atomic
def resume(distribution: Distribution, *, person: User | None = None, key_id: int | None = None) -> Distribution:
    """Send again, beginning with what came while it was paused."""
    locked = _locked(distribution)
    if locked.status != Status.LIVE:
        _require(locked, Status.PAUSED, "Only a paused distribution can be resumed.")
        _change(locked, Status.LIVE)
        parked = Delivery.objects.filter(distribution=locked, parked=True)
        parked.filter(state=State.NEW, reason="").update(reason="paused")
        parked.update(parked=False)
        audit.record("resume", "distribution", locked.public_id, f"{locked} was resumed", person=person, key_id=key_id)
    return _reread(distribution)


@transaction.atomic
def stop(distribution: Distribution, *, person: User | None = None, key_id: int | None = None) -> Distribution:
    """End it for good: what is not on its way yet is canceled."""
    locked = _locked(distribution)
    if locked.status != Status.STOPPED:
        if locked.status not in {Status.LIVE, Status.PAUSED}:
            raise _refusal(locked, "Only a live or paused distribution can be stopped.")
        _change(locked, Status.STOPPED)
        waiting = Delivery.objects.filter(
            distribution=locked, state__in=[State.NEW, State.HELD, State.WAITING_CODE, State.READY], is_test=False
        )
        waiting.update(state=State.CANCELLED, reason="stopped", parked=False)
        Delivery.objects.filter(distribution=locked, parked=True).update(parked=False)
        audit.record("stop", "distribution", locked.public_id, f"{locked} was stopped", person=person, key_id=key_id)
    return _reread(distribution)


@transaction.atomic
def delete(distribution: Distribution, *, person: User | None = None, key_id: int | None = None) -> None:
    """Remove a draft, or a stopped distribution with all its messages."""
    locked = _locked(distribution)
    if locked.status in {Status.LIVE, Status.PAUSED}:
        raise _refusal(locked, "Stop it first; then it can be deleted.")
    if Delivery.objects.filter(distribution=locked, state__in=[State.SENDING, State.UNKNOWN]).exists():
        raise _refusal(locked, "Messages of it are on their way at this moment; try again in a minute.")
    Delivery.objects.filter(distribution=locked).delete()
    editing.discard([channel.design_id for channel in locked.channels.all() if channel.design_id])
    audit.record("delete", "distribution", locked.public_id, f"{locked} was deleted", person=person, key_id=key_id)
    locked.delete()


def pause_unreachable(distribution_id: int) -> None:
    """Pause a distribution whose webhook gave up answering, in the caller's transaction."""
    locked = Distribution.objects.select_for_update().get(pk=distribution_id)
    if locked.status == Status.LIVE:
        _set_aside(locked)
        summary = f"{locked} was paused: its webhook did not take its messages"
        audit.record("pause", "distribution", locked.public_id, summary)


def _begin(locked: Distribution) -> None:
    now = database_now()
    is_manual = locked.type == Distribution.Type.MANUAL
    if is_manual:
        locked.trigger_event = SCHEDULED
    locked.live_at = now
    _change(locked, Status.LIVE, "live_at", "trigger_event")
    if locked.segment is not None and locked.segment.type == Segment.Type.PASSIVE and not is_manual:
        definition.activate(locked.segment)
    if is_manual or (locked.include_current_members and locked.trigger_event == ENTERED):
        enrolled = enrolling.enrol_current_members(locked, now)
        if is_manual and not enrolled:
            _change(locked, Status.DONE)


def _set_aside(locked: Distribution) -> None:
    """Pause it, and park what it has outside every queue; what is being sent comes back by itself."""
    _change(locked, Status.PAUSED)
    waiting = [State.NEW, State.HELD, State.READY, State.UNKNOWN]
    Delivery.objects.filter(distribution=locked, state__in=waiting, parked=False, is_test=False).update(parked=True)


def _refuse_incomplete(locked: Distribution) -> None:
    lacks = missing(locked)
    if lacks:
        told: list[dict[str, Any]] = [{"key": lack.key, "message": lack.message} for lack in lacks]
        details = " ".join(lack.message for lack in lacks)
        raise Problem(
            400, "distribution_incomplete", "The distribution is not complete", details,
            resource_id=locked.public_id, resource_type="distribution",
            extra={"error": {"message": details, "missing": told}},
        )  # fmt: skip


def _locked(distribution: Distribution) -> Distribution:
    found = Distribution.objects.select_for_update(of=("self",)).select_related(*Distribution.NAMED)
    return found.get(pk=distribution.pk)


def _reread(distribution: Distribution) -> Distribution:
    distribution.refresh_from_db()
    return distribution


def _change(locked: Distribution, status: str, *fields: str) -> None:
    locked.status = status
    locked.save(update_fields=["status", *fields])


def _require(locked: Distribution, status: str, sentence: str) -> None:
    if locked.status != status:
        raise _refusal(locked, sentence)


def _refusal(locked: Distribution, sentence: str) -> Problem:
    return Problem(
        400, "invalid_distribution_status", "Not possible in this status", sentence,
        resource_id=locked.public_id, resource_type="distribution",
    )  # fmt: skip
