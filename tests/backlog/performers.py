"""Performers that tests order work from."""

from collections.abc import Sequence

from access import audit
from backlog.models import AsyncAction
from backlog.rows import Outcome, Refusal, Row


def write_down(action: AsyncAction, rows: Sequence[Row]) -> Outcome:
    """Leave a trace of each row; refuse what is no text."""
    fit = [row for row in rows if isinstance(row.said, str)]
    for row in fit:
        audit.record("did", "row", row.said, f"{row.line}")
    refused = [Refusal(row.line, str(row.said), "This is no text.") for row in rows if not isinstance(row.said, str)]
    return Outcome(len(fit), refused, {"letters": sum(len(row.said) for row in fit)})


def poisoned(action: AsyncAction, rows: Sequence[Row]) -> Outcome:
    """Do what is asked, and fall over what is not meant to be survived."""
    outcome = write_down(action, rows)
    if any(row.said == "poison" for row in rows):
        raise ValueError("poison")
    return outcome
