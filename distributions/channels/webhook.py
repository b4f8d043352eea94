"""Webhooks: signed after Standard Webhooks, many at a time, from one event loop kept by each process."""

import asyncio
import atexit
import base64
import hashlib
import hmac
import os
import queue
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit
from weakref import WeakValueDictionary

import aiohttp

from distributions.channels import egress
from distributions.channels.handover import Outcome, OutgoingMessage, Receipt

DEADLINE_SECONDS = 15.0
CONCURRENCY = 80
CONCURRENCY_PER_HOST = 50
LULL_SECONDS = 0.2
CLOSE_SECONDS = 2.0
BODY_LIMIT = 64 * 1024
KEPT_WORDS = 500
USER_AGENT = "promo-webhooks/1"


@dataclass
class _Sender:
    """The loop of one process, with one session for public addresses and one for allowed networks only."""

    pid: int
    loop: asyncio.AbstractEventLoop
    slots: asyncio.Semaphore
    sessions: dict[bool, aiohttp.ClientSession]
    by_host: "WeakValueDictionary[str, asyncio.Semaphore]" = field(default_factory=WeakValueDictionary)

    def host_slots(self, address: str) -> asyncio.Semaphore:
        host = address.split("/", 3)[2:3]
        return self.by_host.setdefault(host[0] if host else "", asyncio.Semaphore(CONCURRENCY_PER_HOST))


_sender: _Sender | None = None
_starting = threading.Lock()


def deliver(messages: Sequence[OutgoingMessage]) -> Iterator[Receipt | None]:
    """Send all at once, as many at a time as allowed; yield each receipt when it is there, None in a lull."""
    sender = _running_sender()
    receipts: queue.SimpleQueue[Receipt] = queue.SimpleQueue()
    asyncio.run_coroutine_threadsafe(_send_all(sender, messages, receipts), sender.loop)
    for _ in messages:
        while (receipt := _next(receipts)) is None:
            yield None
        yield receipt


def _next(receipts: "queue.SimpleQueue[Receipt]") -> Receipt | None:
    try:
        return receipts.get(timeout=LULL_SECONDS)
    except queue.Empty:
        return None


def sign(secret: str, message_id: str, timestamp: str, body: bytes) -> str:
    """Return the ``webhook-signature`` of Standard Webhooks: one part for each secret (``whsec_`` and base64)."""
    said = f"{message_id}.{timestamp}.".encode() + body
    keys = [base64.b64decode(each.removeprefix("whsec_")) for each in secret.split(" ")]
    signed = [base64.b64encode(hmac.digest(key, said, hashlib.sha256)).decode() for key in keys]
    return " ".join(f"v1,{part}" for part in signed)


def _running_sender() -> _Sender:
    global _sender
    with _starting:
        if _sender is None or _sender.pid != os.getpid():
            _sender = _start_sender()
        return _sender


def _start_sender() -> _Sender:
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="webhooks", daemon=True).start()
    sender = asyncio.run_coroutine_threadsafe(_open(loop), loop).result()
    atexit.register(_close, sender)
    return sender


def _close(sender: _Sender) -> None:
    """Let go of the connections when the process ends; a forked child leaves its parent's alone."""
    if sender.pid != os.getpid():
        return
    for session in sender.sessions.values():
        asyncio.run_coroutine_threadsafe(session.close(), sender.loop).result(CLOSE_SECONDS)
    sender.loop.call_soon_threadsafe(sender.loop.stop)


async def _open(loop: asyncio.AbstractEventLoop) -> _Sender:
    sessions = {allowed_only: _session(allowed_only=allowed_only) for allowed_only in (False, True)}
    return _Sender(os.getpid(), loop, asyncio.Semaphore(CONCURRENCY), sessions)


def _session(*, allowed_only: bool) -> aiohttp.ClientSession:
    connector = aiohttp.TCPConnector(
        resolver=egress.GuardedResolver(allowed_only=allowed_only),
        ttl_dns_cache=5,
        limit=CONCURRENCY,
        keepalive_timeout=10,
    )
    return aiohttp.ClientSession(
        connector=connector,
        timeout=aiohttp.ClientTimeout(total=DEADLINE_SECONDS),
        cookie_jar=aiohttp.DummyCookieJar(),
        headers={"User-Agent": USER_AGENT},
        trust_env=False,
    )


async def _send_all(
    sender: _Sender, messages: Sequence[OutgoingMessage], receipts: "queue.SimpleQueue[Receipt]"
) -> None:
    async def send_one(message: OutgoingMessage) -> None:
        # One host that does not answer must leave places for the others.
        async with sender.host_slots(message.address), sender.slots:
            receipts.put(await _attempt(sender, message))

    await asyncio.gather(*(send_one(message) for message in messages))


async def _attempt(sender: _Sender, message: OutgoingMessage) -> Receipt:
    """Make one attempt and say what it proves. Never raises: every message has its receipt."""
    if message.is_late():
        return Receipt.not_started(message)
    try:
        parts = urlsplit(message.address)
        egress.refuse_literal(parts)
        session = sender.sessions[egress.needs_allowance(parts)]
        return await _post(session, message)
    except (egress.EgressError, aiohttp.InvalidURL, ValueError) as error:
        return Receipt(message.id, Outcome.REJECTED, detail=_words(error))
    except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
        refused = isinstance(getattr(error, "os_error", None), egress.EgressError)
        return Receipt(message.id, Outcome.REJECTED if refused else Outcome.NOT_ACCEPTED, detail=_words(error))
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        return Receipt(message.id, Outcome.UNKNOWN, detail=_words(error))


async def _post(session: aiohttp.ClientSession, message: OutgoingMessage) -> Receipt:
    body = message.text.encode()
    timestamp = str(int(time.time()))
    headers = {
        **message.headers,
        "Content-Type": "application/json",
        "webhook-id": message.id,
        "webhook-timestamp": timestamp,
        "webhook-signature": sign(message.secret, message.id, timestamp, body),
    }
    limit = aiohttp.ClientTimeout(total=message.patience or DEADLINE_SECONDS)
    async with session.post(
        message.address, data=body, headers=headers, allow_redirects=False, timeout=limit
    ) as answer:
        words = await answer.content.read(BODY_LIMIT)
        return _receipt(message, answer, words)


def _receipt(message: OutgoingMessage, answer: aiohttp.ClientResponse, words: bytes) -> Receipt:
    detail = words[:KEPT_WORDS].decode("utf-8", "replace").replace("\x00", "")
    if 200 <= answer.status < 300:
        return Receipt(message.id, Outcome.ACCEPTED, answer.status, detail=detail if message.keeps_answer else "")
    if answer.status == 410:
        return Receipt(message.id, Outcome.REJECTED, answer.status, detail=detail or "gone")
    outcome = Outcome.UNKNOWN if answer.status >= 500 else Outcome.NOT_ACCEPTED
    wait = _seconds(answer.headers.get("Retry-After", ""))
    return Receipt(message.id, outcome, answer.status, detail=detail, retry_after=wait)


def _seconds(retry_after: str) -> float | None:
    """Read a Retry-After header, as seconds or as a date; a day is the most that anybody may ask for."""
    if retry_after.isdecimal() and retry_after.isascii():
        return min(float(retry_after[:9]), 86_400.0)
    try:
        return min(max(parsedate_to_datetime(retry_after).timestamp() - time.time(), 0.0), 86_400.0)
    except ValueError:
        return None


def _words(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:900]
