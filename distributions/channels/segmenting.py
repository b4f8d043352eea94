"""How many text messages a text takes: GSM-7 with its extension table, else UCS-2. Plain arithmetic.

After 3GPP TS 23.038 (alphabets) and 23.040 (concatenation). ``static/distributions/segments.js`` counts the same while
a text is written; a test holds the two together.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

BASIC: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
# Each takes two places: an escape, and the sign.
EXTENDED: Final = frozenset("\f^{}\\[~]|€")
GSM7: Final = "GSM-7"
UCS2: Final = "UCS-2"
# A text alone, and each part of a longer one, in the units of its alphabet.
ROOM: Final = {GSM7: (160, 153), UCS2: (70, 67)}


@dataclass(frozen=True)
class Length:
    """What a text comes to. ``left`` is what still fits into its last part."""

    alphabet: str
    units: int
    segments: int
    left: int


def measure(text: str) -> Length:
    """Return how long a text is as text messages; an empty one takes none."""
    alphabet = GSM7 if all(sign in BASIC or sign in EXTENDED for sign in text) else UCS2
    weights = [_weight(sign, alphabet) for sign in text]
    alone, part = ROOM[alphabet]
    units = sum(weights)
    if units <= alone:
        return Length(alphabet, units, int(units > 0), alone - units)
    segments, filled = _packed(weights, part)
    return Length(alphabet, units, segments, part - filled)


def needing_ucs2(text: str) -> list[str]:
    """Return the signs, each once, that keep a text from the longer GSM-7."""
    return list(dict.fromkeys(sign for sign in text if sign not in BASIC and sign not in EXTENDED))


def _weight(sign: str, alphabet: str) -> int:
    if alphabet == GSM7:
        return 2 if sign in EXTENDED else 1
    return 2 if ord(sign) > 0xFFFF else 1


def _packed(weights: Iterable[int], room: int) -> tuple[int, int]:
    """Fill one part after the other; a sign of two units is never torn apart. Return how many, and the last's units."""
    segments, filled = 1, 0
    for weight in weights:
        if filled + weight > room:
            segments, filled = segments + 1, 0
        filled += weight
    return segments, filled
