"""Addresses that a channel must not write to: kept as hashes, so that they outlive the customer's own data."""

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from customers import telephones
from customers.models import Customer, Suppression


@dataclass(frozen=True, slots=True)
class Stop:
    """An address that a channel must not write to any more, and who said so."""

    channel: str
    address: str
    reason: str
    customer_id: int | None = None
    source: str = ""


def suppress_many(stops: Sequence[Stop]) -> None:
    """Stop many addresses with one statement; of one that was stopped before, the first reason stays."""
    ordered = {(stop.channel, hash_of(stop.channel, stop.address)): stop for stop in reversed(stops)}
    rows = [
        Suppression(
            channel=channel, address_hash=hashed, reason=stop.reason, customer_id=stop.customer_id,
            source=stop.source[:120],
        )
        for (channel, hashed), stop in sorted(ordered.items(), key=lambda item: item[0])
    ]  # fmt: skip
    if rows:
        Suppression.objects.bulk_create(rows, ignore_conflicts=True)


def suppress(
    channel: str, address: str, reason: str, *, customer: Customer | None = None, source: str = ""
) -> Suppression:
    """Stop a channel from writing to an address; the first reason stays."""
    found, _made = Suppression.objects.get_or_create(
        channel=channel,
        address_hash=hash_of(channel, address),
        defaults={"reason": reason, "customer": customer, "source": source[:120]},
    )
    return found


def suppressed(channel: str, addresses: Iterable[str]) -> set[str]:
    """Return which of these addresses the channel must not write to, in one query."""
    return set(reasons(channel, addresses))


def reasons(channel: str, addresses: Iterable[str]) -> dict[str, str]:
    """Return why the channel must not write to those of these addresses that are stopped, in one query."""
    hashes = {address: hash_of(channel, address) for address in addresses}
    found = Suppression.objects.filter(channel=channel, address_hash__in=set(hashes.values()))
    stopped = {bytes(hashed): reason for hashed, reason in found.values_list("address_hash", "reason")}
    return {address: stopped[hashed] for address, hashed in hashes.items() if hashed in stopped}


def lift(channel: str, address: str, *, reasons: Collection[str] | None = None) -> bool:
    """Let the channel write to the address again, if it was stopped for one of these reasons; tell whether it was."""
    stopped = Suppression.objects.filter(channel=channel, address_hash=hash_of(channel, address))
    deleted, _ = (stopped if reasons is None else stopped.filter(reason__in=reasons)).delete()
    return bool(deleted)


def hash_of(channel: str, address: str) -> bytes:
    """Hash an address in the one spelling that all its spellings share."""
    return hashlib.sha256(f"{channel}:{_plain(address)}".encode()).digest()


def _plain(address: str) -> str:
    if "@" in address:
        return address.strip().lower()
    address = telephones.in_e164(address) or address
    return "".join(sign for sign in address if sign.isalnum()).lower() or address
