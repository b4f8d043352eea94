"""Braze's REST API, as its documentation says it answers.

- https://www.braze.com/docs/api/endpoints/user_data/post_user_track: 201 with counts; an object that is wrong is left
  out and named in `errors` while the others are taken. Each event is one more event: nothing tells duplicates apart.
- https://www.braze.com/docs/api/endpoints/export/user_data/post_users_identifier: a profile, to read it back.
- https://www.braze.com/docs/api/endpoints/custom_attributes/get_custom_attributes and .../events/get_custom_events:
  the names that a workspace knows.
- https://www.braze.com/docs/api/errors and https://www.braze.com/docs/api/api_limits: refusals and limits. A key works
  only for the endpoints that it was given.
"""

import time
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tests.twins.server import Answer, Request, Twin, route

MOST_OBJECTS = 75
LONGEST = 255
ENDPOINTS = {
    "/users/track": "users.track", "/users/export/ids": "users.export.ids",
    "/custom_attributes": "custom_attributes.get", "/events": "events.get",
}  # fmt: skip
STANDARD = frozenset({
    "country", "current_location", "date_of_first_session", "date_of_last_session", "dob", "email", "email_subscribe",
    "first_name", "last_name", "gender", "home_city", "image_url", "language", "phone", "push_subscribe", "push_tokens",
    "time_zone", "subscription_groups",
})  # fmt: skip


@dataclass
class Profile:
    external_id: str
    standard: dict[str, Any] = field(default_factory=dict)
    custom: dict[str, Any] = field(default_factory=dict)
    events: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)


