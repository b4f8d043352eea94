"""The inputs that break careless servers, each with the answer it deserves; none stores anything."""

import json
from typing import Any

import pytest
from django.test import Client

from events.models import Event

pytestmark = pytest.mark.django_db

BEGIN = b'{"event": "cart_abandoned", "customer": {"source_id": "alice"}, "metadata": '


def event(**changes: Any) -> bytes:
    said = {"event": "cart_abandoned", "customer": {"source_id": "alice"}, **changes}
    return json.dumps(said).encode()


def of_customer(**said: Any) -> bytes:
    return event(customer={"source_id": "alice", **said})


BODIES = {
    "nesting 2,000 deep": BEGIN + b"[" * 2000 + b"]" * 2000 + b"}",
    "nesting 990 deep": BEGIN + b'{"a":' * 990 + b"1" + b"}" * 990 + b"}",
    "nesting 40 deep": BEGIN + b'{"a":' * 40 + b"1" + b"}" * 40 + b"}",
    "lone surrogate": BEGIN + b'{"a": "\\ud800"}}',
    "nul escape": BEGIN + b'{"a": "x\\u0000"}}',
    "nul escape deep": BEGIN + b'{"a": [{"b": "x\\u0000"}]}}',
    "nul escape in a key": BEGIN + b'{"a\\u0000": 1}}',
    "raw nul": BEGIN + b'{"a": "\x00"}}',
    "overflowing number": BEGIN + b'{"a": 1e400}}',
    "NaN": BEGIN + b'{"a": NaN}}',
    "Infinity": BEGIN + b'{"a": Infinity}}',
    "integer of 20 digits": BEGIN + b'{"a": 12345678901234567890}}',
    "integer of 5,000 digits": BEGIN + b'{"a": ' + b"1" * 5000 + b"}}",
    "integer over 2^53": BEGIN + b'{"a": 9007199254740993}}',
    "invalid UTF-8": BEGIN + b'{"a": "\xff"}}',
    "byte order mark": b"\xef\xbb\xbf" + event(),
    "UTF-16": event().decode().encode("utf-16"),
    "duplicate key": BEGIN + b'{"a": 1, "a": 2}}',
    "duplicate key with blanks": BEGIN + b'{"a" : 1, "a"\n: 2}}',
    "duplicate key at the top": b'{"event": "x", "event": "y", "customer": {"source_id": "alice"}}',
    "null": b"null",
    "list": b"[]",
    "text": b'"x"',
    "number": b"1",
    "blank": b" ",
    "rubbish": b"{",
    "trailing rubbish": event() + b"x",
    "no event": b'{"customer": {"source_id": "alice"}}',
    "no customer": b'{"event": "cart_abandoned"}',
    "customer null": event(customer=None),
    "customer text": event(customer="alice"),
    "customer without id": event(customer={"email": "alice@shop.example"}),
    "event a number": event(event=7),
    "event empty": event(event=""),
    "event too long": event(event="x" * 301),
    "event with a newline": event(event="cart\nabandoned"),
    "event climbing": event(event="../etc"),
    "metadata a list": event(metadata=[1]),
    "metadata a text": event(metadata="x"),
    "300 keys": event(metadata={f"k{n}": n for n in range(300)}),
    "long key": event(metadata={"k" * 129: 1}),
    "long text": event(metadata={"a": "x" * 4097}),
    "long text deep": event(metadata={"a": [{"b": "x" * 4097}]}),
    "source id too long": of_customer(source_id="x" * 256),
    "source id a number": of_customer(source_id=7),
    "source id climbing": of_customer(source_id="../admin"),
    "source id with a direction override": of_customer(source_id="al\u202eice"),
    "source id with a zero width": of_customer(source_id="ali\u200bce"),
    "source id with a control": of_customer(source_id="ali\u0007ce"),
    "name with a newline": of_customer(name="Alice\r\nBcc: bob@shop.example"),
    "name a list": of_customer(name=["Alice"]),
    "e-mail without at": of_customer(email="alice"),
    "e-mail with a newline": of_customer(email="alice@shop.example\nBcc: bob@shop.example"),
    "e-mail with two": of_customer(email="a@shop.example,b@shop.example"),
    "phone of letters": of_customer(phone="call me"),
    "birthdate of nowhere": of_customer(birthdate="1990-02-31"),
    "birthdate with time": of_customer(birthdate="1990-02-01T00:00:00Z"),
    "address a text": of_customer(address="Lange 1"),
    "city a number": of_customer(address={"city": 7}),
    "customer metadata a list": of_customer(metadata=[1]),
    "occurred in the year 9999": event(occurred_at="9999-12-31T23:59:00-14:00"),
    "occurred in the year 1": event(occurred_at="0001-01-01T00:00:00+14:00"),
    "occurred before 2000": event(occurred_at="1999-12-31T23:59:59Z"),
    "occurred in 2099": event(occurred_at="2099-01-01T00:00:00Z"),
    "occurred infinitely": event(occurred_at="infinity"),
    "occurred a number": event(occurred_at=1767225600),
    "occurred a day": event(occurred_at="2026-01-01"),
    "sent_at unreadable": event(sent_at="yesterday"),
    "message id too long": event(message_id="x" * 256),
    "message id a number": event(message_id=7),
    "message id empty": event(message_id=""),
    "referral without a code": event(referral={}),
    "loyalty a text": event(loyalty="x"),
}


