"""What workers do for customers when the doorbell rings."""

from celery import shared_task

from backlog import doorbell
from customers import leaving


@shared_task(ignore_result=True)
def look_again_at_erasures() -> None:
    """Erase what was under way while a customer was erased."""
    doorbell.answer(look_again_at_erasures)
    leaving.look_again()