class BrazeTwin(Twin):
    """One workspace. `profiles` by `external_id`, `permissions` of the key."""

    def __init__(self, key: str = "b" * 36) -> None:
        super().__init__()
        self.key = key
        self.permissions = set(ENDPOINTS.values())
        self.profiles: dict[str, Profile] = {}

    # What a test asks.

    def events_of(self, external_id: str, name: str = "") -> list[tuple[str, str, dict[str, Any]]]:
        found = self.profiles[external_id].events if external_id in self.profiles else []
        return [event for event in found if not name or event[0] == name]

    # What Braze says of its own.

    def authenticate(self, request: Request) -> Answer | None:
        scheme, _, key = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or key != self.key:
            return Answer(401, {"message": f"Invalid API key: {key}"})
        if ENDPOINTS.get(request.path, "") not in self.permissions:
            return Answer(401, {"message": "This API key does not have permission to access this endpoint"})
        return None

    def not_found(self, request: Request) -> Answer:
        return Answer(404, {"message": "Not Found"})

    def too_many(self, retry_after: int) -> Answer:
        reset = str(int(time.time()) + retry_after)
        headers = {"X-RateLimit-Limit": "3000", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": reset}
        return Answer(429, {"message": "Rate limit exceeded"}, headers)

    def not_json(self, request: Request) -> Answer:
        return Answer(400, {"message": "Bad Request", "errors": ["The request body is not JSON."]})

    # What it does.

    @route("POST", "/users/track")
    def track(self, request: Request) -> Answer:
        if "application/json" not in request.headers.get("content-type", ""):
            return Answer(400, {"message": "Bad Request: Content-Type must be application/json"})
        said = request.body if isinstance(request.body, dict) else {}
        attributes, events = said.get("attributes") or [], said.get("events") or []
        if not attributes and not events:
            words = "Valid data must be provided in the 'attributes', 'events', or 'purchases' fields."
            return Answer(400, {"message": words})
        if len(attributes) + len(events) > MOST_OBJECTS:
            return Answer(400, {"message": f"'attributes' and 'events' may have at most {MOST_OBJECTS} objects."})
        errors = [
            {"type": words, "input_array": name, "index": place}
            for name, rows, judge in (("attributes", attributes, _problem_with_attributes), ("events", events, _problem_with_event))
            for place, row in enumerate(rows)
            if (words := judge(row))
        ]  # fmt: skip
        wrong = {(each["input_array"], each["index"]) for each in errors}
        for place, row in enumerate(attributes):
            if ("attributes", place) not in wrong:
                self._write(row)
        for place, row in enumerate(events):
            if ("events", place) not in wrong:
                self._profile(row).events.append((row["name"], row["time"], row.get("properties") or {}))
        counted = {
            "attributes_processed": len(attributes) - sum(name == "attributes" for name, _ in wrong),
            "events_processed": len(events) - sum(name == "events" for name, _ in wrong),
        }
        told = {name: count for name, count in counted.items() if said.get(name.removesuffix("_processed"))}
        return Answer(201, {**told, **({"errors": errors} if errors else {}), "message": "success"})

    @route("POST", "/users/export/ids")
    def export(self, request: Request) -> Answer:
        said = request.body if isinstance(request.body, dict) else {}
        asked = said.get("external_ids")
        if not isinstance(asked, list) or not asked or len(asked) > 50:
            return Answer(400, {"message": "'external_ids' must be an array of 1 to 50 strings"})
        fields = said.get("fields_to_export")
        found = [_exported(self.profiles[each], fields) for each in asked if each in self.profiles]
        unknown = [each for each in asked if each not in self.profiles]
        return Answer(201, {"message": "success", "users": found, **({"invalid_user_ids": unknown} if unknown else {})})

    @route("GET", "/custom_attributes")
    def custom_attributes(self, request: Request) -> Answer:
        names = sorted({name for profile in self.profiles.values() for name in profile.custom})
        rows = [
            {"name": name, "description": None, "data_type": "String (Automatically Detected)", "status": "Active"}
            for name in names
        ]
        return Answer(200, {"message": "success", "attributes": rows})

    @route("GET", "/events")
    def list_events(self, request: Request) -> Answer:
        names = sorted({event[0] for profile in self.profiles.values() for event in profile.events})
        rows = [
            {"name": name, "description": None, "included_in_analytics_report": False, "status": "Active"}
            for name in names
        ]
        return Answer(200, {"message": "success", "events": rows})

    def _profile(self, row: dict[str, Any]) -> Profile:
        return self.profiles.setdefault(row["external_id"], Profile(row["external_id"]))

    def _write(self, row: dict[str, Any]) -> None:
        profile = self._profile(row)
        for name, value in row.items():
            if name not in {"external_id", "_update_existing_only"}:
                (profile.standard if name in STANDARD else profile.custom)[name] = value


def _problem_with_attributes(row: Any) -> str:
    if (words := _problem_with_id(row)) is not None:
        return words
    for name, value in row.items():
        if len(name) > LONGEST or name.startswith("$"):
            return f"The attribute name '{name[:40]}' is invalid"
        if isinstance(value, str) and len(value) > LONGEST:
            return f"The value of '{name}' is too long"
        if isinstance(value, dict) and name not in STANDARD and not value:
            return f"The value of '{name}' is invalid"
    return ""


def _problem_with_event(row: Any) -> str:
    if (words := _problem_with_id(row)) is not None:
        return words
    if not isinstance(row.get("name"), str) or not row["name"] or len(row["name"]) > LONGEST:
        return "'name' is invalid"
    try:
        at = datetime.fromisoformat(row.get("time"))
    except (TypeError, ValueError):
        return "'time' is not a valid ISO 8601 date"
    if at.tzinfo is None:
        return "'time' is not a valid ISO 8601 date"
    return "" if isinstance(row.get("properties") or {}, dict) else "'properties' is invalid"


def _problem_with_id(row: Any) -> str | None:
    if not isinstance(row, dict):
        return "The object is invalid"
    known = row.get("external_id")
    if not isinstance(known, str) or not known:
        return "One of 'external_id', 'user_alias', 'braze_id', 'email' or 'phone' is required"
    return "The provided external_id is too long" if len(known) > 997 else None


def _exported(profile: Profile, fields: list[str] | None) -> dict[str, Any]:
    counted: dict[str, list[str]] = {}
    for name, at, _ in profile.events:
        counted.setdefault(name, []).append(at)
    whole = {
        "external_id": profile.external_id,
        "braze_id": f"{abs(hash(profile.external_id)):024x}",
        **profile.standard,
        "custom_attributes": dict(profile.custom),
        "custom_events": [
            {"name": name, "first": min(times), "last": max(times), "count": len(times)}
            for name, times in counted.items()
        ],
    }
    return {name: value for name, value in whole.items() if fields is None or name in fields}
