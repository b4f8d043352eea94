"""Names of rows: sortable keys for the database, opaque prefixed ids for callers."""

import os
import time
import uuid


def uuid7() -> uuid.UUID:
    """Return a random UUID of version 7: its order is the order of creation, to the millisecond."""
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds << 80) | int.from_bytes(os.urandom(10), "big")
    value = (value & ~(0xF << 76)) | (0x7 << 76)
    value = (value & ~(0x3 << 62)) | (0x2 << 62)
    return uuid.UUID(int=value)


def new_public_id(prefix: str) -> str:
    """Return a fresh id such as ``cust_0190...``, unguessable and unique without asking the database."""
    return f"{prefix}_{uuid7().hex}"
