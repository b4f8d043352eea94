"""What a process keeps for each account of a provider: what it is known to have, its places, and its pace.

Everything lives in the event loop that makes the calls; a forked child begins with nothing.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass, field
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

from distributions.channels.handover import Account

KEPT_SECONDS = 60.0
KEPT_MOST = 500

T = TypeVar("T")


class PerAccount(Generic[T]):
    """One thing for each account and name; an account with other credentials is another one."""

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        self._by_loop: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[Hashable, T]] = WeakKeyDictionary()

    def of(self, account: Account, name: str = "") -> T:
        kept = self._by_loop.setdefault(asyncio.get_running_loop(), {})
        key = (account.id, account.base_url, hash(frozenset(account.secrets.values())), name)
        if key not in kept:
            if len(kept) >= KEPT_MOST:
                kept.clear()
            kept[key] = self._make()
        return kept[key]


@dataclass
class Listing:
    """What an account has by name, as it was told within the last minute."""

    names: dict[str, str] = field(default_factory=dict)
    until: float = 0.0
    asking: asyncio.Lock = field(default_factory=asyncio.Lock)
    # Held by who adds to it at the provider, so that nothing is added twice.
    changing: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def get(self, ask: Callable[[], Awaitable[dict[str, str]]]) -> dict[str, str]:
        """Return the names; who needs them first asks, and the others wait for her answer."""
        async with self.asking:
            if self.until < time.monotonic():
                self.names = await ask()
                self.until = time.monotonic() + KEPT_SECONDS
            return self.names

    def forget(self) -> None:
        """Ask anew next time: somebody else has changed it at the provider."""
        self.until = 0.0


class Pace:
    """Calls of one account with at least so many seconds between their beginnings."""

    def __init__(self, gap: float) -> None:
        self._gap = gap
        self._next = 0.0

    async def turn(self) -> None:
        """Wait for a turn."""
        now = time.monotonic()
        mine = max(now, self._next)
        self._next = mine + self._gap
        if mine > now:
            await asyncio.sleep(mine - now)