def send(api: Any, body: bytes, content_type: str = "application/json", **headers: str) -> Any:
    given = {**api.headers, **headers}
    return Client().generic("POST", "/v1/events", body, content_type=content_type, headers=given)


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
def test_bad_input_is_refused_with_the_error_body(api: Any, body: bytes) -> None:
    answer = send(api, body)
    told = answer.json()
    assert (answer.status_code, told["code"], told["key"]) == (400, 400, "invalid_payload")
    assert told["message"]
    assert told["request_id"].startswith("v-")
    assert not Event.objects.exists()


@pytest.mark.parametrize(
    ("content_type", "headers"),
    [
        pytest.param("text/plain", {}, id="text"),
        pytest.param("application/x-www-form-urlencoded", {}, id="form"),
        pytest.param("", {}, id="missing"),
        pytest.param("application/json; charset=utf-16", {}, id="utf-16"),
        pytest.param("application/json; charset=utf-7", {}, id="utf-7"),
        pytest.param("application/json", {"Content-Encoding": "gzip"}, id="gzip"),
    ],
)
def test_a_form_that_is_not_read_is_refused(api: Any, content_type: str, headers: dict[str, str]) -> None:
    answer = send(api, event(), content_type, **headers)
    assert (answer.status_code, answer.json()["code"]) == (415, 415)


def test_a_charset_of_utf_8_is_read(api: Any) -> None:
    assert send(api, event(), "application/json; charset=UTF-8").status_code == 200


@pytest.mark.parametrize("size", [33_000, 3_000_000], ids=["over the event's limit", "over the framework's"])
def test_a_body_that_is_too_large_is_refused(api: Any, size: int) -> None:
    answer = send(api, event(metadata={"a": "x" * size}))
    assert (answer.status_code, answer.json()["statusCode"]) == (413, 413)


def test_an_item_that_is_too_large_spoils_only_itself(api: Any) -> None:
    large = {
        "event": "cart_abandoned",
        "customer": {"source_id": "bob"},
        "metadata": {str(n): "x" * 4000 for n in range(9)},
    }
    body = {"events": [large, json.loads(event())]}
    results = api.post("/v1/events/batch", body).json()["results"]
    assert [result["status"] for result in results] == ["rejected", "accepted"]
    assert results[0]["error"]["code"] == 413


@pytest.mark.parametrize("verb", ["GET", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_another_verb_is_not_allowed(api: Any, verb: str) -> None:
    answer = Client().generic(verb, "/v1/events", headers=api.headers)
    assert (answer.status_code, answer["Allow"]) == (405, "POST")


def test_an_overriding_header_changes_no_verb(api: Any) -> None:
    assert send(api, event(), **{"X-HTTP-Method-Override": "DELETE"}).status_code == 200


@pytest.mark.parametrize("key", ["__proto__", "constructor", "_connector", "a__gte", "' OR 1=1 --", "{{7*7}}"])
def test_a_strange_key_is_only_a_key(api: Any, key: str) -> None:
    answer = send(api, event(metadata={key: "x"}))
    assert answer.json()["metadata"] == {key: "x"}


def test_twins_of_one_id_are_one_customer(api: Any) -> None:
    first = send(api, of_customer(source_id="caf\u00e9")).json()
    second = send(api, of_customer(source_id="cafe\u0301")).json()
    assert first["customer"]["id"] == second["customer"]["id"]


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({}, id="none"),
        pytest.param({"X-App-Id": "x", "X-App-Token": "y"}, id="unknown"),
        pytest.param({"X-App-Id": "\u20ac", "X-App-Token": "\u20ac"}, id="not ascii"),
    ],
)
def test_a_caller_without_a_valid_key_is_nobody(db: None, headers: dict[str, str]) -> None:
    answer = Client().generic("POST", "/v1/events", event(), content_type="application/json", headers=headers)
    assert (answer.status_code, answer.json()["key"]) == (401, "unauthorized")
