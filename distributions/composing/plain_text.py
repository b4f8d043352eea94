"""The words of an HTML letter, for those who read it without pictures and colours."""

import re
from html.parser import HTMLParser

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
_EMPTY_LINES = re.compile(r"\n\s*\n+")


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
