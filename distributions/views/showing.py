"""Letters as this site shows them in a frame: their own pictures from here, and, on request, in the dark."""

import re

from django.conf import settings

_DARK_RULE = re.compile(r"\(\s*prefers-color-scheme\s*:\s*dark\s*\)")
_BOTH = 'content="light dark"'
_HEAD_END = re.compile(r"</head\s*>|(?=<body\b)", re.IGNORECASE)
# A letter without dark colors of its own is turned over by the program that shows it, pictures excepted.
_TURNED = (
    "<style>html{background:#fff;filter:invert(1) hue-rotate(180deg)}img{filter:invert(1) hue-rotate(180deg)}</style>"
)


def as_shown(html: str, *, is_dark: bool = False) -> str:
    """Return a rendered letter for a sealed frame of this site; what is sent is another text.

    It is light or dark as asked, whatever the person's own screen prefers.
    """
    shown = re.sub(rf"""(["'(]){re.escape(settings.PROMO_PUBLIC_URL)}/""", r"\1/", html)
    return _darkened(shown) if is_dark else _DARK_RULE.sub("not all", shown).replace(_BOTH, 'content="light"')


def _darkened(html: str) -> str:
    """Return the letter as a dark mail program shows it: by its own rules where it has some, else turned over."""
    ruled, count = _DARK_RULE.subn("all", html)
    if count:
        return ruled.replace(_BOTH, 'content="dark"')
    light = html.replace(_BOTH, 'content="light"')
    place = _HEAD_END.search(light)
    return light[: place.start()] + _TURNED + light[place.start() :] if place else _TURNED + light
