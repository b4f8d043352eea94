"""The guarded way out for everything that speaks HTTP: one event loop kept by each process, many calls at a time.

Addresses are judged where the connection is made (`egress`); there are no redirects, no cookies, no proxies and no
hidden second attempts.
"""

import asyncio
import atexit
import os
import queue
import threading
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar
from weakref import WeakValueDictionary

import aiohttp

from distributions.channels import egress
from distributions.channels.handover import OutgoingMessage

CONCURRENCY = 80
CONCURRENCY_PER_RECEIVER = 50
LULL_SECONDS = 0.2
CLOSE_SECONDS = 2.0
USER_AGENT = "promo-webhooks/1"

T = TypeVar("T")


@dataclass
class Sender:
    """The loop of one process, with one session for public addresses and one for allowed networks only."""

    pid: int
    loop: asyncio.AbstractEventLoop
    slots: asyncio.Semaphore
    sessions: dict[bool, aiohttp.ClientSession]
    by_receiver: "WeakValueDictionary[str, asyncio.Semaphore]" = field(default_factory=WeakValueDictionary)

    def slots_of(self, message: OutgoingMessage) -> asyncio.Semaphore:
        """Return the places of whoever takes this message: one that is silent must leave places for the others."""
        return self.by_receiver.setdefault(_host(message), asyncio.Semaphore(CONCURRENCY_PER_RECEIVER))


_sender: Sender | None = None
_starting = threading.Lock()


def each(
    messages: Sequence[OutgoingMessage], work: Callable[[Sender, OutgoingMessage], Awaitable[T]]
) -> Iterator[T | None]:
    """Do this with every message, as many at a time as allowed; yield each result when it is there, None in a lull.

    The work must not raise.
    """
    sender = running()
    results: queue.SimpleQueue[T] = queue.SimpleQueue()
    asyncio.run_coroutine_threadsafe(_all(sender, messages, work, results), sender.loop)
    for _ in messages:
        while (result := _next(results)) is None:
            yield None
        yield result


def wait_for(work: Callable[[Sender], Coroutine[Any, Any, T]]) -> T:
    """Do one thing on the loop and return what it returns, or raise what it raises."""
    sender = running()
    return asyncio.run_coroutine_threadsafe(work(sender), sender.loop).result()


def running() -> Sender:
    """Return this process's sender; a forked child starts one of its own."""
    global _sender
    with _starting:
        if _sender is None or _sender.pid != os.getpid():
            _sender = _start()
        return _sender


def _next(results: "queue.SimpleQueue[T]") -> T | None:
    try:
        return results.get(timeout=LULL_SECONDS)
    except queue.Empty:
        return None


def _start() -> Sender:
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="calls", daemon=True).start()
    sender = asyncio.run_coroutine_threadsafe(_open(loop), loop).result()
    atexit.register(_close, sender)
    return sender


def _close(sender: Sender) -> None:
    """Let go of the connections when the process ends; a forked child leaves its parent's alone."""
    if sender.pid != os.getpid():
        return
    for session in sender.sessions.values():
        asyncio.run_coroutine_threadsafe(session.close(), sender.loop).result(CLOSE_SECONDS)
    sender.loop.call_soon_threadsafe(sender.loop.stop)


async def _open(loop: asyncio.AbstractEventLoop) -> Sender:
    sessions = {allowed_only: _session(allowed_only=allowed_only) for allowed_only in (False, True)}
    return Sender(os.getpid(), loop, asyncio.Semaphore(CONCURRENCY), sessions)


def _session(*, allowed_only: bool) -> aiohttp.ClientSession:
    connector = aiohttp.TCPConnector(
        resolver=egress.GuardedResolver(allowed_only=allowed_only),
        ttl_dns_cache=5,
        limit=CONCURRENCY,
        keepalive_timeout=10,
    )
    session = aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),
        headers={"User-Agent": USER_AGENT},
        trust_env=False,
    )
    # A request whose kept connection died would be written a second time, and no attempt would tell of it.
    session._retry_connection = False
    return session


async def _all(
    sender: Sender,
    messages: Sequence[OutgoingMessage],
    work: Callable[[Sender, OutgoingMessage], Awaitable[T]],
    results: "queue.SimpleQueue[T]",
) -> None:
    async def one(message: OutgoingMessage) -> None:
        if (wait := message.start_after - time.monotonic()) > 0:
            await asyncio.sleep(wait)
        async with sender.slots_of(message), sender.slots:
            results.put(await work(sender, message))

    await asyncio.gather(*(one(message) for message in messages))


def _host(message: OutgoingMessage) -> str:
    if message.account is not None:
        return message.receiver
    parts = message.address.split("/", 3)[2:3]
    return parts[0] if parts else ""
