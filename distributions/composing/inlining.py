"""HTML made ready for mail programs when it is saved: CSS moved into the elements."""

import re
from collections.abc import Iterator

from premailer import Premailer
from premailer.premailer import PremailerError

from designs.marks import mask

# A letter has some tens of selectors, of a few steps each, and some hundreds of elements.
LOOKS_MOST = 3_000_000
STEPS_MOST = 12
_STEP = re.compile(r"[\s~>+:]+")
_STYLE = re.compile(r'\sstyle="[^"]*"')


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
