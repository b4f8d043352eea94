"""Message ids are known for as long as the setting says, and forgotten in slices afterwards."""

from datetime import timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.db.models import F

from backlog import doorbell
from events import accepting, pruning
from events.clock import database_now
from events.models import Event, SeenMessage
from events.reporting import Origin, read_report
from events.storing import store_inline
from events.tasks import prune_message_ids
from promo_site import work
from promo_site.settings import environment

ORIGIN = Origin("API", 1, "v-test")
OLD = timedelta(days=91)


def send(message_id):
    body = {"event": "cart_abandoned", "customer": {"source_id": "alice"}, "message_id": message_id}
    return store_inline([read_report(body, ORIGIN)])[0]


def age(by, **which):
    SeenMessage.objects.filter(**which).update(received_at=F("received_at") - by)


@pytest.mark.django_db
def test_what_is_too_old_is_forgotten_in_slices_and_the_rest_is_known(monkeypatch):
    for number in range(5):
        send(f"old-{number}")
    age(OLD)
    send("new")
    monkeypatch.setattr(pruning, "SLICE", 2)
    assert pruning.prune() == 5
    assert (send("new").is_duplicate, send("old-1").is_duplicate) == (True, False)
    assert pruning.prune() == 0


@pytest.mark.django_db
def test_a_turn_ends_when_its_time_is_over(monkeypatch):
    for number in range(3):
        send(f"old-{number}")
    age(OLD)
    monkeypatch.setattr(pruning, "SLICE", 2)
    assert (pruning.prune(0), pruning.prune(0), pruning.prune(0)) == (2, 1, 0)


@pytest.mark.django_db
def test_the_setting_says_for_how_long_ids_are_known(settings):
    send("week-old")
    age(timedelta(days=7, minutes=1))
    assert pruning.prune() == 0
    settings.PROMO_MESSAGE_ID_DAYS = 7
    assert pruning.prune() == 1


@pytest.mark.django_db
def test_the_sweep_waits_until_an_hour_of_old_ids_is_together():
    send("old")
    age(timedelta(days=90, minutes=59))
    assert prune_message_ids not in [kind.task for kind in work.due()]
    age(timedelta(minutes=2))
    assert prune_message_ids in [kind.task for kind in work.due()]
    doorbell.answer(prune_message_ids)
    prune_message_ids()
    assert not SeenMessage.objects.exists()


@pytest.mark.django_db
def test_the_look_for_old_ids_reads_the_index_of_their_age():
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    old = SeenMessage.objects.filter(received_at__lt=database_now()).order_by("received_at")[:1]
    assert "seen_message_by_age" in old.explain()


@pytest.mark.django_db
def test_an_id_that_is_forgotten_while_it_is_looked_up_is_free_again():
    send("old")
    forgotten = []

    def too_late(execute, sql, *given):
        if sql == accepting.RECALL and not forgotten:
            age(OLD)
            forgotten.append(pruning.prune())
        return execute(sql, *given)

    with connection.execute_wrapper(too_late):
        again = send("old")
    assert (forgotten, again.is_duplicate) == ([1], False)
    assert Event.objects.filter(pk=again.event_id).exists()


@pytest.mark.parametrize("given", ["0", "-1", "forever", "", "40000", "1.5"])
def test_a_retention_that_cannot_be_meant_is_refused_at_start(given, monkeypatch):
    monkeypatch.setenv("PROMO_MESSAGE_ID_DAYS", given)
    with pytest.raises(ImproperlyConfigured, match="PROMO_MESSAGE_ID_DAYS"):
        environment.days("PROMO_MESSAGE_ID_DAYS", 90)
