"""Mailchimp's Marketing API 3.0, as far as members, merge fields and tags go.

Written from Mailchimp's published reference:
- https://mailchimp.com/developer/marketing/api/list-members/add-or-update-list-member/ and .../get-member-info/
- https://mailchimp.com/developer/marketing/api/list-member-tags/add-or-remove-member-tags/
- https://mailchimp.com/developer/marketing/api/list-merges/ and https://mailchimp.com/developer/marketing/docs/merge-fields/
- https://mailchimp.com/developer/marketing/api/lists/, .../list-tags/search-for-tags-on-a-list-by-name/, .../ping/
- https://mailchimp.com/developer/marketing/docs/errors/ (the error document and the glossary: API Key Invalid, Forgotten
  Email Not Subscribed, Invalid Resource, Member In Compliance State, Resource Not Found, Too Many Requests)
- https://mailchimp.com/developer/marketing/docs/fundamentals/ (basic and bearer authentication, ten simultaneous connections)
- the Swagger description https://api.mailchimp.com/schema/3.0/Swagger.json (names, types and enumerations of fields)
"""

import base64
import hashlib
import re
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.twins.server import Answer, Request, Twin, route

STATUSES = ("subscribed", "unsubscribed", "cleaned", "pending", "transactional")
MERGE_TYPES = ("text", "number", "address", "phone", "date", "url", "imageurl", "radio", "dropdown", "birthday", "zip")
MOST_MERGE_FIELDS = 80
TAG_LENGTH = 10
TEXT_BYTES = 255
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}.*|\d{1,2}/\d{1,2}(/\d{4})?")


@dataclass
class Member:
    email: str
    status: str
    merge_fields: dict[str, Any] = field(default_factory=dict)
    tags: list[str] = field(default_factory=list)


@dataclass
class Audience:
    id: str
    name: str
    merge_fields: dict[str, dict[str, Any]] = field(default_factory=dict)
    members: dict[str, Member] = field(default_factory=dict)
    tags: list[str] = field(default_factory=list)


def hash_of(email: str) -> str:
    return hashlib.md5(email.lower().encode(), usedforsecurity=False).hexdigest()


