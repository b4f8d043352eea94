"""Braze: a user gets custom attributes, and an event that triggers what the shop has set up there.

https://www.braze.com/docs/api/endpoints/user_data/post_user_track: attributes say how things shall be, but each event
is one more event, whatever its time. What was sent with an event and lost its answer is therefore looked for first, in
the user's own export, for which the key needs ``users.export.ids``.
"""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

from distributions.channels import calls, providers, tools
from distributions.channels.calls import Answer, Calls
from distributions.channels.handover import Account, Outcome, OutgoingMessage, Receipt, Suggestions, Tested
from distributions.channels.providers import Capabilities, Idempotency, Provider, Setting, Takes, base_url

DEADLINE_SECONDS = calls.DEADLINE_SECONDS
LIST_BYTES: Final = 2_000_000
# Braze queues what it accepts: what is missing is looked for once more.
LOOK_AGAIN_SECONDS = 5.0
EXPORTED: Final = ["external_id", "custom_attributes", "custom_events", "email", "first_name", "last_name", "phone"]
NOBODY: Final = "promo-connection-test"

PROVIDERS = (
    Provider(
        name="braze",
        channel="braze",
        label="Braze",
        settings=(
            Setting(
                "api_key", "REST API key",
                "Settings, APIs and identifiers. It needs users.track, and users.export.ids to read messages back.",
                is_secret=True,
            ),
            base_url(help="Your instance's REST endpoint, as in https://rest.iad-01.braze.com."),
        ),
        capabilities=Capabilities(Idempotency.NONE, can_look_up=True, can_verify=True, calls_per_second=250.0),
        address="source_id",
        takes=frozenset({Takes.FIELDS, Takes.EVENT}),
        about="Codes in attributes of your users; an event triggers your campaigns and canvases.",
        field_label="Attribute",
        field_pattern=r"[^$\x00-\x1f][^\x00-\x1f]{0,254}",
        field_help="A custom attribute. Braze makes it where it lacks it.",
        default_fields={"promo_code": "{{ voucher.code }}"},
        promotion_fields=providers.PROMOTION_ATTRIBUTES,
        makes_fields=True,
    ),
)  # fmt: skip


async def _ask(call: Calls, account: Account, method: str, path: str, json: object = None) -> Answer:
    headers = {"Authorization": f"Bearer {account['api_key']}", "Accept": "application/json"}
    return await call(method, f"{account.base_url}{path}", json=json, headers=headers, limit=LIST_BYTES)


async def _hand_over(call: Calls, message: OutgoingMessage) -> Receipt:
    answer = await _ask(call, tools.account_of(message), "POST", "/users/track", _tracked(message))
    if answer.is_success and (errors := _errors(answer)):
        # Braze took what it could; of one message that is not the whole.
        return Receipt(message.id, Outcome.REJECTED, answer.status, detail=errors)
    return _receipt(message, answer)


def _tracked(message: OutgoingMessage) -> dict[str, Any]:
    said: dict[str, Any] = {}
    if message.fields:
        said["attributes"] = [{**message.fields, "external_id": message.address}]
    if message.event:
        properties = {"message_id": message.id, **message.fields}
        about = {"external_id": message.address, "name": message.event, "time": time_of(message)}
        said["events"] = [{**about, "properties": properties}]
    return said


def time_of(message: OutgoingMessage) -> str:
    """Return when it happened, the same on every attempt."""
    return datetime.fromtimestamp(message.occurred_at, UTC).isoformat()


def _receipt(message: OutgoingMessage, answer: Answer) -> Receipt:
    proven = calls.receipt(message, answer, detail="" if answer.is_success else problem_of(answer))
    if answer.status == 429:
        return replace(proven, retry_after=answer.until_reset or proven.retry_after)
    return proven


def problem_of(answer: Answer) -> str:
    """Return what Braze says is wrong."""
    said = answer.json()
    words = str(said.get("message") or "") if isinstance(said, dict) else ""
    return "; ".join(filter(None, [words, _errors(answer)]))[:900] or answer.words


