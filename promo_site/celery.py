"""The Celery application. Tasks are doorbells: what is to be done stands in the database."""

import os
from typing import Any

from celery import Celery
from celery.signals import task_prerun, worker_ready
from django.db import close_old_connections
from django.urls import get_resolver

from promo_site.collector import spare_what_is_loaded

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "promo_site.settings.base")

# Whose worker writes the letters that are due at once.
WRITING = "evaluate"

app = Celery("promo")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


# Celery would close the connection around every task, and opening one costs more than most tasks: settings tell it not
# to, and the framework closes it when it is a minute old or broken, as it does around a request.
@task_prerun.connect
def keep_a_working_connection(**_facts: object) -> None:
    close_old_connections()


@worker_ready.connect
def settle_in(sender: Any, **_facts: object) -> None:
    """Load what letters link to where they are written, so that the first of them need not wait for it."""
    if WRITING in sender.app.amqp.queues.consume_from:
        get_resolver().url_patterns  # noqa: B018
    spare_what_is_loaded()
