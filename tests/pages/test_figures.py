"""The numbers on a distribution's page, each equal to the list that it opens."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from distributions.feedback import receiving
from distributions.feedback.receiving import Report
from distributions.models import Delivery, Distribution
from distributions.telling import figures
from tests.conftest import RestClient
from tests.pages.shop import a_customer, a_live_distribution, an_event, text_of

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
LIST = "/admin/distributions/delivery/"


@pytest.fixture
def busy(drain: Any, api: RestClient) -> Distribution:
    """Four customers: one only got it, one opened, one clicked and bought, one bounced; one more is deleted before."""
    distribution = a_live_distribution()
    for name in ("alice", "bob", "carol", "dave"):
        an_event(a_customer(name), "cart_abandoned")
    drain()
    alice, bob, carol, dave = Delivery.objects.order_by("id")
    told = [(alice, "delivered"), (bob, "opened"), (carol, "clicked"), (dave, "bounced")]
    receiving.take([Report("twin", one.public_id, kind, NOON, one.id) for one, kind in told])
    wanted = [{"object": "voucher", "id": carol.voucher.code}]
    api.post("/v1/redemptions", {"redeemables": wanted, "order": {"amount": 20_000}})
    drain()
    return distribution


def test_each_number_is_that_of_its_list(admin_client: Client, busy: Distribution) -> None:
    counts = figures.of(busy).counts
    assert (counts["entered"], counts["sent"], counts["delivered"], counts["opened"]) == (4, 3, 3, 2)
    assert (counts["clicked"], counts["redeemed"], counts["failed"]) == (1, 1, 1)
    for key, count in counts.items():
        assert Delivery.objects.filter(figures.FATES[key].asks, is_test=False).count() == count, key
        page = admin_client.get(LIST, {"distribution__id__exact": busy.pk, "fate": key})
        assert len(page.context["cl"].result_list) == count, key


def test_the_page_shows_them_with_what_was_earned(admin_client: Client, busy: Distribution) -> None:
    page = text_of(admin_client.get(reverse("admin:distributions_distribution_overview", args=[busy.pk])))
    assert "Revenue less discount" in page
    assert "190.00" in page
    assert "33% of sent" in page


def test_a_tile_opens_those_it_counts(admin_client: Client, busy: Distribution) -> None:
    page = reverse("admin:distributions_distribution_overview", args=[busy.pk])
    clicked = text_of(admin_client.get(page, {"fate": "clicked"}))
    assert ("Carol" in clicked, "Alice" in clicked) == (True, False)
    assert "Carol" in text_of(admin_client.get(page, {"fate": "redeemed"}))


def test_who_was_not_sent_anything_stands_under_the_reason(admin_client: Client, drain: Any) -> None:
    distribution = a_live_distribution(holdout_percent=50)
    for number in range(12):
        an_event(a_customer(f"bob-{number}"), "cart_abandoned")
    drain()
    told = figures.of(distribution)
    held = next(reason for reason in told.reasons if reason.key == "holdout")
    assert (held.words, held.count) == ("Held out for comparison", told.counts["skipped"])
    asked = {"distribution__id__exact": distribution.pk, "fate": "skipped", "reason": "holdout"}
    assert len(admin_client.get(LIST, asked).context["cl"].result_list) == held.count
    page = text_of(admin_client.get(reverse("admin:distributions_distribution_overview", args=[distribution.pk])))
    assert "reason=holdout" in page


def test_a_message_tells_what_came_back(admin_client: Client, busy: Distribution) -> None:
    delivery = Delivery.objects.order_by("id")[1]
    page = text_of(admin_client.get(reverse("admin:distributions_delivery_change", args=[delivery.pk])))
    assert ("What came back" in page, "Opened" in page) == (True, True)


def test_however_many_there_are_the_statements_are_as_many(busy: Distribution, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(3):
        figures.of(busy)


def test_the_api_counts_as_the_page_does(api: RestClient, busy: Distribution) -> None:
    told = api.get(f"/v1/distributions/{busy.public_id}/statistics").json()
    assert told["counts"] == figures.of(busy).counts
    assert (told["revenue"], told["discount"], told["gain"]) == (20_000, 1_000, 19_000)


def test_very_many_are_counted_once_for_whoever_looks_meanwhile(
    busy: Distribution, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    monkeypatch.setattr(figures, "LARGE", 3)
    monkeypatch.setattr(figures, "_kept", {})
    first = figures.of(busy)
    with django_assert_num_queries(0):
        assert figures.of(busy) == first
    monkeypatch.setattr(figures, "_kept", {})
    with django_assert_num_queries(3):
        assert figures.of(busy) == first