class MailchimpTwin(Twin):
    """One account with one API key and, to begin with, one audience that knows FNAME and LNAME."""

    def __init__(self, api_key: str = "0123456789abcdef0123456789abcdef-us21", list_id: str = "a1b2c3d4e5") -> None:
        super().__init__()
        self.api_key, self.list_id = api_key, list_id
        self.audiences = {list_id: Audience(list_id, "Shop customers")}
        self.in_compliance_state: set[str] = set()
        self.forgotten: set[str] = set()
        self.started_automations: list[tuple[str, str]] = []
        for tag, name in (("FNAME", "First Name"), ("LNAME", "Last Name")):
            self.has_merge_field(tag, name=name)

    # What a test arranges and asks.

    @property
    def audience(self) -> Audience:
        return self.audiences[self.list_id]

    def has_merge_field(self, tag: str, kind: str = "text", name: str = "", *, required: bool = False) -> None:
        self._keep_merge_field(self.audience, {"tag": tag, "name": name or tag, "type": kind, "required": required})

    def has_member(self, email: str, status: str = "subscribed", **merge_fields: Any) -> None:
        self.audience.members[hash_of(email)] = Member(email, status, merge_fields)

    def member(self, email: str) -> Member | None:
        return self.audience.members.get(hash_of(email))

    def upserts(self, email: str = "") -> list[Request]:
        """Return the accepted upserts, of one address where one is given."""
        found = self.calls("PUT /3.0/lists/*/members/*")
        return [call for call in found if not email or call.body["email_address"].lower() == email.lower()]

    # What Mailchimp says of its own.

    def authenticate(self, request: Request) -> Answer | None:
        scheme, _, credentials = request.headers.get("authorization", "").partition(" ")
        if not credentials:
            return problem(401, "API Key Missing", "Your request did not include an API key.")
        if scheme.lower() == "basic":
            credentials = base64.b64decode(credentials).decode().partition(":")[2]
        if scheme.lower() not in {"basic", "bearer"} or credentials != self.api_key:
            words = "Your API key may be invalid, or you've attempted to access the wrong datacenter."
            return problem(401, "API Key Invalid", words)
        return None

    def not_found(self, request: Request) -> Answer:
        return problem(404, "Resource Not Found", "The requested resource could not be found.")

    def too_many(self, retry_after: int) -> Answer:
        words = "You have exceeded the limit of 10 simultaneous connections."
        return problem(429, "Too Many Requests", words, headers={"Retry-After": str(retry_after)})

    def not_json(self, request: Request) -> Answer:
        return problem(400, "JSON Parse Error", "We encountered an unspecified JSON parsing error.")

    # What it does.

    @route("GET", "/3.0/ping")
    def ping(self, request: Request) -> Answer:
        return Answer(200, {"health_status": "Everything's Chimpy!"})

    @route("GET", "/3.0/lists")
    def list_audiences(self, request: Request) -> Answer:
        return _page("lists", [_audience(each) for each in self.audiences.values()], request)

    @route("GET", "/3.0/lists/{list_id}")
    def get_audience(self, request: Request) -> Answer:
        audience = self.audiences.get(request.parts["list_id"])
        return Answer(200, _audience(audience)) if audience else self.not_found(request)

    @route("GET", "/3.0/lists/{list_id}/merge-fields")
    def list_merge_fields(self, request: Request) -> Answer:
        audience = self.audiences.get(request.parts["list_id"])
        if audience is None:
            return self.not_found(request)
        return _page("merge_fields", list(audience.merge_fields.values()), request)

    @route("POST", "/3.0/lists/{list_id}/merge-fields")
    def add_merge_field(self, request: Request) -> Answer:
        audience = self.audiences.get(request.parts["list_id"])
        if audience is None:
            return self.not_found(request)
        said = request.body
        wrong = _wrong_merge_field(said)
        if wrong:
            return invalid(wrong)
        if len(audience.merge_fields) >= MOST_MERGE_FIELDS:
            return problem(400, "Merge Max Limit Exceeded", f"You can only have {MOST_MERGE_FIELDS} merge fields.")
        tag = said.get("tag") or f"MMERGE{len(audience.merge_fields) + 1}"
        if tag in audience.merge_fields:
            words = f'A Merge Field with the tag "{tag}" already exists for this list.'
            return problem(400, "Bad Request", words)
        return Answer(200, self._keep_merge_field(audience, {**said, "tag": tag}))

    def _keep_merge_field(self, audience: Audience, said: Mapping[str, Any]) -> dict[str, Any]:
        made = {
            "merge_id": len(audience.merge_fields) + 1,
            "required": False,
            "default_value": "",
            "public": False,
            "display_order": len(audience.merge_fields) + 2,
            "options": {},
            "help_text": "",
            **said,
            "list_id": audience.id,
        }
        audience.merge_fields[made["tag"]] = made
        return made

    @route("GET", "/3.0/lists/{list_id}/tag-search")
    def search_tags(self, request: Request) -> Answer:
        audience = self.audiences.get(request.parts["list_id"])
        if audience is None:
            return self.not_found(request)
        begins = request.query.get("name", "").lower()
        found = [{"id": place + 1, "name": name} for place, name in enumerate(audience.tags)]
        found = [each for each in found if str(each["name"]).lower().startswith(begins)]
        return Answer(200, {"tags": found, "total_items": len(found)})

    @route("GET", "/3.0/lists/{list_id}/members/{subscriber}")
    def get_member(self, request: Request) -> Answer:
        audience, member = self._find(request)
        if audience is None or member is None:
            return self.not_found(request)
        return Answer(200, _member(audience, member))

    def _find(self, request: Request) -> tuple[Audience | None, Member | None]:
        """Return the audience and the member, known by the hash of her address or by the address itself."""
        audience = self.audiences.get(request.parts["list_id"])
        subscriber = request.parts["subscriber"].lower()
        known = hash_of(subscriber) if "@" in subscriber else subscriber
        return audience, audience.members.get(known) if audience else None

    @route("PUT", "/3.0/lists/{list_id}/members/{subscriber}")
    def upsert_member(self, request: Request) -> Answer:
        audience, member = self._find(request)
        if audience is None:
            return self.not_found(request)
        said = request.body
        wrong = _wrong_member(said, request.parts["subscriber"], is_new=member is None)
        if wrong:
            return invalid(wrong)
        email = said["email_address"]
        refusal = self._compliance(email, said.get("status") or (member is None and said["status_if_new"]))
        if refusal is not None:
            return refusal
        values = _known_values(audience, said.get("merge_fields", {}))
        if request.query.get("skip_merge_validation") != "true":
            kept = member.merge_fields if member else {}
            wrong = list(_wrong_values(audience, values, {**kept, **values}))
            if wrong:
                return invalid(wrong, "Your merge fields were invalid.")
        if member is None:
            member = audience.members[hash_of(email)] = Member(email, said["status_if_new"])
        member.status = said.get("status") or member.status
        member.merge_fields.update(values)
        return Answer(200, _member(audience, member))

    def _compliance(self, email: str, wanted: str | bool) -> Answer | None:
        if email.lower() in self.forgotten:
            words = f"{email} was permanently deleted and cannot be re-imported. The contact must re-subscribe to get back on the list."
            return problem(400, "Forgotten Email Not Subscribed", words)
        if email.lower() in self.in_compliance_state and wanted == "subscribed":
            words = f"{email} is in a compliance state due to unsubscribe, bounce, or compliance review and cannot be subscribed."
            return problem(400, "Member In Compliance State", words)
        return None

    @route("POST", "/3.0/lists/{list_id}/members/{subscriber}/tags")
    def change_tags(self, request: Request) -> Answer:
        audience, member = self._find(request)
        if audience is None or member is None:
            return self.not_found(request)
        tags = request.body.get("tags") if isinstance(request.body, dict) else None
        wrong = _wrong_tags(tags)
        if wrong:
            return invalid(wrong)
        for tag in tags or []:
            self._change_tag(audience, member, tag, starts=not request.body.get("is_syncing", False))
        return Answer(204)

    def _change_tag(self, audience: Audience, member: Member, tag: dict[str, str], *, starts: bool) -> None:
        name = tag["name"]
        if tag["status"] == "inactive":
            member.tags = [each for each in member.tags if each != name]
        elif name not in member.tags:
            member.tags.append(name)
            if starts:
                self.started_automations.append((member.email, name))
        if name not in audience.tags:
            audience.tags.append(name)


