"""What workers do for segments when the doorbell rings. The rows say what is due."""

from celery import shared_task

from backlog import doorbell
from segments.membership import filling, wakeups


@shared_task(ignore_result=True)
def wake_members() -> None:
    """Look at the memberships whose time has come; running twice finds nothing the second time."""
    doorbell.answer(wake_members)
    wakeups.wake_due()


@shared_task(ignore_result=True)
def fill_segments() -> None:
    """Fill new and edited segments slice by slice, until all are up to date."""
    doorbell.answer(fill_segments)
    while filling.fill_some():
        pass
