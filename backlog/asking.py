"""Orders of bulk work: taken with all their input in one transaction, and worked off later, slice by slice."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, TypeVar

import orjson
from django.db import transaction

from backlog.models import AsyncAction, Portion
from backlog.rows import Row

PER_SLICE = 1_000
STORED_AT_ONCE = 8

T = TypeVar("T")


@transaction.atomic
def ask(
    type: str,
    rows: Iterable[Row],
    *,
    scope: str,
    about: str = "",
    asked: dict[str, Any] | None = None,
    group_id: str = "",
    key_id: int | None = None,
    source: str = "API",
    per_slice: int = PER_SLICE,
) -> AsyncAction:
    """Take an order; the performer of its type (setting ``ASYNC_PERFORMERS``) does the rows in slices of so many.

    The rows may come from a generator that reads a file: they are stored as they come, so memory stays flat, and a
    Problem that it raises leaves nothing stored. Ring ``backlog.tasks.work_off`` after it.
    """
    action = AsyncAction.objects.create(
        type=type,
        about=about,
        lane=f"{type.partition('.')[0]} {about}",
        scope=scope,
        source=source,
        request_id=group_id,
        key_id=key_id,
        asked=asked or {},
    )
    action.rows_total = _store(action, rows, per_slice)
    action.save(update_fields=["rows_total"])
    return action


def note(type: str, result: dict[str, Any], *, scope: str, about: str = "", group_id: str = "") -> AsyncAction:
    """Record a bulk call whose work was done while it was answered."""
    return AsyncAction.objects.create(
        type=type,
        about=about,
        lane="",
        scope=scope,
        request_id=group_id,
        status=AsyncAction.Status.DONE,
        result=result,
    )


def _store(action: AsyncAction, rows: Iterable[Row], per_slice: int) -> int:
    total = 0
    for portions in _batches(_portions(action, rows, per_slice), STORED_AT_ONCE):
        total += sum(count for count, _ in portions)
        Portion.objects.bulk_create([portion for _, portion in portions])
    return total


def _portions(action: AsyncAction, rows: Iterable[Row], per_slice: int) -> Iterator[tuple[int, Portion]]:
    for number, some in enumerate(_batches(rows, per_slice)):
        yield len(some), Portion(action=action, number=number, rows=orjson.dumps([list(row) for row in some]))


def _batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    rest = iter(items)
    while some := list(islice(rest, size)):
        yield some
