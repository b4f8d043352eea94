from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.db.models.functions import Now

from access import project as projects
from campaigns.models import Campaign, Publication, Voucher
from customers import leaving, profiles, suppressing
from customers.models import Consent, Customer, Erasure
from distributions.models import Attempt, Delivery, Message
from distributions.telling import invariants
from events import tracking
from events.models import Event, PendingEvent, Tally
from events.tracking import Fact
from segments.models import Membership
from tests.campaigns.conftest import make_campaign as make_campaign

pytestmark = pytest.mark.django_db

ADA = {
    "source_id": "ada-source",
    "name": "Ada Secret",
    "email": "ada@secret.example",
    "phone": "+31612345678",
    "address": {"city": "Secretville"},
    "metadata": {"hobby": "secret knitting"},
}
SECRETS = ("ada-source", "ada secret", "secret.example", "31612345678", "secretville", "knitting")


@pytest.fixture
def ada(api: Any, drain: Callable[[], int], make_campaign: Callable[..., Campaign]) -> Customer:
    """A customer with a history: events, a segment, a code that a message carried, and one message still to go."""
    projects.change(postal_address="1 Main Street")
    make_campaign("Cart rescue", codes=3)
    segment = api.post(
        "/v1/segments", {"name": "All", "filter": {"events.seen.count": {"conditions": {"$more_than": ["0"]}}}}
    )
    campaign = Campaign.objects.get()
    body = {
        "name": "Rescue",
        "type": "automatic",
        "trigger": {"event": "customer.segment.entered", "segment_id": segment.json()["id"]},
        "action": {"type": "publish_code", "campaign_id": campaign.public_id},
        "channels": [{"type": "mailbox", "subject": "Dear {{ customer.name }}", "html": "<p>{{ voucher.code }}</p>"}],
    }
    distribution = api.post("/v1/distributions", body).json()
    assert api.post(f"/v1/distributions/{distribution['id']}/live").status_code == 200
    api.post("/v1/events", {"event": "seen", "customer": ADA, "metadata": {"page": "secret knitting"}})
    drain()
    api.put("/v1/customers/ada-source/consents", {"email": True})
    code = Voucher.objects.get(holder__isnull=False).code
    redeemed = {
        "redeemables": [{"object": "voucher", "id": code}],
        "customer": {"source_id": "ada-source"},
        "order": {"amount": 5000, "source_id": "ada-source-order", "metadata": {"gift": "secret knitting"}},
        "metadata": {"said": "secret knitting"},
    }
    assert api.post("/v1/redemptions", redeemed).status_code == 200
    drain()
    return Customer.objects.get()


def everything() -> str:
    """Return all that any table says, in small letters."""
    tables = [name for name in connection.introspection.table_names() if not name.startswith(("django_", "auth_"))]
    with connection.cursor() as cursor:
        found = []
        for table in tables:
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            found += [text for (text,) in cursor.fetchall()]
    return "\n".join(found).lower()


def test_a_deleted_customer_is_nobody_any_more(api: Any, ada: Customer) -> None:
    assert api.delete("/v1/customers/ada-source").status_code == 204
    for answer in (api.get("/v1/customers/ada-source"), api.delete(f"/v1/customers/{ada.public_id}")):
        assert (answer.status_code, answer.json()["resource_type"]) == (404, "customer")
    assert api.get("/v1/customers").json()["customers"] == []
    assert api.put(f"/v1/customers/{ada.public_id}", {"name": "Ghost"}).status_code == 404
    assert api.post("/v1/customers", {"id": ada.public_id, "name": "Ghost"}).status_code == 404
    assert api.get(f"/v1/customers/{ada.public_id}/activity").status_code == 404
    assert not Membership.objects.exists()
    assert Tally.objects.filter(customer=ada).exists(), "her history is counted as it stands"
    assert not PendingEvent.objects.filter(customer_id=ada.pk).exists()


@pytest.mark.parametrize("end", [leaving.delete, leaving.erase])
def test_every_invariant_holds_when_she_is_gone(
    ada: Customer, drain: Callable[[], int], end: Callable[..., object]
) -> None:
    tracking.track(Fact("seen", customer_id=ada.pk))
    end(ada)
    Erasure.objects.update(look_again_at=Now())
    drain()
    assert {name: told for name, told in invariants.check().items() if not told["ok"]} == {}


def test_her_codes_stay_nobodys_else(api: Any, ada: Customer) -> None:
    api.delete("/v1/customers/ada-source")
    voucher = Voucher.objects.get(holder__isnull=False)
    assert voucher.holder_id == ada.pk
    assert Publication.objects.get().customer_id == ada.pk
    assert api.get(f"/v1/vouchers/{voucher.code}").status_code == 200
    assert api.get("/v1/publications").status_code == 200


