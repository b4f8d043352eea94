"""Conditions on a count as a range of whole numbers."""

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CountRange:
    """The counts that satisfy a condition: from ``low`` to ``high`` (None: without end). Empty when high < low."""

    low: int
    high: int | None

    def __contains__(self, count: int) -> bool:
        return self.low <= count and (self.high is None or count <= self.high)

    def edges(self) -> tuple[int, ...]:
        """Return the counts at which a growing count changes the verdict."""
        if self.high is not None and self.high < self.low:
            return ()
        return tuple(edge for edge in (self.low, None if self.high is None else self.high + 1) if edge)


def counts(operator: str, operands: tuple[int | float, ...]) -> CountRange:
    """Return the counts an operator accepts; nothing happens a negative number of times."""
    first = operands[0]
    match operator:
        case "more_than":
            return CountRange(max(0, math.floor(first) + 1), None)
        case "at_least":
            return CountRange(max(0, math.ceil(first)), None)
        case "less_than":
            return CountRange(0, math.ceil(first) - 1)
        case "at_most":
            return CountRange(0, math.floor(first))
        case "exactly":
            return CountRange(math.ceil(first), math.floor(first))
        case "between":
            return CountRange(max(0, math.ceil(first)), math.floor(operands[1]))
    raise ValueError(f"{operator} is no operator on a count")
