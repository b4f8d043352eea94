"""Intercom's REST API, version 2.11, as its reference and its published OpenAPI description say it answers.

- Contacts: https://developers.intercom.com/docs/references/2.11/rest-api/api.intercom.io/contacts (search, create,
  update, read). A new contact may not be found by a search for minutes; creating one that exists is a conflict.
- Data attributes: https://developers.intercom.com/docs/references/2.11/rest-api/api.intercom.io/data-attributes.
- Events: .../data-events; the same user, name, `created_at` and metadata is one event.
- Messages: .../messages. Errors: .../errors, an `error.list`; limits: .../errors/rate-limiting.
"""

import itertools
import re
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

from tests.twins.server import Answer, Request, Twin, route

VERSIONS = {"2.7", "2.8", "2.9", "2.10", "2.11", "2.12", "2.13", "2.14", "2.15", "2.16"}
TYPES = {"string", "integer", "float", "boolean", "datetime", "date"}
MOST_ATTRIBUTES = 250
LONGEST_VALUE = 255
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_ATTRIBUTE = re.compile(r"[\w $€£¥-]{1,190}")
_ids = itertools.count(1)


@dataclass
class Contact:
    id: str
    external_id: str | None
    email: str | None
    phone: str | None = None
    name: str | None = None
    role: str = "user"
    custom_attributes: dict[str, Any] = field(default_factory=dict)
    is_searchable: bool = True


@dataclass(frozen=True)
class DataEvent:
    contact_id: str
    name: str
    created_at: int
    metadata: tuple[tuple[str, Any], ...]


