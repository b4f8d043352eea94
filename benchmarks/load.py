"""The load generator: sends events over kept connections, from a process of its own whose CPU is nobody's cost."""

import asyncio
import multiprocessing
import random
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import orjson

ANSWER_SECONDS = 60

# The bytes to send, and whose events they carry.
Request = tuple[bytes, list[str]]


@dataclass(frozen=True)
class Plan:
    """What to send. Without a rate each connection sends as soon as it is answered."""

    port: int
    events: int
    prefix: str
    path: str = "/v1/events"
    headers: Mapping[str, str] = field(default_factory=dict)
    event: str = "cart_abandoned"
    batch: int = 1
    known_customers: int = 0
    connections: int = 16
    rate: float | None = None
    seconds: float | None = None
    # Requests that are no events: their bodies as they are.
    bodies: Sequence[bytes] = ()


@dataclass
class Outcome:
    """What came of it: times are of the monotonic clock, which all processes of the machine share."""

    started: float = 0.0
    ended: float = 0.0
    events: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    sent_at: dict[str, float] = field(default_factory=dict)
    answered_in: list[float] = field(default_factory=list)

    @property
    def seconds(self) -> float:
        return self.ended - self.started

    @property
    def per_second(self) -> float:
        return self.events / self.seconds

    def must_be_accepted(self) -> "Outcome":
        if set(self.statuses) - {200, 202}:
            raise RuntimeError(f"Not every request was accepted: {dict(self.statuses)}")
        return self


class LoadGenerator:
    """One process that sends for us; ``start`` lets something else be watched meanwhile."""

    def __init__(self) -> None:
        self._pool = ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn"))

    def start(self, plan: Plan) -> "Future[Outcome]":
        return self._pool.submit(drive, plan)

    def send(self, plan: Plan) -> Outcome:
        return self.start(plan).result().must_be_accepted()

    def close(self) -> None:
        self._pool.shutdown()


def drive(plan: Plan) -> Outcome:
    return asyncio.run(_drive(plan))


async def _drive(plan: Plan) -> Outcome:
    requests = [_request(plan, first) for first in range(0, plan.events, plan.batch)]
    streams = [await asyncio.open_connection("127.0.0.1", plan.port) for _ in range(plan.connections)]
    outcome = Outcome(started=time.monotonic())
    turns = iter(enumerate(requests))
    await asyncio.gather(*(_converse(plan, turns, outcome, *stream) for stream in streams))
    outcome.ended = time.monotonic()
    for _, writer in streams:
        writer.close()
    return outcome


async def _converse(
    plan: Plan,
    turns: Iterator[tuple[int, Request]],
    outcome: Outcome,
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
) -> None:
    """Send one request after the other; with a rate, the time counts from when it was due, late or not."""
    for turn, (request, customers) in turns:
        due = time.monotonic()
        if plan.seconds is not None and due - outcome.started >= plan.seconds:
            return
        if plan.rate is not None:
            due = outcome.started + turn / plan.rate
            await asyncio.sleep(max(due - time.monotonic(), 0))
        writer.write(request)
        status = await asyncio.wait_for(_answer(reader), ANSWER_SECONDS)
        outcome.statuses[status] += 1
        outcome.events += len(customers)
        outcome.answered_in.append(time.monotonic() - due)
        outcome.sent_at.update(dict.fromkeys(customers, due))


async def _answer(reader: asyncio.StreamReader) -> int:
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    if b"content-length:" not in head:
        raise RuntimeError(f"An answer without a length: {head.decode(errors='replace')}")
    length = int(head.split(b"content-length:", 1)[1].split(b"\r\n", 1)[0])
    await reader.readexactly(length)
    return int(head[9:12])


def _request(plan: Plan, first: int) -> Request:
    if plan.bodies:
        return _post(plan, plan.bodies[first]), [f"{plan.prefix}-{first}"]
    draw = random.Random(f"{plan.prefix}-{first}")

    def customer(number: int) -> str:
        return f"known-{draw.randrange(plan.known_customers)}" if plan.known_customers else f"{plan.prefix}-{number}"

    items = [_item(plan, number, customer(number)) for number in range(first, min(first + plan.batch, plan.events))]
    body = orjson.dumps({"events": items} if plan.batch > 1 else items[0])
    return _post(plan, body), [item["customer"]["source_id"] for item in items]


def _post(plan: Plan, body: bytes) -> bytes:
    own = {"Host": "127.0.0.1", "Content-Type": "application/json", "Content-Length": str(len(body))}
    head = "".join(f"{name}: {value}\r\n" for name, value in {**own, **plan.headers}.items())
    return f"POST {plan.path} HTTP/1.1\r\n{head}\r\n".encode() + body


def _item(plan: Plan, number: int, customer: str) -> dict[str, Any]:
    return {
        "event": plan.event,
        "message_id": f"{plan.prefix}-{number}",
        "customer": {"source_id": customer, "email": f"{customer}@example.com"},
        "metadata": {"cart_value": 5000 + number % 900, "items": number % 7 + 1, "device": "ios"},
    }
