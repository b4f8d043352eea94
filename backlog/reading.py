"""What a page shows of a bulk call: how far it has come, and which rows were refused."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from backlog.models import AsyncAction

SHOWN = 200


@dataclass(frozen=True)
class Look:
    """A bulk call as a person follows it."""

    action: AsyncAction
    in_words: str
    tone: str
    refused: Sequence[Mapping[str, Any]]
    refused_count: int


def look(action: AsyncAction, what: str) -> Look:
    """Return what is to be shown of an action whose rows stand for so called things: "customers"."""
    result = action.result
    failed = result.get("failed_count", 0)
    return Look(action, _in_words(action, what), _tone(action, failed), result.get("failed", [])[:SHOWN], failed)


def kind_in_words(type: str) -> str:
    """Read a type such as ``CUSTOMERS.IMPORT_CSV`` as people would say it."""
    words = type.replace(".", ": ").replace("_", " ").lower()
    return words[:1].upper() + words[1:].replace("csv", "CSV")


def latest(type: str, most: int = 10) -> list[AsyncAction]:
    return list(AsyncAction.objects.filter(type=type)[:most])


def _in_words(action: AsyncAction, what: str) -> str:
    done, failed = action.result.get("done_count", 0), action.result.get("failed_count", 0)
    if action.status == AsyncAction.Status.FAILED:
        return action.error
    if not action.is_over:
        return f"{action.rows_done:,} of {action.rows_total:,} rows are read."
    if not action.rows_total:
        return "It is done."
    rest = f" {failed:,} rows were refused." if failed > 1 else " One row was refused." if failed else ""
    return f"{done:,} of {action.rows_total:,} {what} came in.{rest}"


def _tone(action: AsyncAction, failed: int) -> str:
    if action.status == AsyncAction.Status.FAILED:
        return "bad"
    return "warn" if failed else "good" if action.is_over else ""