class IntercomTwin(Twin):
    """One workspace. `contacts`, `attributes`, `events` (each once) and `messages` are what it holds."""

    def __init__(self, token: str = "dG9rOmludGVyY29t") -> None:
        super().__init__()
        self.token = token
        self.contacts: list[Contact] = []
        self.attributes: dict[str, dict[str, Any]] = {}
        self.events: list[DataEvent] = []
        self.messages: list[dict[str, Any]] = []
        self.admins = {"991267390": "Ada", "991267391": "Ben"}
        # The ids of contacts made a moment ago: nobody can write to them yet.
        self.unreachable: set[str] = set()
        # New contacts are not found by searching yet.
        self.search_lags = False

    # What a test arranges and asks.

    def has_contact(self, external_id: str | None = None, email: str | None = None, **more: Any) -> Contact:
        made = Contact(f"{next(_ids):024x}", external_id, email, **more)
        self.contacts.append(made)
        return made

    def has_attribute(self, name: str, data_type: str = "string", **more: Any) -> None:
        self.attributes[name] = {
            "id": len(self.attributes) + 1, "type": "data_attribute", "model": "contact", "name": name,
            "full_name": f"custom_attributes.{name}", "label": name, "data_type": data_type, "api_writable": True,
            "ui_writable": False, "messenger_writable": False, "custom": True, "archived": False, **more,
        }  # fmt: skip

    def contact(self, external_id: str) -> Contact | None:
        return next((one for one in self.contacts if one.external_id == external_id), None)

    # What Intercom says of its own.

    def authenticate(self, request: Request) -> Answer | None:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            return problem(401, "token_not_found", "Access Token not found")
        if token != self.token:
            return problem(401, "unauthorized", "Access Token Invalid")
        if request.headers.get("intercom-version", "2.11") not in VERSIONS:
            return problem(400, "intercom_version_invalid", "The requested version could not be found")
        return None

    def not_found(self, request: Request) -> Answer:
        return problem(404, "not_found", "Resource Not Found")

    def too_many(self, retry_after: int) -> Answer:
        headers = {
            "X-RateLimit-Limit": "167", "X-RateLimit-Remaining": "0",
            "X-RateLimit-Reset": str(int(time.time()) + retry_after),
        }  # fmt: skip
        return problem(429, "rate_limit_exceeded", "Exceeded rate limit of 167 in 10_seconds", headers)

    def not_json(self, request: Request) -> Answer:
        return problem(400, "bad_request", "bad 'application/json' body")

    # What it does.

    @route("GET", "/me")
    def me(self, request: Request) -> Answer:
        app = {"type": "app", "id_code": "abc123", "name": "Shop", "region": "US"}
        return Answer(
            200, {"type": "admin", "id": "991267390", "email": "admin@shop.example", "name": "Ada", "app": app}
        )

    @route("GET", "/admins")
    def list_admins(self, request: Request) -> Answer:
        more = {"away_mode_enabled": False, "away_mode_reassign": False, "has_inbox_seat": True, "team_ids": []}
        return Answer(200, {"type": "admin.list", "admins": [
            {"type": "admin", "id": key, "name": name, "email": f"{name.lower()}@shop.example", **more}
            for key, name in self.admins.items()
        ]})  # fmt: skip

    @route("POST", "/contacts/search")
    def search(self, request: Request) -> Answer:
        query = (request.body or {}).get("query")
        if not isinstance(query, dict):
            return problem(400, "parameter_not_found", "query is required")
        found = [one for one in self.contacts if one.is_searchable and _holds(query, one)]
        pages = {"type": "pages", "page": 1, "per_page": 50, "total_pages": 1}
        rows = [self._resource(one) for one in found[:50]]
        return Answer(200, {"type": "list", "data": rows, "total_count": len(found), "pages": pages})

    @route("POST", "/contacts")
    def create(self, request: Request) -> Answer:
        said = request.body
        if not isinstance(said, dict) or not (said.get("email") or said.get("external_id") or said.get("role")):
            return problem(400, "parameter_not_found", "Email, external_id or role is required")
        refusal = self._problem_with(said, None)
        if refusal is not None:
            return refusal
        made = self.has_contact(said.get("external_id"), said.get("email"), role=said.get("role", "user"))
        made.is_searchable = not self.search_lags
        self._write(made, said)
        return Answer(200, self._resource(made))

    @route("PUT", "/contacts/{contact}")
    def update(self, request: Request) -> Answer:
        found = self._find(request.parts["contact"])
        if found is None:
            return problem(404, "not_found", "User Not Found")
        said = request.body if isinstance(request.body, dict) else {}
        refusal = self._problem_with(said, found)
        if refusal is not None:
            return refusal
        self._write(found, said)
        return Answer(200, self._resource(found))

    @route("GET", "/contacts/{contact}")
    def read(self, request: Request) -> Answer:
        found = self._find(request.parts["contact"])
        return Answer(200, self._resource(found)) if found else problem(404, "not_found", "User Not Found")

    @route("GET", "/data_attributes")
    def list_attributes(self, request: Request) -> Answer:
        return Answer(200, {"type": "list", "data": list(self.attributes.values())})

    @route("POST", "/data_attributes")
    def create_attribute(self, request: Request) -> Answer:
        said = request.body if isinstance(request.body, dict) else {}
        name = said.get("name")
        if said.get("model") not in {"contact", "company"}:
            words = "The Data Attribute model field must be either contact or company"
            return problem(400, "parameter_invalid", words)
        if said.get("data_type") not in TYPES:
            return problem(400, "parameter_invalid", "Data Type isn't an option")
        if not isinstance(name, str) or not _ATTRIBUTE.fullmatch(name):
            words = (
                "Your name for this attribute must only contain alphanumeric characters, currency symbols, and hyphens"
            )
            return problem(400, "parameter_invalid", words)
        if name in self.attributes:
            words = (
                f"You already have '{name}' in your people data. To save this as new people data, use a different name."
            )
            return problem(400, "parameter_invalid", words)
        if len(self.attributes) >= MOST_ATTRIBUTES:
            return problem(400, "parameter_invalid", "You have reached the limit of 250 custom attributes")
        self.has_attribute(name, said["data_type"])
        return Answer(200, self.attributes[name])

    @route("POST", "/events")
    def submit(self, request: Request) -> Answer:
        said = request.body if isinstance(request.body, dict) else {}
        name, at = said.get("event_name"), said.get("created_at")
        if not isinstance(name, str) or not name or "." in name or "$" in name:
            return problem(400, "parameter_invalid", "event_name is invalid")
        if isinstance(at, bool) or not isinstance(at, int) or not 0 < at < 10**11:
            return problem(400, "parameter_invalid", "created_at must be a UNIX timestamp")
        found = next((one for one in self.contacts if _is_named(one, said)), None)
        if found is None:
            return problem(404, "not_found", "User Not Found")
        metadata = said.get("metadata") or {}
        if not isinstance(metadata, dict) or len(metadata) > 20:
            return problem(400, "parameter_invalid", "metadata is invalid")
        event = DataEvent(found.id, name, at, tuple(sorted((key, str(value)) for key, value in metadata.items())))
        if event not in self.events:
            self.events.append(event)
        return Answer(202)

    @route("POST", "/messages")
    def message(self, request: Request) -> Answer:
        said = request.body if isinstance(request.body, dict) else {}
        kind = said.get("message_type")
        if kind not in {"in_app", "email"}:
            return problem(400, "parameter_invalid", "message_type is invalid")
        if not said.get("body"):
            return problem(400, "parameter_invalid", "Body is required")
        if kind == "email" and not said.get("subject"):
            return problem(422, "parameter_not_found", "No subject supplied for email message")
        if kind == "email" and said.get("template") not in {"plain", "personal"}:
            return problem(400, "parameter_invalid", "template is invalid")
        sender = said.get("from") or {}
        if sender.get("type") != "admin" or str(sender.get("id")) not in self.admins:
            return problem(400, "parameter_invalid", "from is invalid")
        to = said.get("to") or {}
        found = self._find(str(to.get("id")))
        if found is None or found.id in self.unreachable or found.role != to.get("type"):
            return problem(404, "not_found", "User Not Found")
        self.messages.append(said)
        owner = {"type": "admin", "id": str(sender["id"]), "name": self.admins[str(sender["id"])]}
        subject = {"subject": said["subject"]} if kind == "email" else {}
        return Answer(200, {
            "type": "admin_message", "id": str(len(self.messages)), "created_at": int(time.time()), **subject,
            "body": said["body"], "message_type": kind.replace("_", ""), "owner": owner,
        })  # fmt: skip

    def _find(self, contact_id: str) -> Contact | None:
        return next((one for one in self.contacts if one.id == contact_id), None)

    def _problem_with(self, said: dict[str, Any], mine: Contact | None) -> Answer | None:
        if said.get("email") is not None and not _EMAIL.fullmatch(str(said["email"])):
            return problem(400, "parameter_invalid", "email is invalid")
        custom = said.get("custom_attributes") or {}
        if not isinstance(custom, dict):
            return problem(400, "parameter_invalid", "custom_attributes is invalid")
        for name, value in custom.items():
            known = self.attributes.get(name)
            if known is None or known["archived"]:
                return problem(400, "parameter_invalid", f"Custom attribute '{name}' does not exist")
            if not _fits(known["data_type"], value):
                words = f"Custom attribute '{name}' should be of type {known['data_type']}"
                return problem(400, "parameter_invalid", words)
        return self._conflict(said, mine)

    def _conflict(self, said: dict[str, Any], mine: Contact | None) -> Answer | None:
        for one in self.contacts:
            same_id = said.get("external_id") is not None and one.external_id == said["external_id"]
            # Two users may share an address; a lead and a user may not.
            same_email = said.get("email") and one.email == said["email"] and (one.external_id is None) == (
                said.get("external_id") is None)  # fmt: skip
            if one is not mine and (same_id or (mine is None and same_email and not one.external_id)):
                return problem(409, "conflict", f"A contact matching those details already exists with id={one.id}")
        return None

    def _write(self, contact: Contact, said: dict[str, Any]) -> None:
        for name in ("external_id", "email", "phone", "name"):
            if said.get(name) is not None:
                setattr(contact, name, said[name])
        contact.custom_attributes.update(said.get("custom_attributes") or {})

    def _resource(self, contact: Contact) -> dict[str, Any]:
        values = {name: contact.custom_attributes.get(name) for name in self.attributes}
        return {
            "type": "contact", "id": contact.id, "workspace_id": "abc123", "external_id": contact.external_id,
            "role": contact.role, "email": contact.email, "phone": contact.phone, "name": contact.name,
            "custom_attributes": values, "unsubscribed_from_emails": False,
        }  # fmt: skip


