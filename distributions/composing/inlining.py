"""HTML made ready for mail programs when it is saved: CSS moved into the elements, and a plain text beside it."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

from premailer import Premailer
from premailer.premailer import PremailerError

from designs import tags
from designs.marks import mask

_BLOCKS = {
    "p",
    "div",
    "table",
    "tr",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "ul",
    "ol",
    "li",
    "blockquote",
    "section",
    "hr",
}
_UNSEEN = {"style", "script", "head", "title", "template"}
_BLANKS = re.compile(r"[ \t\r\n\f\v]+")
# A letter has some tens of selectors, of a few steps each, and some hundreds of elements.
LOOKS_MOST = 3_000_000
STEPS_MOST = 12
_STEP = re.compile(r"[\s~>+:]+")
_STYLE = re.compile(r'\sstyle="[^"]*"')
_EMPTY_LINES = re.compile(r"\n\s*\n+")


def inline(html: str) -> str:
    """Return the HTML with its CSS inlined and its Liquid untouched.

    What cannot be parsed, or has CSS beyond all measure, is returned as it is.
    """
    masked, restore = mask(html)
    if not html.strip() or _is_immense(masked):
        return html
    try:
        inlined = Premailer(
            masked,
            allow_network=False,
            allow_loading_external_files=False,
            disable_validation=True,
            keep_style_tags=True,
            # What holds for a phone or in the dark must win over the inlined styles; the elements' own need no force.
            strip_important=False,
            cssutils_logging_level="CRITICAL",
        ).transform()
    except (PremailerError, ValueError, OSError, AssertionError, AttributeError, RecursionError):
        return html
    return restore(_STYLE.sub(lambda found: found[0].replace("!important", ""), inlined))


def _is_immense(html: str) -> bool:
    """Tell whether inlining would take too long: it looks for each selector, step by step, among all elements."""
    selectors = [selector.strip() for sheet in _sheets(html) for selector in _selectors(sheet)]
    looks = len(selectors) * html.count("<")
    return looks > LOOKS_MOST or any(len(_STEP.findall(selector)) > STEPS_MOST for selector in selectors)


def _sheets(html: str) -> Iterator[str]:
    for part in html.lower().split("<style")[1:]:
        yield part.partition(">")[2].partition("</style")[0]


def _selectors(sheet: str) -> Iterator[str]:
    for part in sheet.split("{")[:-1]:
        head = part.rpartition("}")[2].rpartition("*/")[2]
        yield from () if head.lstrip().startswith("@") else head.split(",")


def as_text(html: str) -> str:
    """Return the words of an HTML text, links with their addresses; Liquid stays where it was."""
    masked, restore = mask(html)
    reader = _TextReader()
    reader.feed(tags.finite(masked))
    reader.close()
    lines = (line.strip() for line in "".join(reader.pieces).split("\n"))
    return restore(_EMPTY_LINES.sub("\n\n", "\n".join(lines)).strip())


class _TextReader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._unseen = 0
        self._link = ("", 0)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _UNSEEN:
            self._unseen += 1
        elif tag == "br":
            self.pieces.append("\n")
        elif tag in _BLOCKS:
            self.pieces.append(_break_of(tag))
        elif tag == "a":
            self._close_link()
            self._link = (dict(attrs).get("href") or "", len(self.pieces))
        elif tag == "img" and (words := dict(attrs).get("alt")):
            self.pieces.append(words)

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN:
            self._unseen = max(self._unseen - 1, 0)
        elif tag in _BLOCKS:
            self.pieces.append(_break_of(tag))
        elif tag == "a":
            self._close_link()

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.pieces.append(_BLANKS.sub(" ", data))

    def _close_link(self) -> None:
        (address, began), self._link = self._link, ("", 0)
        if address and address != "#" and address not in "".join(self.pieces[began:]):
            self.pieces.append(f" ({address})")


def _break_of(tag: str) -> str:
    return "\n" if tag in {"tr", "li"} else "\n\n"