def _errors(answer: Answer) -> str:
    """Return the errors of an answer as one sentence; "" where it lists none."""
    said = answer.json()
    errors = said.get("errors") if isinstance(said, dict) else None
    listed = errors if isinstance(errors, list) else [errors] if errors else []
    told = (
        f"{each.get('input_array', '')} {each.get('type') or each.get('message') or each}".strip()
        if isinstance(each, dict) else str(each)
        for each in listed
    )  # fmt: skip
    return "; ".join(told)[:900]


async def _look_up(call: Calls, message: OutgoingMessage) -> Receipt | None:
    """Look for what was sent. Attributes alone may be sent again whatever is found; an event only where it is missing.

    None where Braze cannot tell, or has not shown the event: it may still be in its queue.
    """
    account = tools.account_of(message)
    for wait in (0.0, LOOK_AGAIN_SECONDS):
        await asyncio.sleep(wait)
        answer, user = await _user(call, account, message.address)
        if user is not None and _has_event(user, message) and _has_fields(user, message):
            return Receipt(message.id, Outcome.ACCEPTED, answer.status, detail="Braze has it")
        if not message.event:
            return Receipt(message.id, Outcome.NOT_ACCEPTED, answer.status, detail="Attributes may be written again")
        if not answer.is_success:
            return None
    return None


async def _user(call: Calls, account: Account, external_id: str) -> tuple[Answer, dict[str, Any] | None]:
    asked = {"external_ids": [external_id], "fields_to_export": EXPORTED}
    answer = await _ask(call, account, "POST", "/users/export/ids", asked)
    rows = tools.list_of(answer, "users") if answer.is_success else []
    return answer, next((row for row in rows if row.get("external_id") == external_id), None)


def _has_event(user: dict[str, Any], message: OutgoingMessage) -> bool:
    """Tell whether the event is among the user's; of each name Braze tells only the last one's time."""
    if not message.event:
        return True
    events = user.get("custom_events")
    mine = [each for each in events if isinstance(each, dict)] if isinstance(events, list) else []
    last = next((str(each.get("last") or "") for each in mine if each.get("name") == message.event), "")
    try:
        at = datetime.fromisoformat(last.replace("Z", "+00:00"))
    except ValueError:
        return False
    return int(at.timestamp() if at.tzinfo else at.replace(tzinfo=UTC).timestamp()) == message.occurred_at


def _kept(user: dict[str, Any]) -> dict[str, Any]:
    custom = user.get("custom_attributes")
    return {**user, **(custom if isinstance(custom, dict) else {})}


def _has_fields(user: dict[str, Any], message: OutgoingMessage) -> bool:
    return all(tools.is_same(value, _kept(user).get(name)) for name, value in message.fields.items())


async def _verify(call: Calls, message: OutgoingMessage) -> Receipt | None:
    """Read the user back and compare what was written."""
    _, user = await _user(call, tools.account_of(message), message.address)
    if user is None or not _has_event(user, message):
        return None
    return tools.read_back(message, "Braze", message.fields, _kept(user))


async def _test(call: Calls, account: Account) -> Tested:
    """Ask for a user whom nobody has; a key that may not read is asked to write nothing, which is refused as such."""
    answer, _ = await _user(call, account, NOBODY)
    if answer.is_success:
        return Tested(True, answer.status, "Connected.")
    if answer.status in {401, 403, 404}:
        written = await _ask(call, account, "POST", "/users/track", {})
        if written.status == 400:
            words = "Connected. The key may not read users (users.export.ids): messages cannot be read back."
            return Tested(True, written.status, words)
        answer = written
    return calls.verdict(answer, account, "", problem_of(answer))


async def _suggest(call: Calls, account: Account) -> Suggestions:
    """List the attributes and events that the workspace knows, as far as the key may read them."""
    attributes = await _ask(call, account, "GET", "/custom_attributes")
    events = await _ask(call, account, "GET", "/events")
    if not (attributes.is_success or events.is_success):
        raise calls.not_told(attributes, account, problem_of(attributes))
    fields = {
        str(row.get("name") or row.get("attribute_name")): str(row.get("description") or "")
        for row in tools.list_of(attributes, "attributes")
    }
    return Suggestions(fields=fields, events=[str(row["name"]) for row in tools.list_of(events, "events", "name")])


deliver = calls.delivering(_hand_over)
look_up = calls.asking(_look_up)
verify = calls.asking(_verify)
test = calls.testing(_test)
suggest = calls.suggesting(_suggest)
