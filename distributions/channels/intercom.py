"""Intercom: a contact gets custom attributes, an event that starts what the shop has set up there, and a message.

Attributes say how things shall be; of events, the same user, name and time is one event
(https://developers.intercom.com/docs/references/1.1/rest-api/data-events/event-de-duplication). So the same hand-over
said twice leaves the same state. Of a message Intercom takes no key, and tells of none before somebody has answered it:
it comes last, and only its own lost answer is a doubt. Everything else at
https://developers.intercom.com/docs/references/2.11/rest-api/api.intercom.io/contacts and .../messages.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from distributions.channels import calls, providers, tools
from distributions.channels.calls import Answer, CallError, Calls
from distributions.channels.handover import Account, Outcome, OutgoingMessage, Receipt, Suggestions, Tested
from distributions.channels.providers import Capabilities, Idempotency, Provider, Setting, Takes, base_url

DEADLINE_SECONDS = calls.DEADLINE_SECONDS
API: Final = "https://api.intercom.io"
VERSION: Final = "2.11"
LIST_BYTES: Final = 2_000_000
METADATA_MOST: Final = 10

PROVIDERS = (
    Provider(
        name="intercom",
        channel="intercom",
        label="Intercom",
        settings=(
            Setting("access_token", "Access token", "Developer hub, your app, Authentication.", is_secret=True),
            base_url(API, "For workspaces in Europe or Australia: api.eu.intercom.io, api.au.intercom.io."),
        ),
        # Intercom allows 167 calls in ten seconds.
        capabilities=Capabilities(Idempotency.NATURAL, can_verify=True, calls_per_second=16.0, calls_per_message=3),
        address="source_id",
        takes=frozenset({Takes.FIELDS, Takes.EVENT, Takes.MESSAGE}),
        about="Codes in attributes of your contacts; an event starts your series, or a message reaches them.",
        field_label="Attribute",
        field_pattern=r"[\w $€£¥-]{1,190}",
        field_help="A custom attribute of people. Intercom gets it where it lacks it.",
        default_fields={"promo_code": "{{ voucher.code }}"},
        promotion_fields=providers.PROMOTION_ATTRIBUTES,
        event_refuses=r"[.$]",
        makes_fields=True,
    ),
)

_MADE_BEFORE = re.compile(r"id=([0-9a-f]{8,40})")


class _Workspace:
    """The calls to one workspace."""

    def __init__(self, call: Calls, account: Account) -> None:
        self.call, self.account = call, account

    async def ask(self, method: str, path: str, json: object = None, **params: str) -> Answer:
        headers = {
            "Authorization": f"Bearer {self.account['access_token']}",
            "Intercom-Version": VERSION,
            "Accept": "application/json",
        }
        url = f"{self.account.base_url or API}{path}"
        return await self.call(method, url, json=json, params=params or None, headers=headers, limit=LIST_BYTES)

    async def find(self, field: str, value: str) -> dict[str, Any] | None:
        """Return the contact with this value; None where a search finds none, which it may not for some minutes."""
        query = {"field": field, "operator": "=", "value": value}
        answer = await self.ask("POST", "/contacts/search", {"query": query})
        if not answer.is_success:
            raise tools.Refused(answer)
        rows = tools.list_of(answer, "data", "id")
        return next((row for row in rows if str(row.get(field)) == value), None)

    async def attributes(self) -> dict[str, str]:
        """Return the custom attributes of people with their types."""
        answer = await self.ask("GET", "/data_attributes", model="contact")
        rows = tools.list_of(answer, "data", "name") if answer.is_success else []
        return {
            str(row["name"]): str(row.get("data_type", "string"))
            for row in rows
            if row.get("custom", True) and not row.get("archived")
        }

    async def make_attribute(self, name: str) -> None:
        """Add an attribute; that somebody else was faster is no fault."""
        answer = await self.ask("POST", "/data_attributes", {"name": name, "model": "contact", "data_type": "string"})
        if not answer.is_success and "already have" not in answer.words:
            raise tools.Refused(answer)


async def _hand_over(call: Calls, message: OutgoingMessage) -> Receipt:
    workspace = _Workspace(call, tools.account_of(message))
    if not message.message:
        return (await _tell(workspace, message))[0]
    if not message.message["from"]:
        return Receipt(message.id, Outcome.REJECTED, detail="Nobody is named who the message is from.")
    try:
        told, contact = await _tell(workspace, message)
    except CallError as error:
        return tools.not_yet(Receipt(message.id, error.outcome, detail=error.words))
    if told.outcome != Outcome.ACCEPTED:
        return tools.not_yet(told)
    return _written(message, await workspace.ask("POST", "/messages", _message(message, contact)))


async def _tell(workspace: _Workspace, message: OutgoingMessage) -> tuple[Receipt, Mapping[str, Any]]:
    """Tell of a customer by attributes and event; return what that proves, and her contact."""
    try:
        answer = await _write(workspace, message)
    except tools.Refused as refusal:
        return tools.not_yet(_receipt(message, refusal.answer)), {}
    contact = tools.said_by(answer)
    if answer.is_success and message.event:
        answer = await workspace.ask("POST", "/events", _event(message))
    return _receipt(message, answer, provider_id=str(contact.get("id") or "")), contact


def _message(message: OutgoingMessage, contact: Mapping[str, Any]) -> dict[str, Any]:
    """Return what Intercom writes to the contact; an e-mail also has a subject and a style."""
    how = message.message
    mail = {"subject": message.subject, "template": how["template"]} if how["type"] == "email" else {}
    return {
        "message_type": how["type"],
        **mail,
        "body": message.html,
        "from": {"type": "admin", "id": int(how["from"])},
        "to": {"type": "lead" if contact.get("role") == "lead" else "user", "id": str(contact.get("id") or "")},
    }


def _written(message: OutgoingMessage, answer: Answer) -> Receipt:
    """Say what became of a message; whom Intercom has known for a moment only cannot be written to yet."""
    if answer.status == 404:
        return Receipt(message.id, Outcome.NOT_ACCEPTED, answer.status, detail=problem_of(answer))
    return _receipt(message, answer, provider_id=str(tools.said_by(answer).get("id") or ""))


async def _write(workspace: _Workspace, message: OutgoingMessage) -> Answer:
    """Write the attributes; where Intercom lacks some, or keeps them as another kind, make them fit and write again."""
    contact = await _contact(workspace, message)
    answer = await _put(workspace, message, contact, dict(message.fields))
    if answer.status in {400, 404, 422} and "attribute" in answer.words.lower():
        known = await workspace.attributes()
        for name in [name for name in message.fields if name not in known]:
            await workspace.make_attribute(name)
        fitting = {name: as_kind(value, known.get(name, "string")) for name, value in message.fields.items()}
        answer = await _put(workspace, message, contact, fitting)
    return answer


async def _contact(workspace: _Workspace, message: OutgoingMessage) -> str | None:
    """Return the id of the contact that is this customer: by her id, else by an address that is nobody else's."""
    found = await workspace.find("external_id", message.address)
    email = message.customer.get("email")
    if found is None and email:
        found = await workspace.find("email", email)
        found = None if found and found.get("external_id") else found
    return str(found["id"]) if found else None


