import pytest

from customers import profiles
from customers.models import Customer
from events import tracking
from events.models import Event, PendingEvent, Tally
from events.tracking import Fact

pytestmark = pytest.mark.django_db


def test_a_new_customer_is_told_once() -> None:
    found = tracking.identify(profiles.parse({"source_id": "alice", "email": "alice@shop.example"}), source="API")
    assert found.created
    assert found.changed == ["email"]
    assert Event.objects.get(customer=found.customer).name == "customer.created"


def test_a_changed_profile_is_told_with_its_paths() -> None:
    tracking.identify(profiles.parse({"source_id": "alice"}), source="API")
    said = {"source_id": "alice", "address": {"city": "Utrecht"}, "metadata": {"lang": "nl"}}
    found = tracking.identify(profiles.parse(said), source="API")
    assert not found.created
    assert sorted(found.changed) == ["address.city", "metadata.lang"]
    assert found.customer.metadata == {"lang": "nl"}


def test_an_upsert_that_changes_nothing_tells_nothing() -> None:
    profile = profiles.parse({"source_id": "alice", "name": "Alice"})
    tracking.identify(profile, source="API")
    found = tracking.identify(profile, source="API")
    assert not found.created
    assert found.changed == []
    assert Event.objects.count() == 1
    assert found.customer.updated_at is None


def test_a_fact_is_an_event_a_tally_and_work() -> None:
    alice = tracking.identify(profiles.parse({"source_id": "alice"}), source="API").customer
    cause = tracking.track(Fact("order.paid", alice.pk, {"order": {"id": "ord_1"}}))
    effect = tracking.track(Fact("voucher.published", alice.pk, caused_by=cause))
    stored = Event.objects.get(pk=effect.pk)
    assert (stored.caused_by_id, stored.depth, stored.group_id) == (cause.pk, 1, cause.group_id)
    assert Tally.objects.get(customer=alice, event_name="order.paid").count == 1
    assert PendingEvent.objects.filter(event_id=effect.pk, customer_id=alice.pk).exists()


def test_a_fact_of_nobody_has_no_tally() -> None:
    tracking.track(Fact("campaign.created", entity_id="camp_1"))
    assert not Tally.objects.exists()
    assert not Customer.objects.exists()
    assert PendingEvent.objects.get().customer_id is None
