"""Hand-overs that take long go on beside the others, so that one slow receiver keeps nobody else waiting.

While some of a receiver's messages linger, no more are taken out for it by this process.
"""

import logging
import threading
from collections.abc import Callable, Collection

from django.db import connection

logger = logging.getLogger(__name__)
_lock = threading.Lock()
_lingering: dict[int, frozenset[str]] = {}


def addresses() -> list[str]:
    """Return where messages linger at this moment."""
    with _lock:
        return sorted(frozenset().union(*_lingering.values()))


def go_on_beside(work: Callable[[], None], slow: Collection[str]) -> threading.Thread:
    """Let the rest of a hand-over go on in a thread of its own; its addresses count as lingering until it ends.

    A process that ends meanwhile leaves leases behind, which run out like any others.
    """
    thread = threading.Thread(target=_run, args=(work,), name="lingering", daemon=True)
    with _lock:
        _lingering[id(thread)] = frozenset(slow)
    thread.start()
    return thread


def _run(work: Callable[[], None]) -> None:
    try:
        work()
    except Exception:
        logger.exception("A lingering hand-over broke; its leases will run out")
    finally:
        with _lock:
            _lingering.pop(id(threading.current_thread()), None)
        connection.close()
