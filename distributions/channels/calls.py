"""Calls to a provider's API, and what their answers prove.

A provider's module writes coroutines that build requests and read answers; the functions here make a channel's
``deliver``, ``test``, ``look_up`` and ``verify`` of them. Several calls may follow each other: the one that cannot be
taken back comes last, because what an earlier call proved is not proven of the whole.
"""

import asyncio
import json as jsons
import logging
import time
from collections.abc import Awaitable, Callable, Collection, Coroutine, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlsplit

import aiohttp

from distributions.channels import client, egress, resting, wording
from distributions.channels.client import Sender
from distributions.channels.handover import Account, Outcome, OutgoingMessage, Receipt, Suggestions, Tested

DEADLINE_SECONDS = 15.0
SUGGEST_SECONDS = 6.0
BODY_LIMIT = 64 * 1024
KEPT_WORDS = 500
# Documented to mean that nothing was done and that the same may be tried again: credentials, conflicts, limits.
TRY_AGAIN = frozenset({401, 402, 403, 407, 409, 423, 425, 429})
# What a provider is given to recover where it says no more than that its credentials, or its limits, are no good now.
PAUSE_SECONDS = {401: 60.0, 402: 60.0, 403: 60.0, 429: 2.0}

logger = logging.getLogger(__name__)

T = TypeVar("T")


class CallError(Exception):
    """A call without a usable answer, and what follows for the message."""

    def __init__(self, outcome: Outcome, words: str) -> None:
        super().__init__(words)
        self.outcome = outcome
        self.words = words


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def is_success(self) -> bool:
        return 200 <= self.status < 300

    @property
    def words(self) -> str:
        return self.body[:KEPT_WORDS].decode("utf-8", "replace").replace("\x00", "")

    @property
    def retry_after(self) -> float | None:
        return resting.seconds(self.headers.get("Retry-After", ""))

    @property
    def until_reset(self) -> float | None:
        return resting.until(self.headers.get("X-RateLimit-Reset", ""))

    def json(self) -> Any:
        """Return the body read as JSON; None where it is none."""
        try:
            return jsons.loads(self.body)
        except ValueError:
            return None


class Calls:
    """The calls of one hand-over, all under one absolute deadline."""

    def __init__(self, sender: Sender, patience: float, account: Account | None = None) -> None:
        self._sender = sender
        self._who = account.who if account else "The receiver"
        self._until = time.monotonic() + patience

    async def __call__(
        self, method: str, url: str, *, json: object = None, form: Mapping[str, str] | None = None,
        body: bytes | None = None, params: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None,
        basic: tuple[str, str] | None = None, limit: int = BODY_LIMIT,
    ) -> Answer:  # fmt: skip
        """Make one call and return its answer, whatever its status; raise CallError where there is none.

        One of ``json``, ``form`` and ``body`` is what is sent; ``basic`` is user and password; of the answer no more
        than ``limit`` bytes are read.
        """
        left = self._until - time.monotonic()
        try:
            parts = urlsplit(url)
            egress.refuse_literal(parts)
            session = self._sender.sessions[egress.needs_allowance(parts)]
            async with session.request(
                method, url, json=json, data=body if form is None else form, params=params,
                headers={**(headers or {}), **_authorization(basic)}, allow_redirects=False,
                timeout=aiohttp.ClientTimeout(total=max(left, 0.001)),
            ) as answer:  # fmt: skip
                return Answer(answer.status, answer.headers, await answer.content.read(limit))
        except Exception as error:
            raise CallError(_proven_by(error), wording.of_error(error, self._who)) from error


def _authorization(basic: tuple[str, str] | None) -> dict[str, str]:
    return {"Authorization": aiohttp.encode_basic_auth(*basic)} if basic else {}


HandOver = Callable[[Calls, OutgoingMessage], Awaitable[Receipt]]


def delivering(
    hand_over: HandOver, patience: float | None = None
) -> Callable[[Sequence[OutgoingMessage]], Iterator[Receipt | None]]:
    """Return a channel's ``deliver``: many messages at a time, a receipt for each, None in a lull."""

    async def attempt(sender: Sender, message: OutgoingMessage) -> Receipt:
        if message.is_late():
            return Receipt.not_started(message)
        try:
            within = message.patience or patience or DEADLINE_SECONDS
            return await hand_over(Calls(sender, within, message.account), message)
        except CallError as error:
            return Receipt(message.id, error.outcome, detail=error.words)
        except Exception:
            logger.exception("A hand-over broke")
            return Receipt(message.id, Outcome.UNKNOWN, detail=wording.UNFORESEEN)

    return lambda messages: client.each(messages, attempt)


