"""The load generator's requests are what the API documents, and every event has an id of its own."""

import json

from benchmarks.load import Plan, _request


def test_a_batch_carries_events_of_fresh_customers() -> None:
    request, customers = _request(Plan(port=1, events=250, prefix="turn", batch=100), first=200)
    body = json.loads(request.partition(b"\r\n\r\n")[2])
    assert len(body["events"]) == 50
    assert customers[0] == body["events"][0]["customer"]["source_id"] == "turn-200"
    assert len({event["message_id"] for event in body["events"]}) == 50


def test_known_customers_are_drawn_from_the_base() -> None:
    _, customers = _request(Plan(port=1, events=100, prefix="turn", batch=100, known_customers=3), first=0)
    assert set(customers) == {"known-0", "known-1", "known-2"}
