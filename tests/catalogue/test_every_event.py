"""Each thing that people do makes exactly its events: once, with their cause, and in the group of the request."""

from collections.abc import Callable

import pytest
from django.test import Client

from events import catalogue
from events.models import Event
from tests.catalogue.actions import ALL, Action, Scene
from tests.conftest import RestClient
from tests.distributions.conftest import mail_sink as mail_sink
from tests.sinks import MailSink

pytestmark = pytest.mark.django_db
# They come with what the tests of their two channels do.
ELSEWHERE = {name for name in catalogue.INTERNAL if ".sms." in name or "mailchimp" in name}


@pytest.fixture
def scene(api: RestClient, admin_client: Client, drain: Callable[[], int], mail_sink: MailSink) -> Scene:
    return Scene(api, admin_client, drain)


@pytest.mark.parametrize("action", ALL, ids=lambda action: action.name)
def test_what_is_done_tells_exactly_its_events(scene: Scene, action: Action) -> None:
    action.before(scene)
    scene.drain()
    known = set(Event.objects.values_list("id", flat=True))
    action.act(scene)
    scene.drain()
    told = list(Event.objects.exclude(id__in=known).order_by("id"))
    names = {event.id: event.name for event in Event.objects.all()}
    assert {event.name: names.get(event.caused_by_id) for event in told} == action.told
    assert len(told) == len(action.told)
    for event in told:
        assert _promised(event) - set(event.properties) == set(), event.name
    if action.is_one_group and told:
        assert len({event.group_id for event in told}) == 1
        assert told[0].group_id


def _promised(event: Event) -> set[str]:
    """Return what an event must carry itself: its customer is a column, and a slice of codes names none of them."""
    known = catalogue.INTERNAL.get(event.name)
    apart = {"customer", "voucher"} if "count" in event.properties else {"customer"}
    return set(known.payload) - apart if known else set()


def test_every_internal_event_is_made_by_something_done() -> None:
    made = {name for action in ALL for name in action.told}
    assert set(catalogue.INTERNAL) - ELSEWHERE - made == set()
