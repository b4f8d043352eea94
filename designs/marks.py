"""Liquid's marks in a text: hidden while other languages are read around them, and put back afterwards."""

import html
import re
from collections.abc import Callable

MARK = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_HIDDEN = re.compile(r"liquid(\d+)mark")


def mask(text: str, *, is_escaped: bool = False) -> tuple[str, Callable[[str], str]]:
    """Return the text with its marks replaced by harmless words, and the function that puts them back.

    Where the text ``is_escaped``, as an editor of HTML writes it, the marks come back as their author meant them.
    """
    marks: list[str] = []

    def hide(found: re.Match[str]) -> str:
        marks.append(html.unescape(found[0]) if is_escaped else found[0])
        return f"liquid{len(marks) - 1}mark"

    def restore(changed: str) -> str:
        return _HIDDEN.sub(lambda found: marks[int(found[1])] if int(found[1]) < len(marks) else found[0], changed)

    return MARK.sub(hide, text), restore