def asking(
    ask: Callable[[Calls, OutgoingMessage], Awaitable[Receipt | None]],
) -> Callable[[Sequence[OutgoingMessage]], Iterator[Receipt | None]]:
    """Return a channel's ``look_up`` or ``verify``: many at a time, a receipt for each, None in a lull.

    A question that returns None, cannot be asked, or is not answered, leaves the outcome unknown.
    """

    async def attempt(sender: Sender, message: OutgoingMessage) -> Receipt:
        try:
            found = await ask(Calls(sender, DEADLINE_SECONDS, message.account), message)
        except CallError as error:
            return Receipt(message.id, Outcome.UNKNOWN, detail=error.words)
        except Exception:
            logger.exception("A question to a provider broke")
            return Receipt(message.id, Outcome.UNKNOWN, detail=wording.UNFORESEEN)
        return found or Receipt(message.id, Outcome.UNKNOWN, detail="the provider could not tell")

    return lambda messages: client.each(messages, attempt)


def testing(ask: Callable[[Calls, Account], Coroutine[Any, Any, Tested]]) -> Callable[[Account], Tested]:
    """Return a channel's ``test``: it calls the provider and changes nothing there."""

    def test(account: Account) -> Tested:
        try:
            return _asked(ask, account, DEADLINE_SECONDS)
        except CallError as error:
            return Tested(False, None, error.words)

    return test


def suggesting(ask: Callable[[Calls, Account], Coroutine[Any, Any, Suggestions]]) -> Callable[[Account], Suggestions]:
    """Return a channel's ``suggest``: it never raises, for a page must be drawn also where the provider is away."""

    def suggest(account: Account) -> Suggestions:
        try:
            return _asked(ask, account, SUGGEST_SECONDS)
        except CallError as error:
            return Suggestions(problem=error.words)

    return suggest


def _asked(ask: Callable[[Calls, Account], Coroutine[Any, Any, T]], account: Account, within: float) -> T:
    """Ask about an account and return the answer; raise CallError, in words, whatever went wrong."""
    try:
        return client.wait_for(
            lambda sender: asyncio.wait_for(ask(Calls(sender, within, account), account), within + 1)
        )
    except CallError:
        raise
    except Exception as error:
        raise CallError(Outcome.REJECTED, wording.of_error(error, account.who)) from error


def receipt(
    message: OutgoingMessage, answer: Answer, *, provider_id: str = "", try_again: Collection[int] = TRY_AGAIN,
    detail: str = "",
) -> Receipt:  # fmt: skip
    """Say what an answer's status proves: 2xx accepted, 5xx and 408 unknown, other 4xx rejected but for ``try_again``.

    One that may be tried again also pauses its connection: as long as Retry-After asks, or a moment.
    """
    words = detail or answer.words
    if answer.is_success:
        return Receipt(message.id, Outcome.ACCEPTED, answer.status, provider_id, detail)
    if answer.status >= 500 or answer.status == 408:
        return Receipt(message.id, Outcome.UNKNOWN, answer.status, provider_id, words, answer.retry_after)
    if answer.status in try_again:
        wait = answer.retry_after or PAUSE_SECONDS.get(answer.status)
        return Receipt(message.id, Outcome.NOT_ACCEPTED, answer.status, provider_id, words, wait)
    return Receipt(message.id, Outcome.REJECTED, answer.status, provider_id, words)


def verdict(answer: Answer, account: Account, good: str, said: str = "") -> Tested:
    """Say what an answer to a test means: ``good``, or a sentence with what was ``said`` behind it."""
    if answer.is_success:
        return Tested(True, answer.status, good)
    return Tested(False, answer.status, refusal(answer, account, said))


def refusal(answer: Answer, account: Account, said: str = "") -> str:
    """Say in words what a refusal means; ``said`` is the provider's own sentence, where the answer holds one."""
    wait = answer.retry_after or answer.until_reset
    return wording.of_refusal(answer.status, account.who, said or answer.words, wait)


def not_told(answer: Answer, account: Account, said: str = "") -> CallError:
    """Return the error of a question about an account that was refused."""
    return CallError(Outcome.REJECTED, refusal(answer, account, said))


def _proven_by(error: Exception) -> Outcome:
    """Say what a call proves that ended without an answer: only what failed before the first byte is not accepted."""
    if isinstance(error, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError):
        refused = isinstance(getattr(error, "os_error", None), egress.EgressError)
        return Outcome.REJECTED if refused else Outcome.NOT_ACCEPTED
    if isinstance(error, egress.EgressError | aiohttp.InvalidURL):
        return Outcome.REJECTED
    if isinstance(error, aiohttp.ClientError | TimeoutError | OSError):
        return Outcome.UNKNOWN
    return Outcome.REJECTED if isinstance(error, ValueError) else Outcome.UNKNOWN
