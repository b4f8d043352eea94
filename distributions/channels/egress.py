"""The gate to the outside: which addresses our own requests may reach.

An address is decided where the connection is made, from what its name resolved to at that moment; nothing resolves the
name a second time. `PROMO_EGRESS_ALLOW` names networks that may be reached although they are not public; for them the
rules on scheme and port do not hold either.
"""

import asyncio
import ipaddress
import socket
from typing import Any
from urllib.parse import SplitResult, urlsplit

from aiohttp.abc import AbstractResolver, ResolveResult
from django.conf import settings

from distributions.channels import twins

PORTS = frozenset({80, 443, 8443})

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_NAT64_LOCAL = ipaddress.ip_network("64:ff9b:1::/48")
_V4_COMPATIBLE = ipaddress.ip_network("::/96")

EXCEPTIONS_ONLY = "Only https on port 443, 80 or 8443 may leave; PROMO_EGRESS_ALLOW can name exceptions."


class EgressError(OSError):
    """A request that must not leave; the message says which rule it breaks."""


def problem_with(url: str) -> str | None:
    """Return, in words, what is wrong with an address as far as its spelling tells; None where nothing is."""
    try:
        parts = urlsplit(url)
        if needs_allowance(parts) and not (settings.PROMO_EGRESS_ALLOW or twins.are_at(parts)):
            # Whatever the host's name will resolve to, nothing allows it.
            raise EgressError(EXCEPTIONS_ONLY)
        refuse_literal(parts)
    except (EgressError, ValueError) as error:
        return str(error)
    return None


def needs_allowance(parts: SplitResult) -> bool:
    """Tell whether only an allowed network may be reached this way: plain http, or an unusual port."""
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise EgressError("The address must begin with https:// and name a host.")
    if parts.username is not None or parts.password is not None:
        raise EgressError("The address must not contain a user name or password.")
    port = parts.port or (443 if parts.scheme == "https" else 80)
    return parts.scheme != "https" or port not in PORTS


def refuse_literal(parts: SplitResult) -> None:
    """Raise where the host is written as an IP address that must not be reached: no resolver is asked then."""
    try:
        address = ipaddress.ip_address(parts.hostname or "")
    except ValueError:
        return
    if twins.are_at(parts):
        return
    check(address, allowed_only=needs_allowance(parts))


def check(address: Address, *, allowed_only: bool = False) -> None:
    """Raise unless the address is allowed by setting, or public where that suffices."""
    if any(address in network for network in settings.PROMO_EGRESS_ALLOW if network.version == address.version):
        return
    if allowed_only:
        raise EgressError(EXCEPTIONS_ONLY)
    if not all(is_public(inner) for inner in [address, *_embedded(address)]):
        raise EgressError("The address is not public; PROMO_EGRESS_ALLOW can name exceptions.")


def is_public(address: Address) -> bool:
    return address.is_global and not address.is_multicast


def _embedded(address: Address) -> list[Address]:
    """Return the IPv4 addresses hidden in an IPv6 one: mapped, compatible, 6to4, Teredo, NAT64."""
    if address.version == 4:
        return []
    found: list[Any] = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if address in _NAT64 or address in _NAT64_LOCAL or address in _V4_COMPATIBLE:
        found.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    return [inner for inner in found if inner is not None]


class GuardedResolver(AbstractResolver):
    """Resolve a name once and give the connector only addresses that passed; one bad address refuses them all."""

    def __init__(self, *, allowed_only: bool) -> None:
        self.allowed_only = allowed_only

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM, family=family)
        addresses = [str(entry[4][0]).split("%", 1)[0] for entry in found]
        if not addresses:
            raise EgressError("The host has no address.")
        for address in addresses:
            check(ipaddress.ip_address(address), allowed_only=self.allowed_only)
        return [
            ResolveResult(
                hostname=host, host=address, port=port, family=entry[0], proto=entry[2], flags=socket.AI_NUMERICHOST
            )
            for address, entry in zip(addresses, found, strict=True)
        ]

    async def close(self) -> None:
        """Nothing is held open."""
