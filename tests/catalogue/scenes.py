"""Who may act, and what an action is: something done by one way in, and the events that it tells."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tests.conftest import RestClient

# For each event the event that caused it; None where somebody's own doing is the cause; a list where it comes often.
Told = Mapping[str, str | Sequence[str | None] | None]


@dataclass
class Scene:
    """Who may act: a shop's server, a marketer at the screen, and the workers."""

    api: RestClient
    admin: Client
    drain: Callable[[], int]
    # What was prepared and is needed for the action.
    made: dict[str, Any] = field(default_factory=dict)

    def ok(self, answer: Any) -> Any:
        assert answer.status_code in (200, 202, 204, 302), answer.content
        return answer.json() if answer.content and answer.headers["Content-Type"].startswith("application/json") else {}


Act = Callable[[Scene], object]


@dataclass(frozen=True)
class Action:
    """Something done, what it needs beforehand, and what it tells."""

    name: str
    act: Act
    told: Told
    before: Act = lambda scene: None
    # By which way in: what was done tells it, and so does whatever an order of it tells later.
    door: str = "API"

    @property
    def pairs(self) -> list[tuple[str, str | None]]:
        """Return each event with its cause, in order."""
        causes = ((name, [one] if one is None or isinstance(one, str) else one) for name, one in self.told.items())
        return sorted(((name, one) for name, many in causes for one in many), key=str)


def post(path: str, body: object = None) -> Act:
    return lambda scene: scene.ok(scene.api.post(path.format(**scene.made), body))


def put(path: str, body: object = None) -> Act:
    return lambda scene: scene.ok(scene.api.put(path.format(**scene.made), body))


def delete(path: str) -> Act:
    return lambda scene: scene.ok(scene.api.delete(path.format(**scene.made)))


def refused(path: str, body: object = None) -> Act:
    def act(scene: Scene) -> None:
        answer = scene.api.post(path.format(**scene.made), body)
        assert answer.status_code == 400, answer.content

    return act


def sheet(path: str, text: str) -> Act:
    """Send a CSV file over REST."""

    def act(scene: Scene) -> None:
        file = SimpleUploadedFile("sheet.csv", text.encode(), "text/csv")
        scene.ok(scene.api.client.post(path.format(**scene.made), {"file": file}, headers=scene.api.headers))

    return act


def form(page: str, *keys: str, sheet: str | None = None, query: str = "", **fields: Any) -> Act:
    """Send a form of an admin page: a page by its name, the keys by what they were prepared as."""

    def act(scene: Scene) -> None:
        address = reverse(f"admin:{page}", args=[scene.made[key] for key in keys]) + query.format(**scene.made)
        filled = {name: _filled(one, scene.made) for name, one in fields.items()}
        if sheet is not None:
            filled["file"] = SimpleUploadedFile("sheet.csv", sheet.encode(), "text/csv")
        answer = scene.admin.post(address, filled)
        assert answer.status_code in ((200, 302) if sheet else (302,)), answer.content.decode()

    return act


def _filled(value: Any, made: dict[str, Any]) -> Any:
    """Return what a field of a form says, with the names of what was prepared."""
    return [one.format(**made) for one in value] if isinstance(value, list) else value.format(**made)


def both(*acts: Act) -> Act:
    """Do one after the other."""

    def act(scene: Scene) -> None:
        for each in acts:
            each(scene)

    return act
