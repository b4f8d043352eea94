"""When a condition on elapsed time holds: the one stretch of time after an anchor, to the microsecond.

The evaluator asks whether an instant lies in the stretch, the compiler which anchors put *now* into it: one arithmetic.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from segments.conditions.tree import Scalar
from segments.conditions.values import MICROSECOND, span_of


@dataclass(frozen=True, slots=True)
class Stretch:
    """From ``begins`` after the anchor (None: ever since) until just before ``ends`` (None: for good)."""

    begins: timedelta | None
    ends: timedelta | None

    def judge(self, anchor: datetime, at: datetime) -> tuple[bool, datetime | None]:
        """Return whether ``at`` lies in the stretch, and the first instant at which that changes."""
        elapsed = at - anchor
        if self.begins is not None and elapsed < self.begins:
            return False, anchor + self.begins
        if self.ends is None:
            return True, None
        if elapsed < self.ends:
            return True, anchor + self.ends
        return False, None


def stretch_of(operator: str, operands: tuple[Scalar, ...], unit: str | None) -> Stretch:
    """Return the stretch in which the time elapsed since an anchor satisfies the operator."""
    first = span_of(operands[0], unit)
    match operator:
        case "more_than" | "more_than_ago":
            return Stretch(first + MICROSECOND, None)
        case "at_least":
            return Stretch(first, None)
        case "less_than":
            return Stretch(None, first)
        case "less_than_ago":
            return Stretch(timedelta(0), first)
        case "at_most":
            return Stretch(None, first + MICROSECOND)
        case "exactly" | "exactly_ago":
            return Stretch(first, first + span_of(1, unit))
        case "between":
            return Stretch(first, span_of(operands[1], unit) + MICROSECOND)
    raise ValueError(f"{operator} is no operator on elapsed time")