def test_her_deletion_is_told_once(api: Any, ada: Customer) -> None:
    api.delete("/v1/customers/ada-source")
    assert leaving.delete(ada) is False
    event = Event.objects.get(name="customer.deleted")
    told = {"id": ada.public_id, "object": "customer", "source_id": "ada-source"}
    assert (event.entity_id, event.properties, event.source) == (ada.public_id, {"customer": told}, "API")
    assert event.group_id.startswith("v-")
    assert event.customer_id is None


def test_who_comes_back_is_somebody_new(api: Any, ada: Customer, drain: Callable[[], int]) -> None:
    api.delete("/v1/customers/ada-source")
    again = api.post("/v1/customers", ADA).json()
    drain()
    assert again["id"] != ada.public_id
    created = Tally.objects.filter(event_name="customer.created").order_by("-customer_id")
    assert created[0].customer.public_id == again["id"]


def test_nothing_is_sent_after_her(ada: Customer) -> None:
    Delivery.objects.update(state=Delivery.State.HELD)
    leaving.delete(ada)
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.reason) == ("CANCELLED", "customer_deleted")


def test_the_deleted_match_no_segment(api: Any, ada: Customer) -> None:
    api.delete("/v1/customers/ada-source")
    never = {"filter": {"events.bought.count": {"conditions": {"$is": ["0"]}}}}
    told = api.post("/v1/segments/preview", never).json()
    assert (told["count"], told["total_customers"], told["sample"]) == (0, 0, [])


def test_an_erasure_tells_how_much_it_was(api: Any, ada: Customer) -> None:
    answer = api.post("/v1/customers/ada-source/permanent-deletion")
    told = answer.json()
    assert answer.status_code == 200
    assert told.pop("id").startswith("del_")
    assert told.pop("created_at")
    counts = told.pop("data_json")
    assert told == {
        "related_object_id": ada.public_id,
        "related_object": "customer",
        "status": "DONE",
        "object": "pernament_deletion",
    }
    assert counts["customer"] == counts["segments"] == 1
    assert counts["events"] == counts["customer_events"] >= 5
    assert counts["orders"] == counts["order_events"] == 0


def test_nothing_of_hers_is_left_anywhere(api: Any, ada: Customer, drain: Callable[[], int]) -> None:
    assert all(secret in everything() for secret in SECRETS)
    api.post("/v1/customers/ada-source/permanent-deletion")
    drain()
    left = everything()
    assert [secret for secret in SECRETS if secret in left] == []
    assert Voucher.objects.get(holder__isnull=False).holder_id == ada.pk
    assert Event.objects.filter(name="customer.deleted").count() == 1
    assert Message.objects.get().html == ""
    assert set(Attempt.objects.values_list("detail", flat=True)) <= {""}
    assert not Consent.objects.exists()


def test_who_was_deleted_before_can_still_be_erased(api: Any, ada: Customer) -> None:
    api.delete("/v1/customers/ada-source")
    assert api.post(f"/v1/customers/{ada.public_id}/permanent-deletion").status_code == 200
    left = everything()
    assert [secret for secret in SECRETS if secret in left] == []
    assert Event.objects.filter(name="customer.deleted").count() == 1


def test_erasing_again_answers_the_same(api: Any, ada: Customer) -> None:
    address = f"/v1/customers/{ada.public_id}/permanent-deletion"
    assert api.post(address).json() == api.post(address).json()
    assert api.post("/v1/customers/nobody/permanent-deletion").status_code == 404


def test_the_erased_are_not_written_to_when_an_old_list_comes_in_again(api: Any, ada: Customer) -> None:
    api.post("/v1/customers/ada-source/permanent-deletion")
    assert suppressing.suppressed("email", ["Ada@Secret.example"]) == {"Ada@Secret.example"}
    api.post("/v1/customers", ADA)
    api.put("/v1/customers/ada-source/consents", {"email": True})
    assert suppressing.suppressed("email", ["ada@secret.example"]) == set(), "she asked for it herself"


def test_what_was_under_way_is_erased_a_little_later(api: Any, ada: Customer, drain: Callable[[], int]) -> None:
    api.post(f"/v1/customers/{ada.public_id}/permanent-deletion")
    tracking.track(Fact("seen", customer_id=ada.pk, properties={"page": "secret knitting"}))
    assert not leaving.has_due(Erasure.objects.get().created_at)
    Erasure.objects.update(look_again_at=Now())
    drain()
    assert "knitting" not in everything()
    assert Event.objects.filter(name="customer.deleted").count() == 1
    assert Erasure.objects.get().look_again_at is None


def test_what_was_said_of_her_meanwhile_is_not_written(ada: Customer) -> None:
    known = profiles.parse({"source_id": "ada-source", "name": "Ada Again"})
    leaving.delete(ada)
    assert tracking.identify(known, source="API").customer.pk != ada.pk
    assert Customer.everybody.get(pk=ada.pk).name is None
