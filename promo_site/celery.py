"""The Celery application. Tasks are doorbells: what is to be done stands in the database."""

import os

from celery import Celery
from celery.signals import task_prerun, worker_ready
from django.db import close_old_connections

from promo_site.collector import spare_what_is_loaded

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "promo_site.settings.base")

app = Celery("promo")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


# Celery would close the connection around every task, and opening one costs more than most tasks: settings tell it not
# to, and the framework closes it when it is a minute old or broken, as it does around a request.
@task_prerun.connect
def keep_a_working_connection(**_facts: object) -> None:
    close_old_connections()


@worker_ready.connect
def settle_in(**_facts: object) -> None:
    spare_what_is_loaded()
