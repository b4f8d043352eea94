"""The Celery application. Tasks are doorbells: what is to be done stands in the database."""

import os

from celery import Celery
from celery.signals import worker_ready

from promo_site.collector import spare_what_is_loaded

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "promo_site.settings.base")

app = Celery("promo")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_ready.connect
def settle_in(**_facts: object) -> None:
    spare_what_is_loaded()
