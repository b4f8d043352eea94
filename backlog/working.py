"""What was ordered in bulk, worked off: one slice is one transaction, with its progress and its part of the report.

A worker may be killed anywhere: what is committed is done and counted, what is not is done again. A slice that fails,
or kills its worker, again and again ends its action with a sentence.
"""

import logging
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

import orjson
from django.conf import settings
from django.db import OperationalError, connection, transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils.module_loading import import_string

from access.clock import database_now
from backlog.models import AsyncAction, Portion
from backlog.rows import Outcome, Row

TRIES_MOST = 5
PAUSE = timedelta(seconds=1)
# Between choosing an action and holding it nobody else may choose it; held, it is protected by its lock.
CHOSEN_FOR = timedelta(seconds=2)
# A report names so many rows; the rest are counted.
REPORTED = 1_000

Perform = Callable[[AsyncAction, Sequence[Row]], Outcome]

logger = logging.getLogger(__name__)


def has_work(now: datetime) -> bool:
    return AsyncAction.objects.runnable(now).exists()


def work_for(seconds: float) -> bool:
    """Do slices, in turn for every action that waits, for about so long; tell whether the time was not enough."""
    until = time.monotonic() + seconds
    while work_some():
        if time.monotonic() >= until:
            return True
    return False


def work_some() -> int:
    """Do one slice of the action that waited longest; return 1, or 0 where none is free."""
    action = _begin()
    if action is None:
        return 0
    try:
        _do_slice(action)
    except Exception as error:
        if isinstance(error, OperationalError) and not connection.is_usable():
            raise
        _note_failure(action, error)
    return 1


@transaction.atomic
def _begin() -> AsyncAction | None:
    """Choose an action and count the try before it is made: also a slice that kills its worker comes to an end."""
    waiting = AsyncAction.objects.runnable(database_now()).order_by(F("turn_at").asc(nulls_first=True), "id")
    action = waiting.select_for_update(skip_locked=True, no_key=True).first()
    if action is None:
        return None
    if action.attempts >= TRIES_MOST:
        _fail(action, action.error or "A worker was stopped each time it began these rows.")
        return None
    action.attempts, action.status = action.attempts + 1, AsyncAction.Status.IN_PROGRESS
    AsyncAction.objects.filter(pk=action.pk).update(
        attempts=action.attempts, status=action.status, turn_at=Now(), due_at=Now() + CHOSEN_FOR, updated_at=Now()
    )
    return action


@transaction.atomic
def _do_slice(chosen: AsyncAction) -> None:
    """Perform the next rows and write down what became of them, alone: the action is held until that is committed."""
    held = AsyncAction.objects.open().select_for_update(no_key=True).filter(pk=chosen.pk).first()
    if held is None:
        return
    began = time.monotonic()
    portion = Portion.objects.filter(action=held).order_by("number").first()
    if portion is not None:
        rows = _rows(portion)
        held.result = _merged(held.result, _performer(held.type)(held, rows))
        held.rows_done += len(rows)
        Portion.objects.filter(pk=portion.pk).delete()
    _write(held, time.monotonic() - began)


def _write(held: AsyncAction, seconds: float) -> None:
    is_last = not Portion.objects.filter(action=held).exists()
    AsyncAction.objects.filter(pk=held.pk).update(
        status=AsyncAction.Status.DONE if is_last else AsyncAction.Status.IN_PROGRESS,
        result=held.result or _merged({}, Outcome()),
        rows_done=held.rows_done,
        attempts=0,
        error="",
        due_at=Now(),
        processing_ms=F("processing_ms") + int(seconds * 1000),
        updated_at=Now(),
    )


def _merged(report: dict[str, Any], outcome: Outcome) -> dict[str, Any]:
    """Return the report with a slice's outcome added; only so many rows are named."""
    named = report.get("failed", [])
    named += [_told(refusal) for refusal in outcome.refused[: max(REPORTED - len(named), 0)]]
    merged = {
        **report,
        "total_count": report.get("total_count", 0) + outcome.done + len(outcome.refused),
        "done_count": report.get("done_count", 0) + outcome.done,
        "failed_count": report.get("failed_count", 0) + len(outcome.refused),
        "failed": named,
        **{name: report.get(name, 0) + count for name, count in outcome.counts.items()},
    }
    if outcome.told or "results" in report:
        known = report.get("results", [])
        merged["results"] = known + list(outcome.told[: max(REPORTED - len(known), 0)])
    return merged


def _told(refusal: Any) -> dict[str, Any]:
    return {"line": refusal.line, "name": refusal.name, "reason": refusal.reason}


@transaction.atomic
def _note_failure(action: AsyncAction, error: Exception) -> None:
    """Let the slice be tried again after a while, longer each time; after the last try the action has failed."""
    logger.exception("A slice of the async action %s failed (try %d)", action.public_id, action.attempts)
    held = AsyncAction.objects.open().select_for_update(no_key=True).filter(pk=action.pk).first()
    if held is None:
        return
    held.error = f"{type(error).__name__}: {error}"[:300]
    if held.attempts >= TRIES_MOST:
        _fail(held, held.error)
        return
    pause = PAUSE * 2 ** (held.attempts - 1)
    AsyncAction.objects.filter(pk=held.pk).update(error=held.error, due_at=database_now() + pause, updated_at=Now())


def _fail(action: AsyncAction, why: str) -> None:
    """End an action that cannot go on: what was done stays done, the rest of its input is let go."""
    portion = Portion.objects.filter(action=action).order_by("number").first()
    rows = _rows(portion) if portion else [Row(0, None)]
    sentence = (
        f"The rows of lines {rows[0].line} to {rows[-1].line} could not be done, nor any after them ({why}). "
        f"{action.rows_done:,} of {action.rows_total:,} rows were done before."
    )
    result = {**_merged(action.result, Outcome()), "message": sentence}
    AsyncAction.objects.filter(pk=action.pk).update(
        status=AsyncAction.Status.FAILED, error=sentence[:500], result=result, updated_at=Now()
    )
    Portion.objects.filter(action=action).delete()


def _performer(type: str) -> Perform:
    return import_string(settings.ASYNC_PERFORMERS[type])


def _rows(portion: Portion) -> list[Row]:
    return [Row(line, said) for line, said in orjson.loads(bytes(portion.rows))]