def problem(status: int, title: str, detail: str, *, headers: dict[str, str] | None = None, **more: Any) -> Answer:
    """Return Mailchimp's problem document."""
    body = {
        "type": "https://mailchimp.com/developer/marketing/docs/errors/",
        "title": title,
        "status": status,
        "detail": detail,
        "instance": str(uuid.uuid4()),
        **more,
    }
    return Answer(status, body, {"Content-Type": "application/problem+json; charset=utf-8", **(headers or {})})


def invalid(errors: list[tuple[str, str]], detail: str = "") -> Answer:
    words = "The resource submitted could not be validated. For field-specific details, see the 'errors' array."
    listed = [{"field": name, "message": message} for name, message in errors]
    return problem(400, "Invalid Resource", detail or words, errors=listed)


def _page(key: str, rows: list[dict[str, Any]], request: Request) -> Answer:
    """Return ten rows, or as many as `count` says (a thousand at most), from `offset` on."""
    count, offset = min(int(request.query.get("count", 10)), 1000), int(request.query.get("offset", 0))
    return Answer(200, {key: rows[offset : offset + count], "total_items": len(rows)})


def _audience(audience: Audience) -> dict[str, Any]:
    stats = {"member_count": len(audience.members), "merge_field_count": len(audience.merge_fields)}
    return {"id": audience.id, "name": audience.name, "stats": stats}


