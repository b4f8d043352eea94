"""ActiveCampaign's API 3, as far as contacts, custom fields and tags go.

Written from ActiveCampaign's published reference and the OpenAPI description behind it:
- https://developers.activecampaign.com/reference/sync-a-contacts-data (upsert by e-mail address; 201)
- https://developers.activecampaign.com/reference/list-all-contacts, .../retrieve-a-contact-field-values
- https://developers.activecampaign.com/reference/retrieve-fields (custom fields, `perstag`, filters), .../create-a-contact-custom-field
- https://developers.activecampaign.com/reference/retrieve-all-tags, .../create-a-new-tag, .../create-contact-tag
- https://developers.activecampaign.com/reference/authentication (the header Api-Token), .../errors (403, 404, 422)
- https://developers.activecampaign.com/reference/rate-limits (5 requests a second for the account; 429 with Retry-After,
  RateLimit-Limit and RateLimit-Remaining), .../pagination (limit and offset, 20 rows unless told, 100 at most)
"""

import re
from dataclasses import dataclass, field
from typing import Any

from tests.twins.server import Answer, Request, Twin, route

FIELD_TYPES = {"dropdown", "hidden", "checkbox", "date", "text", "datetime", "textarea", "NULL", "listbox", "radio"}
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


@dataclass
class Contact:
    id: str
    email: str
    first_name: str = ""
    last_name: str = ""
    phone: str = ""
    values: dict[str, str] = field(default_factory=dict)
    tags: list[str] = field(default_factory=list)


