"""Codes that cannot be guessed, made fast. Plain Python: knows nothing of campaigns or tables."""

import re
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields

# Without I, O, 0 and 1, which people mistake for one another. Thirty-two symbols: one random byte gives one, unbiased.
DEFAULT_CHARSET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
DEFAULT_LENGTH = 12
LONGEST_CODE = 255

# A pool may fill at most this share of its space: otherwise codes collide, and one guess in so few hits one.
SPACE_PER_CODE = 10_000

# Printable ASCII that survives an address, a barcode and a spreadsheet; `#` has its meaning in patterns.
PLAIN = re.compile(r"[A-Za-z0-9!$()*,.:;@^_|~\-]*")


class CodeConfigError(ValueError):
    """The configuration makes no usable codes; the message is for the person who wrote it."""


@dataclass(frozen=True)
class CodeConfig:
    """How the codes of a campaign look. A pattern, where given, overrides the length: each # is a random symbol."""

    length: int = DEFAULT_LENGTH
    charset: str = DEFAULT_CHARSET
    prefix: str = ""
    postfix: str = ""
    pattern: str = ""

    @classmethod
    def from_json(cls, data: Mapping[str, object] | None) -> "CodeConfig":
        """Read a configuration as callers write it: null means not given, unknown keys are ignored."""
        known = {field.name: field.type for field in fields(cls)}
        given = {key: value for key, value in (data or {}).items() if key in known and value is not None}
        for key, value in given.items():
            if not isinstance(value, known[key]) or isinstance(value, bool):  # type: ignore[arg-type]
                raise CodeConfigError(f"{key} must be {'a whole number' if key == 'length' else 'text'}.")
        config = cls(**{key: value for key, value in given.items() if value != ""})  # type: ignore[arg-type]
        config.check()
        return config

    def as_json(self) -> dict[str, object]:
        return asdict(self)

    @property
    def template(self) -> str:
        """Return the whole code with # for each random symbol, a literal # being impossible elsewhere."""
        return f"{self.prefix}{self.pattern or '#' * self.length}{self.postfix}"

    def check(self) -> None:
        """Raise CodeConfigError where no code can be made from this."""
        for name in ("charset", "prefix", "postfix"):
            if not PLAIN.fullmatch(getattr(self, name)):
                raise CodeConfigError(f"{name} may hold letters, digits and !$()*,.:;@^_|~- only.")
        if not PLAIN.fullmatch(self.pattern.replace("#", "")):
            raise CodeConfigError("pattern may hold #, letters, digits and !$()*,.:;@^_|~- only.")
        if len(set(self.charset)) < 2 or len(set(self.charset)) < len(self.charset):
            raise CodeConfigError("charset needs at least two symbols, each of them once.")
        if not 1 <= self.length <= LONGEST_CODE or len(self.template) > LONGEST_CODE:
            raise CodeConfigError(f"A code may have 1 to {LONGEST_CODE} characters.")
        if "#" not in self.template:
            raise CodeConfigError("pattern needs at least one #, which becomes a random symbol.")


def capacity(config: CodeConfig) -> int:
    """Return how many different codes there can be."""
    return len(config.charset) ** config.template.count("#")


def refusal(config: CodeConfig, count: int) -> str | None:
    """Say why so many codes must not be made from this configuration; None where they may."""
    space = capacity(config)
    if space < count:
        return f"Only {space:,} different codes fit this pattern, and {count:,} are wanted. Use more random symbols."
    if space < count * SPACE_PER_CODE:
        return (
            f"One guess in {space // max(count, 1):,} would hit one of {count:,} codes. "
            f"Use at least {_symbols_needed(config, count)} random symbols."
        )
    return None


def _symbols_needed(config: CodeConfig, count: int) -> int:
    symbols, space = 0, 1
    while space < count * SPACE_PER_CODE:
        symbols, space = symbols + 1, space * len(config.charset)
    return symbols


def generate(config: CodeConfig, count: int) -> list[str]:
    """Return so many different codes, each symbol drawn from the operating system's randomness without bias."""
    made: set[str] = set()
    while len(made) < count:
        made.update(_draw(config, count - len(made)))
    return list(made)


def _draw(config: CodeConfig, count: int) -> list[str]:
    """Fill the random places of all codes at once, place by place: one slice assignment each, not one join per code."""
    template = config.template
    width, places = len(template), [place for place, symbol in enumerate(template) if symbol == "#"]
    symbols = _random_symbols(config.charset, count * len(places))
    text = bytearray(template.encode() * count)
    for number, place in enumerate(places):
        text[place::width] = symbols[number * count : (number + 1) * count]
    lines = text.decode()
    return [lines[start : start + width] for start in range(0, len(lines), width)]


def _random_symbols(charset: str, count: int) -> bytes:
    """Return random symbols; bytes beyond the last whole multiple of the charset are dropped, so none is favoured."""
    size = len(charset)
    fair = 256 - 256 % size
    table = bytes(ord(charset[byte % size]) for byte in range(256))
    unfair = bytes(range(fair, 256))
    drawn = b""
    while len(drawn) < count:
        missing = count - len(drawn)
        drawn += secrets.token_bytes(missing * 256 // fair + 1).translate(table, unfair)
    return drawn[:count]
