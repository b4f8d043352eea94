"""Each thing that people do makes exactly its events: once, with their cause, their way in and their request."""

from collections.abc import Callable

import pytest
from django.test import Client

from events import catalogue
from events.clock import database_now
from events.models import Event, Tally
from segments.telling.vocabulary import vocabulary
from tests.catalogue import by_the_engine, from_files, in_the_admin, on_shop_pages, over_rest
from tests.catalogue.scenes import Action, Scene
from tests.conftest import RestClient
from tests.distributions.conftest import mail_sink as mail_sink
from tests.sinks import MailSink

pytestmark = pytest.mark.django_db
ALL = [*over_rest.ALL, *in_the_admin.ALL, *on_shop_pages.ALL, *from_files.ALL, *by_the_engine.ALL]
# They come with what the tests of their two channels do.
ELSEWHERE = {name for name in catalogue.INTERNAL if ".sms." in name or "mailchimp" in name}
INSIDE = Event.Source.INTERNAL


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
    assert sorted(((event.name, names.get(event.caused_by_id)) for event in told), key=str) == action.pairs
    for event in told:
        assert _promised(event) - set(event.properties) == set(), event.name
        assert event.source in ({action.door, INSIDE} if event.caused_by_id else {action.door}), event.name
    _assert_one_request(action, told)
    _assert_counted([event for event in told if event.customer_id and event.name in catalogue.KNOWN])


def _assert_one_request(action: Action, told: list[Event]) -> None:
    """Nobody asked for what the clock does; everything else belongs to one request."""
    groups = {event.group_id for event in told}
    assert len(groups) <= 1
    assert "" not in groups or action.door == INSIDE


def _assert_counted(hers: list[Event]) -> None:
    """What happens to a customer counts for her, and the segment builder offers it with how often and when last."""
    offered = {event["name"]: event for event in vocabulary(database_now())["events"]} if hers else {}
    for event in hers:
        assert Tally.objects.filter(customer=event.customer_id, event_name=event.name).exists(), event.name
        assert offered[event.name]["count"], event.name
        assert offered[event.name]["last_at"], event.name


def _promised(event: Event) -> set[str]:
    """Return what an event must carry itself: its customer is a column, and a slice of codes names none of them."""
    known = catalogue.KNOWN.get(event.name)
    apart = {"customer", "voucher"} if "count" in event.properties else {"customer"}
    return set(known.payload) - apart if known else set()


def test_every_internal_event_is_made_by_something_done() -> None:
    made = {name for action in ALL for name in action.told}
    assert set(catalogue.INTERNAL) - ELSEWHERE - made == set()


def test_nothing_is_told_twice_under_one_name() -> None:
    assert len({action.name for action in ALL}) == len(ALL)
