from datetime import timedelta
from typing import Any

import pytest

from events.clock import database_now
from events.models import Event, Tally

pytestmark = pytest.mark.django_db

CART = {"event": "cart_abandoned", "customer": {"source_id": "alice"}}


def at(**ago: float) -> str:
    return (database_now() - timedelta(**ago)).isoformat()


def stored() -> Event:
    return Event.objects.get(name="cart_abandoned")


def test_an_old_event_counts_by_the_time_it_happened(api: Any) -> None:
    api.post("/v1/events", {**CART, "occurred_at": "2000-01-01T00:00:00Z"})
    assert stored().occurred_at.year == 2000
    assert Tally.objects.get(event_name="cart_abandoned").last_at.year == 2000


def test_a_tally_knows_the_first_and_the_last_whatever_the_order(api: Any) -> None:
    for when in ("2025-03-01T10:00:00Z", "2025-01-01T10:00:00Z", "2025-02-01T10:00:00Z"):
        api.post("/v1/events", {**CART, "occurred_at": when})
    tally = Tally.objects.get(event_name="cart_abandoned")
    assert (tally.count, tally.first_at.month, tally.last_at.month) == (3, 1, 3)


def test_a_little_ahead_is_clamped_and_flagged(api: Any) -> None:
    assert api.post("/v1/events", {**CART, "occurred_at": at(minutes=-4)}).status_code == 200
    assert stored().clock_adjusted
    assert stored().occurred_at == stored().received_at


def test_far_ahead_is_refused(api: Any) -> None:
    assert api.post("/v1/events", {**CART, "occurred_at": at(minutes=-6)}).status_code == 400
    assert not Event.objects.exists()


def test_a_clock_that_is_an_hour_ahead_is_corrected_by_its_own_word(api: Any) -> None:
    said = {**CART, "occurred_at": at(minutes=-50), "sent_at": at(minutes=-60)}
    assert api.post("/v1/events", said).status_code == 200
    behind = stored().received_at - stored().occurred_at
    assert stored().clock_adjusted
    assert timedelta(minutes=9) < behind < timedelta(minutes=11)


def test_a_clock_that_is_nearly_right_is_believed(api: Any) -> None:
    when = at(minutes=30)
    api.post("/v1/events", {**CART, "occurred_at": when, "sent_at": at(minutes=2)})
    assert not stored().clock_adjusted
    assert stored().occurred_at.isoformat() == when


def test_a_time_without_a_zone_is_read_as_utc(api: Any) -> None:
    api.post("/v1/events", {**CART, "occurred_at": "2026-01-02T10:00:00"})
    assert stored().occurred_at.isoformat() == "2026-01-02T10:00:00+00:00"