async def _put(
    workspace: _Workspace, message: OutgoingMessage, contact: str | None, values: Mapping[str, object]
) -> Answer:
    said = {"external_id": message.address, "custom_attributes": values}
    if contact is not None:
        return await workspace.ask("PUT", f"/contacts/{contact}", said)
    own = {name: message.customer.get(name) for name in ("email", "phone", "name") if message.customer.get(name)}
    answer = await workspace.ask("POST", "/contacts", {"role": "user", **own, **said})
    made = _MADE_BEFORE.search(answer.words) if answer.status == 409 else None
    # She was made a moment ago, and the search does not know her yet.
    return await workspace.ask("PUT", f"/contacts/{made.group(1)}", said) if made else answer


def as_kind(value: str, kind: str) -> object:
    """Return a value as an attribute of this kind takes it; as it is where it cannot be read as one."""
    try:
        if kind in {"integer", "date", "datetime"}:
            return int(value)
        if kind == "float":
            return float(value)
    except ValueError:
        return value
    return {"true": True, "false": False}.get(value.strip().lower(), value) if kind == "boolean" else value


def _event(message: OutgoingMessage) -> dict[str, Any]:
    """Return the event; each attempt says the same, by which Intercom knows it again."""
    metadata = dict(list({"message_id": message.id, **message.fields}.items())[:METADATA_MOST])
    named = {"event_name": message.event, "user_id": message.address}
    return {**named, "created_at": message.occurred_at, "metadata": metadata}


def _receipt(message: OutgoingMessage, answer: Answer, provider_id: str = "") -> Receipt:
    detail = "" if answer.is_success else problem_of(answer)
    proven = calls.receipt(message, answer, provider_id=provider_id, detail=detail)
    if answer.status == 429:
        return replace(proven, retry_after=answer.until_reset or proven.retry_after)
    return proven


def problem_of(answer: Answer) -> str:
    """Return what Intercom says is wrong, each error with its code."""
    errors = tools.list_of(answer, "errors", "code")
    words = "; ".join(f"{each['code']}: {each.get('message') or ''}" for each in errors)
    return (words or answer.words)[:900]


async def _verify(call: Calls, message: OutgoingMessage) -> Receipt | None:
    """Read the contact back and compare what was written; an event cannot be read by itself."""
    workspace = _Workspace(call, tools.account_of(message))
    try:
        found = await workspace.find("external_id", message.address)
    except tools.Refused:
        found = None
    if found is None:
        return None
    answer = await workspace.ask("GET", f"/contacts/{found['id']}")
    return tools.read_back(message, "Intercom", message.fields, tools.object_of(answer, "custom_attributes"))


async def _test(call: Calls, account: Account) -> Tested:
    answer = await _Workspace(call, account).ask("GET", "/me")
    name = tools.object_of(answer, "app").get("name")
    good = f"Connected to the workspace “{name}”." if name else "Connected."
    return calls.verdict(answer, account, good, problem_of(answer))


async def _suggest(call: Calls, account: Account) -> Suggestions:
    """List the custom attributes of people, and who may write to them, as they stand at Intercom."""
    workspace = _Workspace(call, account)
    answer = await workspace.ask("GET", "/data_attributes", model="contact")
    if not answer.is_success:
        raise calls.not_told(answer, account, problem_of(answer))
    rows = [row for row in tools.list_of(answer, "data", "name") if row.get("custom") and not row.get("archived")]
    admins = tools.list_of(await workspace.ask("GET", "/admins"), "admins", "id")
    return Suggestions(
        fields={str(row["name"]): str(row.get("label") or "") for row in rows},
        senders={str(row["id"]): str(row.get("name") or row["id"]) for row in admins},
    )


deliver = calls.delivering(_hand_over)
verify = calls.asking(_verify)
test = calls.testing(_test)
suggest = calls.suggesting(_suggest)
