"""Whatever happens in whatever batches, the live path comes and goes exactly as judging after every event would."""

from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customers import profiles
from customers.models import Customer
from events import queueing, tracking
from events.clock import database_now
from events.models import PendingEvent
from events.pipeline import Batch
from events.tracking import Fact
from segments import definition
from segments.conditions import judge, parse
from segments.membership import filling, reevaluating, wakeups
from segments.models import Entry, Membership
from tests.segments.histories import NAMES, PROPERTIES, Person, amounts, trees, values

PEOPLE = ("alice", "bob")
units = st.sampled_from(["minutes", "hours", "days"])
spans = st.builds(lambda amount, unit: timedelta(**{unit: amount}), amounts, units)
happenings = st.tuples(
    st.just("track"),
    st.sampled_from(PEOPLE),
    st.sampled_from(NAMES),
    spans,
    st.dictionaries(st.sampled_from(PROPERTIES), values, max_size=2),
)
steps = st.lists(
    st.one_of(
        happenings,
        happenings,
        happenings,
        st.tuples(st.just("apply"), st.sampled_from([1, 2, 100])),
        st.tuples(st.just("wait"), spans),
        st.tuples(st.just("know"), st.sampled_from(PEOPLE), st.dictionaries(st.sampled_from(PROPERTIES), values)),
    ),
    min_size=4,
    max_size=14,
)


class World:
    """The live path and, beside it, the plainest way to do the same: judge everything after every event."""

    def __init__(self, filters):
        self.start, self.waited = database_now(), timedelta(0)
        self.applied = {name: [] for name in PEOPLE}
        self.expected, self.inside = [], set()
        self.know_of("alice", {})
        self.take(100)
        self.segments = [definition.create("Segment", "auto-update", each) for each in filters]
        outer = {"segment": self.segments[0].public_id, "operator": "not_in"}
        self.segments.append(definition.create("Outside", "passive", outer))
        while filling.has_work():
            filling.fill_some()
        self.inside = {(row.segment_id, row.customer.source_id) for row in Membership.objects.filter(is_member=True)}
        # From here on the clock stands still but for the waiting: the fill read the real one.
        self.start = database_now()
        self.filled = [(*each, True, None) for each in self.inside]

    @property
    def now(self):
        return self.start + self.waited

    def track(self, name, event, ago, properties):
        customer = Customer.objects.filter(source_id=name).first()
        if customer is None:
            self.know_of(name, {})
            customer = Customer.objects.get(source_id=name)
        tracking.track(Fact(event, customer.pk, properties, occurred_at=self.now - ago))

    def know_of(self, name, metadata):
        tracking.identify(profiles.parse({"source_id": name, "metadata": metadata}), source="API")

    def know(self, name, metadata):
        # What is known of a customer is not told event by event: nothing else may be pending when it changes.
        self.apply_all()
        self.know_of(name, metadata)
        self.take(100)

    def apply_all(self):
        while PendingEvent.objects.exists():
            self.apply(100)

    def wait(self, span):
        self.waited += span
        self.wake()

    def wake(self):
        wakeups.wake_due(self.now)
        for name in PEOPLE:
            self._expect(name, None)

    def apply(self, most):
        self.wake()
        self.take(most)

    def take(self, most):
        with transaction.atomic():
            customer_ids = queueing.lock_customers()
            batch = Batch(self.now, queueing.take(customer_ids, nobodys=True, most=most), customer_ids)
            reevaluating.reevaluate(batch)
        for event in batch.events:
            name = event.customer.source_id
            self.applied[name].append(event)
            self._expect(name, event)

    def _expect(self, name, event):
        customer = Customer.objects.filter(source_id=name).first()
        if customer is None or not self.applied[name] or not hasattr(self, "segments"):
            return
        person = Person(customer, self.applied[name])
        person.segments = {each.public_id for each in self.segments if (each.pk, name) in self.inside}
        for segment in self.segments:
            matches, _ = judge(parse(segment.filter), person, self.now)
            if matches is not ((segment.pk, name) in self.inside):
                (self.inside.add if matches else self.inside.discard)((segment.pk, name))
                (person.segments.add if matches else person.segments.discard)(segment.public_id)
                self.expected.append((segment.pk, name, matches, event and event.id))


@pytest.mark.django_db
@settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
@given(filters=st.lists(trees(), min_size=3, max_size=3), script=steps)
def test_the_live_path_equals_judging_after_every_event(filters, script):
    with transaction.atomic():
        world = World(filters)
        for verb, *arguments in script:
            getattr(world, verb)(*arguments)
        world.apply_all()
        members = Membership.objects.filter(is_member=True).values_list("segment_id", "customer__source_id")
        assert set(members) == world.inside
        assert sorted(_edges()) == sorted(_expected(world))
        transaction.set_rollback(True)


def _edges():
    """Return every entry and leaving with its cause; what a fill brought in has been there from the start."""
    for entry in Entry.objects.select_related("customer"):
        name = entry.customer.source_id
        yield (entry.segment_id, name, True, str(entry.cause_event_id))
        if entry.left_at:
            yield (entry.segment_id, name, False, str(entry.left_cause_event_id))


def _expected(world):
    return [(*edge, str(cause)) for *edge, cause in [*world.filled, *world.expected]]
