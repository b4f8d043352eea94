"""Names of rows: sortable keys for the database, opaque prefixed ids for callers."""

import os
import threading
import time
import uuid
from datetime import datetime

# No text of the database can hold it, so nothing is named so, and asking would be an error.
NOBODYS = "\0"

_lock = threading.Lock()
_latest = 0


def uuid7() -> uuid.UUID:
    """Return a random UUID of version 7, greater than every one that this process made before.

    The order within one millisecond matters: the events of one request are applied in the order of their ids.
    """
    global _latest
    noise = int.from_bytes(os.urandom(10), "big")
    fresh = (time.time_ns() // 1_000_000 << 80) | noise
    fresh = (fresh & ~(0xF << 76) | (0x7 << 76)) & ~(0x3 << 62) | (0x2 << 62)
    with _lock:
        if fresh <= _latest:
            fresh = _latest + 2 + (noise & 0xFFFFFFFF)
        _latest = fresh
    return uuid.UUID(int=fresh)


def before_uuid7(later: uuid.UUID) -> uuid.UUID:
    """Return the identifier just before this one, which nothing else has: each is two or more after the last."""
    return uuid.UUID(int=later.int - 1)


def new_public_id(prefix: str) -> str:
    """Return a fresh id such as ``cust_0190...``, unguessable and unique without asking the database."""
    return f"{prefix}_{uuid7().hex}"


def uuid_of(public_id: str) -> uuid.UUID:
    """Return the key behind an id such as ``v_0190...``; raise ValueError where there is none."""
    return uuid.UUID(hex=public_id.rpartition("_")[2])


def new_request_id() -> str:
    """Return a fresh name for one request; the events it causes carry it as their group."""
    return f"v-{os.urandom(9).hex()}"


def first_uuid7_at(moment: datetime) -> uuid.UUID:
    """Return the lowest id a row made at this moment can have: "the last day" is then a range of the primary key."""
    return uuid.UUID(int=int(moment.timestamp() * 1000) << 80)


def number_of(text: str) -> int | None:
    """Return the key that a page's address names, None where it is none."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None
