"""Reactions for tests of the pipeline: they remember what they were handed, and fail on a poisonous event."""

import contextlib

from events import following, tracking
from events.pipeline import Batch
from events.tracking import Fact

batches: list[Batch] = []


class Poisoned(Exception):
    pass


def remember(batch: Batch) -> None:
    batches.append(batch)


def refuse_poison(batch: Batch) -> None:
    for event in batch.events:
        if event.name == "poison":
            raise Poisoned(f"cannot digest {event.properties}")
    batches.append(batch)


def echo(batch: Batch) -> None:
    """React to each echo with another one: a loop without an end of its own."""
    batches.append(batch)
    tracking.track_many([Fact("echo", event.customer_id, caused_by=event) for event in batch.events])


def greet(batch: Batch) -> None:
    """Let something happen to a customer whom the batch does not hold."""
    greetings = [event for event in batch.events if event.name == "greet"]
    tracking.track_many([Fact("greeted", event.properties["whom"], caused_by=event) for event in greetings])


def fail_after_telling(batch: Batch) -> None:
    batches.append(batch)
    with contextlib.suppress(Poisoned), following.attempt():
        tracking.track_many([Fact("told", event.customer_id) for event in batch.events])
        raise Poisoned


def chatter(batch: Batch) -> None:
    """Say one more thing, of nobody and for no reason, each time."""
    tracking.track(Fact("chatter"))


def seen() -> list[str]:
    return [event.name for batch in batches for event in batch.events]
