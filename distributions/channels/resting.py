"""How long a provider asks to be left alone. Plain arithmetic on what its answers' headers say."""

import time
from email.utils import parsedate_to_datetime

# The most that anybody may ask for.
LONGEST = 86_400.0


def seconds(retry_after: str) -> float | None:
    """Read a Retry-After header, as seconds or as a date."""
    if retry_after.isdecimal() and retry_after.isascii():
        return min(float(retry_after[:9]), LONGEST)
    try:
        return min(max(parsedate_to_datetime(retry_after).timestamp() - time.time(), 0.0), LONGEST)
    except ValueError:
        return None


def until(reset: str) -> float | None:
    """Return the seconds until a limit is reset, where the header names that moment as a Unix time."""
    if not (reset.isascii() and reset.isdecimal()):
        return None
    return min(max(float(reset[:12]) - time.time(), 1.0), LONGEST)
