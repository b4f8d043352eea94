"""Whole cents: how a part of an amount is rounded, and how an amount is shared out without losing one."""

from collections.abc import Sequence
from decimal import Decimal


def part_of(amount: int, numerator: int, denominator: int) -> int:
    """Return this fraction of an amount, half a cent rounded up."""
    return (2 * amount * numerator + denominator) // (2 * denominator)


def percent_of(amount: int, percent: float) -> int:
    """Return so many percent of an amount; a percentage may have four decimal places."""
    return part_of(amount, int(Decimal(str(percent)) * 10_000), 1_000_000)


def spread(total: int, weights: Sequence[int], caps: Sequence[int]) -> list[int]:
    """Share out a total by weights, no share above its cap: all of it, as far as the caps have room.

    What rounding down leaves goes, a cent each, to the largest remainders; what a cap cuts off goes to the others.
    """
    shares = [0] * len(weights)
    left = min(total, sum(cap for cap, weight in zip(caps, weights, strict=True) if weight))
    while left:
        open_places = [n for n, weight in enumerate(weights) if weight and shares[n] < caps[n]]
        more = _by_largest_remainder(left, [weights[n] for n in open_places])
        for n, share in zip(open_places, more, strict=True):
            taken = min(share, caps[n] - shares[n])
            shares[n] += taken
            left -= taken
    return shares


def _by_largest_remainder(total: int, weights: Sequence[int]) -> list[int]:
    whole = sum(weights)
    shares = [total * weight // whole for weight in weights]
    largest_first = sorted(range(len(weights)), key=lambda n: -(total * weights[n] % whole))
    for n in largest_first[: total - sum(shares)]:
        shares[n] += 1
    return shares
