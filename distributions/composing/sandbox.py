"""Liquid for words that people write: parsed once, bounded in every direction, and blind to everything but its context.

Nothing here reads a file, calls a method or knows a model. An author's mistake is a sentence, never a crash.
"""

import html
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache, wraps
from typing import Any

from liquid import BoundTemplate, Environment, RenderContext
from liquid.exceptions import LiquidError, ResourceLimitError
from markupsafe import Markup

from designs.marks import marks, mask
from distributions import links

LONGEST_TEMPLATE = 300_000
LONGEST_VALUE = 100_000
LONGEST_LIST = 2_000
LARGEST_NUMBER = 10**15
# Of the processor, for one text; an ordinary one takes a thousandth of it.
SECONDS_MOST = 1.0

_TAGS = {"#", "assign", "break", "capture", "case", "comment", "continue", "cycle", "echo", "for", "if", "unless"}
_INTERNAL_TAGS = {"content", "output", "illegal"}
_REFUSED_FILTERS = {"safe", "base64_decode", "base64_url_safe_decode", "escapejs"}
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
# The parser tries every way to divide blanks; and for what is not closed it looks to the end, time and again.
PARENTHESES_MOST = 50
_LONG_BLANK = re.compile(r"\s{100}")
_BLOCKS_OF_TEXT = {"raw", "doc"}
_SMALL_RANGE = re.compile(r"\(\s*\d{1,3}\s*\.\.\s*\d{1,3}\s*\)")
_LINK = re.compile(
    r"""(?i)(?<=[\s"'/])(href|src|action|formaction|background|poster|xlink:href)(\s*=\s*)("[^"]*"|'[^']*'|[^\s>"']+)"""
)
# The same for a quick look: what every name above ends in, what follows it, and how a link begins that is one for sure.
_LINK_NAMES = (b"href", b"src", b"action", b"background", b"poster")
_LINK_VALUE = re.compile(rb"""\s*=\s*("[^"]*"|'[^']*'|[^\s>"']+)""")
_PLAIN_LINK = re.compile(rb"""(?:"(?:https?://|mailto:|tel:|/|#|")|'(?:https?://|mailto:|tel:|/|#|')|https?://)""")
_SCHEME = re.compile(r"\s*([a-z][a-z0-9+.-]*)\s*:", re.IGNORECASE)
_HARMLESS = {"http", "https", "mailto", "tel", "cid"}
_INVISIBLE = re.compile(r"[\x00-\x20\x7f-\x9f\u200b-\u200f\u2028\u2029\ufeff]+")


class TemplateError(ValueError):
    """A text that cannot be rendered; the message is for its author."""


class RunawayError(TemplateError):
    """A text that would take too long, or too much room, whatever its values are."""


class _Context(RenderContext):
    """Watches the clock wherever time can go: at each turn of a loop, and at each filter."""

    __slots__ = ("_until",)

    def __init__(self, template: BoundTemplate, **options: Any) -> None:
        super().__init__(template, **options)
        self._until = time.thread_time() + SECONDS_MOST

    def filter(self, name: str, token: Any) -> Callable[..., object]:
        self._hurry()
        return super().filter(name, token)

    @contextmanager
    def loop(self, namespace: Mapping[str, object], forloop: Any) -> Iterator[RenderContext]:
        forloop.it = self._watched(forloop.it)
        with super().loop(namespace, forloop) as context:
            yield context

    def _watched(self, items: Iterable[object]) -> Iterator[object]:
        for item in items:
            self._hurry()
            yield item

    def _hurry(self) -> None:
        if time.thread_time() > self._until:
            raise ResourceLimitError("the text takes too long to fill in", token=None)


class _Template(BoundTemplate):
    context_class = _Context


class _Bounded(Environment):
    template_class = _Template
    context_depth_limit = 8
    loop_iteration_limit = 2_000
    local_namespace_limit = 200_000
    output_stream_limit = 1_000_000

    def setup_tags_and_filters(self, *, extra: bool = False) -> None:
        super().setup_tags_and_filters(extra=extra)
        self.tags = {name: tag for name, tag in self.tags.items() if name in _TAGS | _INTERNAL_TAGS}
        self.filters = {
            name: _bounded(filter_) for name, filter_ in self.filters.items() if name not in _REFUSED_FILTERS
        }
        self.filters |= {"tracked": _markup(links.tracked), "pixel": _markup(links.pixel)}


