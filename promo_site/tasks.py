"""Beat's one task."""

from celery import shared_task

from promo_site import work


@shared_task(ignore_result=True)
def sweep() -> None:
    work.ring_what_is_due()
