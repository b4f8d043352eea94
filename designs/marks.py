"""Liquid's marks in a text: hidden while other languages are read around them, and put back afterwards."""

import html
import re
from collections.abc import Callable, Iterator

_OPENING = re.compile(r"\{[{%]")
_HIDDEN = re.compile(r"liquid(\d{1,6})mark")


def marks(text: str) -> list[str]:
    """Return the marks of a text, each with its braces."""
    return [text[begin:end] for begin, end in _spans(text)]


def mask(text: str, *, is_escaped: bool = False) -> tuple[str, Callable[[str], str]]:
    """Return the text with its marks replaced by harmless words, and the function that puts them back.

    Where the text ``is_escaped``, as an editor of HTML writes it, the marks come back as their author meant them.
    """
    hidden: list[str] = []
    pieces: list[str] = []
    at = 0
    for begin, end in _spans(text):
        pieces += text[at:begin], f"liquid{len(hidden)}mark"
        hidden.append(html.unescape(text[begin:end]) if is_escaped else text[begin:end])
        at = end

    def restore(changed: str) -> str:
        return _HIDDEN.sub(lambda found: hidden[int(found[1])] if int(found[1]) < len(hidden) else found[0], changed)

    return "".join((*pieces, text[at:])), restore


def _spans(text: str) -> Iterator[tuple[int, int]]:
    """Yield where each mark begins and ends. The text is read once, however many marks are opened and never closed."""
    at, unclosed = 0, set()
    while opening := _OPENING.search(text, at):
        closing = "}}" if opening[0] == "{{" else "%}"
        end = -1 if closing in unclosed else text.find(closing, opening.end())
        if end < 0:
            unclosed.add(closing)
            at = opening.start() + 1
        else:
            yield opening.start(), end + 2
            at = end + 2
