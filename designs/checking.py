"""Whether a design is one: known elements in their places, words without code, and bounded in every direction."""

import re
from html.parser import HTMLParser

from designs import elements, tags

LONGEST = 200_000
ELEMENTS_MOST = 3_000
DEPTH_MOST = 40

_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)
_INVISIBLE = re.compile(r"[\x00-\x20\x7f-\x9f\u200b-\u200f\u2028\u2029\ufeff]+")
_CODE_IN_CSS = re.compile(r"@import|expression\s*\(|behaviou?r\s*:|-moz-binding|javascript\s*:|\\", re.IGNORECASE)
_OUTSIDE_IN_CSS = re.compile(r"url\s*\(", re.IGNORECASE)


class DesignError(ValueError):
    """A design that cannot be taken; the message is a sentence for its author."""


def check(mjml: str) -> None:
    """Raise DesignError where this is no design that we compile. Liquid must be masked already."""
    if tags.has_endless(mjml):
        raise DesignError("A tag begins with “<” and never ends. Write &lt; where you mean the sign itself.")
    reader = _Reader()
    reader.feed(mjml)
    reader.close()
    reader.finish()


def check_size(mjml: str) -> None:
    if len(mjml) > LONGEST:
        raise DesignError(f"The design is longer than {LONGEST:,} characters.")


def check_address(tag: str, name: str, value: str) -> None:
    """Raise DesignError where a link or a picture's address is code, or anything but an address."""
    scheme = _SCHEME.match(_INVISIBLE.sub("", value))
    if scheme is not None and scheme[1].lower() not in elements.SCHEMES:
        raise DesignError(f"The {name} of <{tag}> may not begin with “{scheme[1].lower()}:”.")


class _Reader(HTMLParser):
    """Walks through the elements; each refusal names the line it was found in."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._open: list[str] = []
        self._count = 0
        self._has_body = False

    def finish(self) -> None:
        if self._open:
            raise DesignError(f"<{self._open[-1]}> is not closed.")
        if not self._has_body:
            raise DesignError("A design is an <mjml> with an <mj-body> in it.")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._count += 1
        if self._count > ELEMENTS_MOST or len(self._open) >= DEPTH_MOST:
            raise self._refusal("The design has too many elements, or too many inside each other.")
        self._place(tag)
        for name, value in attrs:
            self._attribute(tag, name, value or "")
        if tag not in elements.VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in elements.VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in elements.VOID:
            return
        if not self._open or self._open[-1] != tag:
            expected = f"</{self._open[-1]}>" if self._open else "nothing"
            raise self._refusal(f"</{tag}> closes nothing here; {expected} is expected.")
        self._open.pop()

    def handle_data(self, data: str) -> None:
        inside = self._open[-1] if self._open else ""
        if inside == "mj-style":
            self._css(data, "mj-style")
            if _OUTSIDE_IN_CSS.search(data):
                raise self._refusal("The CSS of <mj-style> may not load anything.")
        elif inside in elements.PARENTS and inside not in elements.WORDED and data.strip():
            words = data.strip()[:40]
            raise self._refusal(f"“{words}” stands loose in <{inside}>; words belong in a text.")
        elif not inside and data.strip():
            raise self._refusal("There are words outside of <mjml>.")

    def handle_decl(self, decl: str) -> None:
        raise self._refusal("Declarations such as <!DOCTYPE> are not taken.")

    def unknown_decl(self, data: str) -> None:
        raise self._refusal("Marked sections such as <![CDATA[ are not taken.")

    def handle_pi(self, data: str) -> None:
        raise self._refusal("Processing instructions are not taken.")

    def _place(self, tag: str) -> None:
        inside = self._open[-1] if self._open else ""
        if tag in elements.REFUSED:
            raise self._refusal(f"<{tag}> is not taken: {elements.REFUSED[tag]}.")
        if inside == "mj-attributes":
            if not tag.startswith("mj-"):
                raise self._refusal(f"<{tag}> does not belong in <mj-attributes>.")
        elif tag in elements.PARENTS:
            self._place_element(tag, inside)
        elif tag not in elements.HTML:
            raise self._refusal(f"<{tag}> is not known, and so not taken.")
        elif not any(one in elements.WORDED for one in self._open) or "mj-style" in self._open:
            raise self._refusal(f"<{tag}> must stand in a text, not in <{inside or 'the document'}>.")

    def _place_element(self, tag: str, inside: str) -> None:
        if inside not in elements.PARENTS[tag]:
            wanted = " or ".join(f"<{one}>" for one in sorted(elements.PARENTS[tag]) if one) or "nothing else"
            raise self._refusal(f"<{tag}> stands in <{inside or 'the document'}>; it belongs in {wanted}.")
        self._has_body = self._has_body or tag == "mj-body"

    def _attribute(self, tag: str, name: str, value: str) -> None:
        if name.startswith("on"):
            raise self._refusal(f"{name} of <{tag}> would run code; it is not taken.")
        if name in elements.LINKS:
            check_address(tag, name, value)
        elif name == "style":
            self._css(value, tag)

    def _css(self, css: str, tag: str) -> None:
        if _CODE_IN_CSS.search(css):
            raise self._refusal(f"The CSS of <{tag}> may not import anything or run code.")

    def _refusal(self, sentence: str) -> DesignError:
        return DesignError(f"Line {self.getpos()[0]}: {sentence}")