def problem(status: int, code: str, message: str, headers: dict[str, str] | None = None) -> Answer:
    errors = [{"code": code, "message": message}]
    return Answer(status, {"type": "error.list", "request_id": str(uuid.uuid4()), "errors": errors}, headers or {})


def _holds(query: dict[str, Any], contact: Contact) -> bool:
    """Judge a filter as far as it is used: equality, and groups of it."""
    operator, value = query.get("operator"), query.get("value")
    if operator == "AND":
        return all(_holds(each, contact) for each in value or ())
    if operator == "OR":
        return any(_holds(each, contact) for each in value or ())
    if operator != "=" or query.get("field") not in {"external_id", "email", "phone", "id"}:
        raise ValueError(query)
    return getattr(contact, query["field"]) == value


def _is_named(contact: Contact, said: dict[str, Any]) -> bool:
    if said.get("id"):
        return contact.id == said["id"]
    if said.get("user_id"):
        return contact.external_id == said["user_id"]
    return bool(said.get("email")) and contact.email == said["email"]


def _fits(data_type: str, value: Any) -> bool:
    if value is None:
        return True
    kinds: dict[str, type | tuple[type, ...]] = {
        "string": str, "integer": int, "float": (int, float), "boolean": bool, "date": int, "datetime": int,
    }  # fmt: skip
    if data_type == "string":
        return isinstance(value, str) and len(value) <= LONGEST_VALUE
    return isinstance(value, kinds[data_type]) and (data_type == "boolean" or not isinstance(value, bool))
