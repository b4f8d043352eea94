"""Tags in a text that people wrote, made so that whoever reads them needs one pass.

The standard reader of HTML looks for the end of what never ends: once for each beginning, to the end of the text.
"""

import re

_ENDLESS = re.compile(r"<(?=[a-zA-Z/!?][^<>]*(?:<|\Z))")


def has_endless(text: str) -> bool:
    """Tell whether a tag, a comment or a declaration begins and never ends."""
    return _ENDLESS.search(text) is not None


def finite(text: str) -> str:
    """Return HTML without its comments, and with the beginnings of what never ends as the words that they are."""
    return _ENDLESS.sub("&lt;", without_comments(text))


def without_comments(text: str) -> str:
    """Return a text without its comments; one that never ends takes along what follows, as in a browser."""
    pieces, at = [], 0
    while (begin := text.find("<!--", at)) >= 0:
        pieces.append(text[at:begin])
        end = text.find("-->", begin + 4)
        at = end + 3 if end >= 0 else len(text)
    return "".join((*pieces, text[at:]))
