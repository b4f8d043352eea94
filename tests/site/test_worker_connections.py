"""Workers keep their connection to the database from task to task."""

import pytest
from celery.fixups.django import DjangoWorkerFixup
from django.db import connection

from promo_site.celery import app, keep_a_working_connection


@pytest.mark.django_db(transaction=True)
def test_a_worker_keeps_its_connection_from_task_to_task() -> None:
    connection.ensure_connection()
    before = connection.connection
    fixup = DjangoWorkerFixup(app)
    for _ in range(3):
        fixup.close_database()
        keep_a_working_connection()
    assert connection.connection is before


@pytest.mark.django_db(transaction=True)
def test_a_worker_opens_a_broken_connection_again() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    connection.connection.close()
    keep_a_working_connection()
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        assert cursor.fetchone() == (1,)
