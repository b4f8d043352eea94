"""Beat's one task; and the watch, which begins with every worker that has loaded its tasks."""

from celery import shared_task

from promo_site import watch, work

__all__ = ["sweep", "watch"]


@shared_task(ignore_result=True)
def sweep() -> None:
    work.ring_what_is_due()
