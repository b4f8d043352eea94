"""A mail's template made so that its links and a picture tell what its reader does.

It is made once for each version of the words. What it costs a single message is a signature for each link.
"""

import re
from functools import lru_cache

from designs.marks import mask
from distributions.composing import sandbox
from distributions.composing.sandbox import TemplateError

MOST_LINKS = 250
# What a reader must reach whatever becomes of us: never led through anything.
_NEVER = ("unsubscribe_url", "preferences_url")
_ANCHOR = re.compile(r"""(?is)(<a(?:rea)?\s(?:[^<>"']|"[^"<]*"|'[^'<]*')*?\bhref\s*=\s*)("[^"]*"|'[^']*')""")
_BODY_END = re.compile(r"</body\s*>", re.IGNORECASE)
_PIXEL = (
    '<img src="{{ message_key | pixel }}" width="1" height="1" alt="" '
    'style="display:block;width:1px;height:1px;border:0">'
)


@lru_cache(maxsize=256)
def prepared(template: str) -> str:
    """Return the template with its links led past us and the picture in it; it needs ``message_key`` then."""
    if not template:
        return template
    masked, restore = mask(template)
    total = min(sum(_is_tracked(restore(found[2][1:-1])) for found in _ANCHOR.finditer(masked)), MOST_LINKS)
    number = 0

    def lead(found: re.Match[str]) -> str:
        nonlocal number
        quote, target = found[2][0], restore(found[2][1:-1])
        if number >= total or not _is_tracked(target):
            return found[0]
        number += 1
        return f"{found[1]}{quote}{_led(target, number, total)}{quote}"

    led = restore(_ANCHOR.sub(lead, masked))
    end = _BODY_END.search(led)
    at = end.start() if end else len(led)
    return led[:at] + _PIXEL + led[at:]


def _led(target: str, number: int, total: int) -> str:
    call = f"tracked: message_key, {number}, {total}"
    return f"{{% capture tracked_link %}}{target}{{% endcapture %}}{{{{ tracked_link | {call} }}}}"


@lru_cache(maxsize=1024)
def _is_tracked(target: str) -> bool:
    """Tell whether a link may be led past us: to the web, as far as its template says, and whole by itself."""
    plain = target.strip().lower()
    if not plain or any(name in target for name in _NEVER) or not plain.startswith(("http://", "https://", "{")):
        return False
    try:
        sandbox.parsed(target, is_html=True)
    except TemplateError:
        return False
    return True
