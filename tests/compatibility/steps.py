"""What is told of a client's methods: the steps that try them, in order, and why others are not offered.

A step names the methods that it tries. Running it once is enough: each of its methods works where the step passes.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

Run = Callable[[Any], None]


@dataclass(frozen=True)
class Step:
    methods: tuple[str, ...]
    run: Run

    @property
    def name(self) -> str:
        return self.run.__name__


@dataclass
class Story:
    """The steps by which one client is led through a shop's day."""

    client: str
    steps: list[Step] = field(default_factory=list)
    # Method, or the beginning of several, and why it is not offered.
    refused: Mapping[str, str] = field(default_factory=dict)

    def tries(self, *methods: str) -> Callable[[Run], Run]:
        """Mark a function as the step that tries these methods."""

        def mark(run: Run) -> Run:
            self.steps.append(Step(methods, run))
            return run

        return mark

    def tried(self) -> set[str]:
        return {method for step in self.steps for method in step.methods}

    def why_not(self, method: str) -> str | None:
        """Return why this method is not offered; the longest beginning counts."""
        fitting = [start for start in self.refused if method.startswith(start)]
        return self.refused[max(fitting, key=len)] if fitting else None


@dataclass(frozen=True)
class Row:
    method: str
    verdict: str


def rows(story: Story, methods: Iterator[str] | list[str], passed: set[str]) -> list[Row]:
    """Say of each method whether it works, failed in this run, or is not offered and why."""
    return [Row(method, _verdict(story, method, passed)) for method in methods]


def _verdict(story: Story, method: str, passed: set[str]) -> str:
    if method in passed:
        return "works"
    if method in story.tried():
        return "**failed**"
    reason = story.why_not(method)
    return f"not offered: {reason}" if reason else "**not accounted for**"
