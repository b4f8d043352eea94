"""A twin acts on what it accepts, and on nothing else."""

import http.client
import json
from collections.abc import Iterator

import pytest

from tests.twins import server
from tests.twins.server import Answer, Request, Twin, route


class Shelf(Twin):
    """Takes books, for those who may; two at a time."""

    def __init__(self) -> None:
        super().__init__()
        self.books: list[str] = []

    def authenticate(self, request: Request) -> Answer | None:
        return None if request.headers.get("api-key") == "good" else Answer(401, {"error": "who are you?"})

    @route("PUT", "/shelves/{name}")
    def put(self, request: Request) -> Answer:
        self.books.append(f"{request.parts['name']}: {request.body['title']}")
        return Answer(200, {"count": len(self.books)})


@pytest.fixture
def shelf() -> Iterator[Shelf]:
    with Shelf() as twin:
        yield twin


def put(shelf: Shelf, name: str, body: object, key: str = "good") -> tuple[int, object]:
    connection = http.client.HTTPConnection(shelf.url.removeprefix("http://"), timeout=5)
    content = body if isinstance(body, str) else json.dumps(body)
    connection.request("PUT", f"/shelves/{name}?a=1", content, {"api-key": key})
    answer = connection.getresponse()
    words = answer.read()
    connection.close()
    return answer.status, json.loads(words) if words else None


def test_it_acts_on_a_good_request_and_remembers_it(shelf: Shelf) -> None:
    assert put(shelf, "left%20one", {"title": "Emma"}) == (200, {"count": 1})
    assert shelf.books == ["left one: Emma"]
    [call] = shelf.calls("PUT /shelves/*")
    assert (call.query, call.body) == ({"a": "1"}, {"title": "Emma"})


def test_it_refuses_a_stranger_a_place_it_does_not_have_and_bad_json(shelf: Shelf) -> None:
    assert put(shelf, "left", {"title": "Emma"}, key="bad")[0] == 401
    assert put(shelf, "a/b", {"title": "Emma"})[0] == 404
    assert put(shelf, "left", "{")[0] == 400
    assert shelf.books == []
    assert shelf.calls() == []
    assert len(shelf.calls(accepted=False)) == 3


def test_it_can_fail_before_and_after_accepting(shelf: Shelf) -> None:
    shelf.misbehave(
        server.refuses(503),
        server.drops(),
        server.accepts_and_answers(502),
        server.accepts_and_drops(),
        server.accepts_and_stalls(0.01),
    )
    assert put(shelf, "a", {"title": "never"})[0] == 503
    with pytest.raises((ConnectionError, http.client.HTTPException)):
        put(shelf, "a", {"title": "never"})
    assert put(shelf, "a", {"title": "one"})[0] == 502
    for title in ("two", "three"):
        with pytest.raises((ConnectionError, http.client.HTTPException)):
            put(shelf, "a", {"title": title})
    assert shelf.books == ["a: one", "a: two", "a: three"]
    assert put(shelf, "a", {"title": "four"})[0] == 200


def test_a_fault_waits_for_the_request_it_is_meant_for(shelf: Shelf) -> None:
    shelf.misbehave(server.refuses(500, on="PUT /shelves/right"))
    assert put(shelf, "left", {"title": "Emma"})[0] == 200
    assert put(shelf, "right", {"title": "Emma"})[0] == 500


def test_it_limits_the_rate(shelf: Shelf) -> None:
    shelf.rate = (2, 60.0)
    assert [put(shelf, "a", {"title": "Emma"})[0] for _ in range(3)] == [200, 200, 429]
    assert len(shelf.books) == 2