def _bounded(filter_: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap a filter so that no chain of filters grows a number or a text without end."""

    @wraps(filter_)
    def bounded(value: object, *arguments: object, **options: object) -> object:
        for given in (value, *arguments):
            _refuse_giant(given)
        if isinstance(value, str | list | tuple) and len(value) * _longest(arguments) > LONGEST_VALUE * 100:
            raise ResourceLimitError("a text grows too long", token=None)
        result = filter_(value, *arguments, **options)
        _refuse_giant(result)
        return result

    return bounded


def _markup(filter_: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap one of our own filters whose result is HTML; what it leaves as it was is escaped as ever."""

    @wraps(filter_)
    def marked(value: object, *arguments: object) -> object:
        result = filter_(value, *arguments)
        return Markup(result) if isinstance(result, str) and result is not value else result  # noqa: S704

    return marked


def _longest(values: Iterable[object]) -> int:
    return max((len(value) for value in values if isinstance(value, str)), default=0)


def _refuse_giant(value: object) -> None:
    if isinstance(value, str) and len(value) > LONGEST_VALUE:
        raise ResourceLimitError("a text grows too long", token=None)
    if isinstance(value, list | tuple) and (len(value) > LONGEST_LIST or _weight(value) > LONGEST_VALUE):
        raise ResourceLimitError("a list grows too long", token=None)
    if isinstance(value, int | float) and abs(value) > LARGEST_NUMBER:
        raise ResourceLimitError("a number grows too large", token=None)


def _weight(items: Iterable[object]) -> int:
    """Return what a list would be as a text; it may name the same long one many times."""
    return sum(len(item) for item in items if isinstance(item, str))


_ENVIRONMENTS = {True: _Bounded(autoescape=True), False: _Bounded()}


@lru_cache(maxsize=512)
def parsed(text: str, *, is_html: bool) -> BoundTemplate:
    """Return the template of a text, parsed once per process; raise a sentence where it cannot be."""
    if len(text) > LONGEST_TEMPLATE:
        raise TemplateError(f"The text is longer than {LONGEST_TEMPLATE:,} characters.")
    if problem := _refusal(text):
        raise TemplateError(problem)
    try:
        return _ENVIRONMENTS[is_html].from_string(text)
    except (LiquidError, RecursionError) as error:
        raise TemplateError(_sentence(error)) from error


def render_text(text: str, context: Mapping[str, object]) -> str:
    """Return a plain text with its values filled in."""
    return _filled(text, context, is_html=False)


def render_html(text: str, context: Mapping[str, object]) -> str:
    """Return HTML with its values filled in, escaped, and every link to something that is not a link made harmless."""
    filled = _filled(text, context, is_html=True)
    return _LINK.sub(_harmless_link, filled) if _has_odd_link(filled) else filled


def _filled(text: str, context: Mapping[str, object], *, is_html: bool) -> str:
    if "{" not in text:
        return text
    template = parsed(text, is_html=is_html)
    try:
        return str(template.render(**context))
    except (ResourceLimitError, MemoryError) as error:
        raise RunawayError(_sentence(error)) from error
    except (LiquidError, ArithmeticError, TypeError, ValueError, RecursionError, AttributeError) as error:
        raise TemplateError(_sentence(error)) from error


def _has_odd_link(html_text: str) -> bool:
    """Tell whether any link needs a closer look. Most letters have none, and looking at every character is dear."""
    raw = html_text.encode(errors="surrogatepass")
    lowered = raw.lower()
    for name in _LINK_NAMES:
        at = lowered.find(name)
        while at >= 0:
            end = at + len(name)
            value = _LINK_VALUE.match(raw, end)
            if value is not None and _PLAIN_LINK.match(value[1]) is None:
                return True
            at = lowered.find(name, end)
    return False


def _harmless_link(found: re.Match[str]) -> str:
    target = _INVISIBLE.sub("", html.unescape(found[3].strip("\"'")))
    scheme = _SCHEME.match(target)
    if scheme is None or scheme[1].lower() in _HARMLESS or target.lower().startswith("data:image/"):
        return found[0]
    return f'{found[1]}{found[2]}"#"'


def _refusal(text: str) -> str | None:
    """Return why a text is not even parsed."""
    if "{{" in (rest := mask(text)[0]) or "{%" in rest:
        return "A “{{” or “{%” is opened and never closed."
    return next(filter(None, map(_refusal_of_mark, marks(text))), None)


def _refusal_of_mark(mark: str) -> str | None:
    words = _QUOTED.sub("", mark[2:-2].strip("-"))
    name = words.split(None, 1)[0] if mark[:2] == "{%" and words.strip() else ""
    if name in _BLOCKS_OF_TEXT:
        return f"“{name}” is not taken."
    if _LONG_BLANK.search(mark) or mark.count("(") > PARENTHESES_MOST:
        return "There are too many blanks or parentheses between “{{” and “}}”."
    # Nothing counts the items of a range outside a loop, or where its ends are not small.
    if ".." in words and (name != "for" or ".." in _SMALL_RANGE.sub("", words)):
        return "A range may only be used in a for loop, with numbers up to 999, such as (1..5)."
    return None


def _sentence(error: Exception) -> str:
    words = str(getattr(error, "message", None) or error).split("\n", 1)[0].strip().rstrip(".") or type(error).__name__
    token = getattr(error, "token", None)
    if token is None or token.start_index < 0:
        return f"{words[:1].upper()}{words[1:]}."
    return f"Line {token.source.count(chr(10), 0, token.start_index) + 1}: {words}."