class ActiveCampaignTwin(Twin):
    """One account. It has no custom field and no tag until a test or a request makes one."""

    rate = (5, 1.0)

    def __init__(self, api_token: str = "0a1b2c3d4e5f60718293a4b5c6d7e8f9") -> None:
        super().__init__()
        self.api_token = api_token
        self.contacts: dict[str, Contact] = {}
        self.fields: dict[str, dict[str, Any]] = {}
        self.tags: dict[str, dict[str, Any]] = {}

    # What a test arranges and asks.

    def has_field(self, perstag: str, kind: str = "text", title: str = "") -> str:
        """Make a custom field and return its id."""
        made = str(len(self.fields) + 1)
        self.fields[made] = {"id": made, "title": title or perstag.title(), "type": kind, "perstag": perstag}
        return made

    def has_tag(self, name: str) -> str:
        made = str(len(self.tags) + 1)
        self.tags[made] = {"id": made, "tag": name, "tagType": "contact", "description": ""}
        return made

    def contact(self, email: str) -> Contact | None:
        return next((each for each in self.contacts.values() if each.email.lower() == email.lower()), None)

    def value(self, email: str, perstag: str) -> str | None:
        contact = self.contact(email)
        known = next((key for key, each in self.fields.items() if each["perstag"] == perstag), "")
        return contact.values.get(known) if contact else None

    def tags_of(self, email: str) -> list[str]:
        contact = self.contact(email)
        return [self.tags[each]["tag"] for each in contact.tags] if contact else []

    def syncs(self, email: str = "") -> list[Request]:
        found = self.calls("POST /api/3/contact/sync")
        return [call for call in found if not email or call.body["contact"]["email"].lower() == email.lower()]

    # What ActiveCampaign says of its own.

    def authenticate(self, request: Request) -> Answer | None:
        if request.headers.get("api-token") == self.api_token:
            return None
        words = "The request could not be authenticated or the authenticated user is not authorized to access the requested resource."
        return Answer(403, {"message": words})

    def not_found(self, request: Request) -> Answer:
        return Answer(404, {"message": "No Route found"})

    def too_many(self, retry_after: int) -> Answer:
        headers = {"Retry-After": str(retry_after), "RateLimit-Limit": "5", "RateLimit-Remaining": "0"}
        return Answer(429, {"message": "Too Many Requests"}, headers)

    def not_json(self, request: Request) -> Answer:
        return Answer(400, {})

    # What it does.

    @route("GET", "/api/3/users/me")
    def me(self, request: Request) -> Answer:
        return Answer(200, {"user": {"id": "1", "username": "jdoe", "email": "jdoe@shop.example"}})

    @route("GET", "/api/3/fields")
    def list_fields(self, request: Request) -> Answer:
        wanted = request.query.get("filters[perstag]")
        found = [each for each in self.fields.values() if wanted in (None, each["perstag"])]
        return _page("fields", found, request, default=100)

    @route("POST", "/api/3/fields")
    def add_field(self, request: Request) -> Answer:
        said = _inner(request, "field")
        if not said.get("title"):
            return unprocessable("The field title was not provided", "title", "field_title_missing")
        if said.get("type") not in FIELD_TYPES:
            return unprocessable("The field type is not valid", "type", "field_type_invalid")
        if any(each["title"] == said["title"] for each in self.fields.values()):
            return unprocessable("There is already a field with this title", "title", "duplicate")
        made = self.has_field(
            said.get("perstag") or said["title"].upper().replace(" ", "_"), said["type"], said["title"]
        )
        return Answer(201, {"field": self.fields[made], "fieldOptions": [], "fieldRels": []})

    @route("GET", "/api/3/tags")
    def list_tags(self, request: Request) -> Answer:
        wanted = request.query.get("search", "").lower()
        return _page("tags", [each for each in self.tags.values() if wanted in each["tag"].lower()], request)

    @route("POST", "/api/3/tags")
    def add_tag(self, request: Request) -> Answer:
        said = _inner(request, "tag")
        if not said.get("tag"):
            return unprocessable("The tag name was not provided", "tag", "tag_missing")
        if said.get("tagType") not in {"contact", "template"}:
            return unprocessable("The tag type is not valid", "tagType", "tag_type_invalid")
        if any(each["tag"].lower() == said["tag"].lower() for each in self.tags.values()):
            return unprocessable("The tag already exists in the system", "tag", "duplicate")
        return Answer(201, {"tag": self.tags[self.has_tag(said["tag"])]})

    @route("POST", "/api/3/contactTags")
    def add_contact_tag(self, request: Request) -> Answer:
        said = _inner(request, "contactTag")
        contact, tag = str(said.get("contact", "")), str(said.get("tag", ""))
        for name, value in (("contact", contact), ("tag", tag)):
            if not value:
                return unprocessable("Missing attribute", name, "missing")
        if contact not in self.contacts:
            return Answer(404, {"errors": [{"status": 404, "title": "Not Found", "detail": "Contact not found"}]})
        if tag not in self.tags:
            return Answer(404, {"errors": [{"status": 404, "title": "Not Found", "detail": "Tag not found"}]})
        if tag not in self.contacts[contact].tags:
            self.contacts[contact].tags.append(tag)
        return Answer(201, {"contactTag": {"id": "1", "contact": contact, "tag": tag}, "contacts": []})

    @route("POST", "/api/3/contact/sync")
    def sync(self, request: Request) -> Answer:
        said = _inner(request, "contact")
        email = said.get("email")
        if not email or not isinstance(email, str):
            return unprocessable("The email address was not provided", "email", "field_missing")
        if not _EMAIL.fullmatch(email):
            return unprocessable("Contact Email Address is not valid.", "email", "email_invalid")
        values = said.get("fieldValues", [])
        if not isinstance(values, list) or not all(isinstance(each, dict) and "field" in each for each in values):
            return Answer(400, {})
        wrong = self._wrong_date(values)
        if wrong:
            return unprocessable("The date is not valid", f"fieldValues/{wrong}", "field_invalid")
        return self._keep(email, said, values)

    def _wrong_date(self, values: list[dict[str, Any]]) -> str:
        for each in values:
            kind = self.fields.get(str(each["field"]), {}).get("type")
            if kind == "date" and each.get("value") and not re.fullmatch(r"\d{4}-\d{2}-\d{2}", str(each["value"])):
                return str(each["field"])
        return ""

    def _keep(self, email: str, said: dict[str, Any], values: list[dict[str, Any]]) -> Answer:
        contact = self.contact(email)
        status = 200 if contact else 201
        if contact is None:
            made = str(len(self.contacts) + 1)
            contact = self.contacts[made] = Contact(made, email)
        contact.first_name = said.get("firstName", contact.first_name)
        contact.last_name = said.get("lastName", contact.last_name)
        contact.phone = said.get("phone", contact.phone)
        known = {str(each["field"]): str(each.get("value", "")) for each in values if str(each["field"]) in self.fields}
        contact.values.update(known)
        return Answer(status, {"fieldValues": _values(contact), "contact": _contact(contact)})

    @route("GET", "/api/3/contacts")
    def list_contacts(self, request: Request) -> Answer:
        email = request.query.get("email")
        found = [each for each in self.contacts.values() if email is None or each.email.lower() == email.lower()]
        return _page("contacts", [_contact(each) for each in found], request)

    @route("GET", "/api/3/contacts/{contact_id}/fieldValues")
    def list_values(self, request: Request) -> Answer:
        contact = self.contacts.get(request.parts["contact_id"])
        if contact is None:
            return Answer(404, {"message": f"No Result found for Subscriber with id {request.parts['contact_id']}"})
        return Answer(200, {"fieldValues": _values(contact)})


def unprocessable(title: str, pointer: str, code: str) -> Answer:
    source = {"pointer": f"/data/attributes/{pointer}"}
    return Answer(422, {"errors": [{"title": title, "detail": "", "code": code, "source": source}]})


def _inner(request: Request, name: str) -> dict[str, Any]:
    """Return the object under the resource's name; a body without it is not one that ActiveCampaign reads."""
    said = request.body
    if not isinstance(said, dict) or not isinstance(said.get(name), dict):
        raise ValueError("the body has no such object")
    return dict(said[name])


def _page(key: str, rows: list[dict[str, Any]], request: Request, default: int = 20) -> Answer:
    limit, offset = min(int(request.query.get("limit", default)), 100), int(request.query.get("offset", 0))
    return Answer(200, {key: rows[offset : offset + limit], "meta": {"total": str(len(rows))}})


def _contact(contact: Contact) -> dict[str, Any]:
    return {
        "id": contact.id,
        "email": contact.email,
        "firstName": contact.first_name,
        "lastName": contact.last_name,
        "phone": contact.phone,
        "fieldValues": [f"{contact.id}{each}" for each in contact.values],
    }


def _values(contact: Contact) -> list[dict[str, Any]]:
    return [
        {"id": f"{contact.id}{key}", "contact": contact.id, "owner": contact.id, "field": key, "value": value}
        for key, value in contact.values.items()
    ]
