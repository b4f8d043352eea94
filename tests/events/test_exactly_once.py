"""Whatever is sent, however often and in whatever groups: it is stored as this small model says."""

from dataclasses import dataclass, field

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customers.models import Customer
from events.accepting import Outcome
from events.models import Event, PendingEvent, SeenMessage, Tally
from events.reporting import Origin, read_report
from events.storing import store_inline

ORIGIN = Origin("API", 1, "v-test")
ITEMS = st.fixed_dictionaries(
    {
        "event": st.sampled_from(["cart_abandoned", "order.paid", "customer.order.paid"]),
        "customer": st.fixed_dictionaries(
            {"source_id": st.sampled_from(["alice", "bob", "carol"])},
            optional={"metadata": st.fixed_dictionaries({"lang": st.sampled_from(["nl", "da"])})},
        ),
    },
    optional={
        "message_id": st.sampled_from(["m-1", "m-2", "m-3"]),
        "occurred_at": st.sampled_from(["2026-01-01T10:00:00Z", "2026-02-01T10:00:00Z", "2099-01-01T00:00:00Z"]),
    },
)


@dataclass
class Model:
    """What should have been stored after everything that was sent so far."""

    seen: dict[str, dict] = field(default_factory=dict)
    tallies: dict[tuple[str, str], int] = field(default_factory=dict)
    languages: dict[str, str | None] = field(default_factory=dict)

    def send(self, item: dict) -> str:
        message_id, body = item.get("message_id"), {name: item[name] for name in item if name != "message_id"}
        if item.get("occurred_at", "").startswith("2099"):
            return "rejected"
        if message_id in self.seen:
            return "duplicate" if self.seen[message_id] == body else "rejected"
        if message_id is not None:
            self.seen[message_id] = body
        self._store(item)
        return "accepted"

    def _store(self, item: dict) -> None:
        who, name = item["customer"]["source_id"], item["event"].replace("customer.order", "order")
        said = item["customer"].get("metadata", {}).get("lang")
        if who not in self.languages:
            self._count(who, "customer.created")
        elif said is not None and said != self.languages[who]:
            self._count(who, "customer.updated")
        self.languages[who] = said or self.languages.get(who)
        self._count(who, name)

    def _count(self, who: str, name: str) -> None:
        self.tallies[who, name] = self.tallies.get((who, name), 0) + 1


def answer(outcome: Outcome) -> str:
    if outcome.problem is not None:
        return "rejected"
    return "duplicate" if outcome.is_duplicate else "accepted"


@pytest.mark.django_db
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.lists(ITEMS, min_size=1, max_size=6), max_size=5))
def test_everything_is_stored_exactly_once(groups: list[list[dict]]) -> None:
    model = Model()
    with transaction.atomic():
        for group in groups:
            outcomes = store_inline([read_report(item, ORIGIN) for item in group])
            assert [answer(outcome) for outcome in outcomes] == [model.send(item) for item in group]
        stored = {(tally.customer.source_id, tally.event_name): tally.count for tally in Tally.objects.select_related()}
        assert stored == model.tallies
        assert Event.objects.count() == PendingEvent.objects.count() == sum(model.tallies.values())
        assert set(SeenMessage.objects.values_list("message_id", flat=True)) == set(model.seen)
        languages = {customer.source_id: customer.metadata.get("lang") for customer in Customer.objects.all()}
        assert languages == model.languages
        transaction.set_rollback(True)
