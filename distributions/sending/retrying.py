"""When a message is tried again, and when no more. Plain arithmetic."""

import random

from distributions.channels import PROVIDERS, Receipt

# After 5 and 30 seconds, then the twelve steps that Voucherify publishes: a minute, doubling up to 17 h 04, then a day.
_FIRST = (5.0, 30.0)
_STEP = 60.0
_LONGEST = 86_400.0
MOST_ATTEMPTS = {"webhook": 15}
USUAL_MOST = 10
# A mail whose answer was lost, or that was put off, is tried again within a minute, several times, before the ladder.
_MAIL_FIRST = (5.0, 30.0, 50.0, 55.0)
_JITTER = 0.1


def delay(carrier: str, attempts: int, receipt: Receipt) -> float | None:
    """Return after how many seconds the next attempt follows; None where this was the last."""
    if attempts >= MOST_ATTEMPTS.get(carrier, USUAL_MOST):
        return None
    provider = PROVIDERS.get(carrier)
    first = _MAIL_FIRST if provider and provider.channel == "email" else _FIRST
    doublings = attempts - len(first) - 1
    wait = first[attempts - 1] if doublings < 0 else min(_STEP * 2**doublings, _LONGEST)
    wait += wait * _JITTER * random.random()  # noqa: S311
    return max(wait, receipt.retry_after or 0.0)