def _member(audience: Audience, member: Member) -> dict[str, Any]:
    return {
        "id": hash_of(member.email),
        "email_address": member.email,
        "unique_email_id": hash_of(member.email)[:10],
        "status": member.status,
        "merge_fields": {tag: member.merge_fields.get(tag, "") for tag in audience.merge_fields},
        "tags": [{"id": audience.tags.index(name) + 1, "name": name} for name in member.tags],
        "tags_count": len(member.tags),
        "list_id": audience.id,
    }


def _wrong_merge_field(said: Any) -> list[tuple[str, str]]:
    if not isinstance(said, dict):
        return [("", "Schema describes object, NULL found instead")]
    wrong = [(name, "This value should not be blank.") for name in ("name", "type") if not said.get(name)]
    if said.get("type") and said["type"] not in MERGE_TYPES:
        wrong.append(("type", "The value you selected is not a valid choice."))
    tag = said.get("tag", "")
    if not isinstance(tag, str) or len(tag) > TAG_LENGTH:
        wrong.append(("tag", f"This value is too long. It should have {TAG_LENGTH} characters or less."))
    elif tag and not re.fullmatch(r"[A-Z0-9_]+", tag):
        wrong.append(("tag", "This value is not valid."))
    return wrong


def _wrong_member(said: Any, subscriber: str, *, is_new: bool) -> list[tuple[str, str]]:
    if not isinstance(said, dict):
        return [("", "Schema describes object, NULL found instead")]
    email = said.get("email_address")
    if not isinstance(email, str):
        return [("email_address", "This value should not be blank.")]
    if not _EMAIL.fullmatch(email):
        return [("", "Please provide a valid email address.")]
    wrong = []
    if is_new and subscriber.lower() not in {hash_of(email), email.lower()}:
        wrong.append(("", "The subscriber hash does not match the email address."))
    for name in ("status", "status_if_new"):
        if said.get(name) is not None and said[name] not in STATUSES:
            wrong.append((name, "The value you selected is not a valid choice."))
    if is_new and not said.get("status_if_new"):
        wrong.append(("status_if_new", "This value should not be blank."))
    if not isinstance(said.get("merge_fields", {}), dict):
        wrong.append(("merge_fields", "Schema describes object, array found instead"))
    elif not all(isinstance(value, str | int | float | dict) for value in said.get("merge_fields", {}).values()):
        wrong.append(("merge_fields", "Data did not match any of the schemas described in anyOf."))
    return wrong


def _known_values(audience: Audience, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of the tags that the audience has; Mailchimp passes over the others in silence."""
    return {tag: value for tag, value in values.items() if tag in audience.merge_fields}


def _wrong_values(audience: Audience, values: Mapping[str, Any], whole: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    for tag, definition in audience.merge_fields.items():
        if definition["required"] and whole.get(tag, "") == "":
            yield tag, "Please enter a value"
    for tag, value in values.items():
        words = _wrong_value(audience.merge_fields[tag]["type"], value)
        if value != "" and words:
            yield tag, words


def _wrong_value(kind: str, value: Any) -> str:
    if kind == "number" and not re.fullmatch(r"-?\d+(\.\d+)?", str(value)):
        return "Please enter a number"
    if kind in {"url", "imageurl"} and not re.fullmatch(r"https?://\S+", str(value)):
        return "Please enter a valid URL"
    if kind in {"date", "birthday"} and not _DATE.fullmatch(str(value)):
        return "Please enter the date"
    if kind == "text" and len(str(value).encode()) > TEXT_BYTES:
        return f"Please enter {TEXT_BYTES} characters or less"
    return ""


def _wrong_tags(tags: Any) -> list[tuple[str, str]]:
    if not isinstance(tags, list):
        return [("tags", "This value should not be blank.")]
    good = all(
        isinstance(tag, dict) and tag.get("name") and tag.get("status") in {"active", "inactive"} for tag in tags
    )
    return [] if good else [("tags", "The value you selected is not a valid choice.")]
