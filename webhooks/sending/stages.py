"""Lease, hand over, settle: each step is a transaction, what talks to the outside stands between them.

Any number of processes may do this at any time.
"""

import time

from distributions.channels import webhook
from distributions.sending import lingering
from distributions.sending.handing_over import hand_over
from webhooks.sending import leasing, settling


def work_for(seconds: float) -> bool:
    """Send until nothing is due or the time is over; tell whether something may be left."""
    until = time.monotonic() + seconds
    while work_once():
        if time.monotonic() >= until:
            return True
    return False


def work_once() -> int:
    """Put back what fell silent and send one batch; return how many sendouts were moved."""
    put_back, leased = leasing.expire(), leasing.lease(apart_from=lingering.addresses())
    if leased:
        hand_over(leased, "webhook", webhook.deliver, settling.settle)
    return put_back + len(leased)
