"""ActiveCampaign: a contact gets the values of custom fields, and tags that start an automation.

`POST /api/3/contact/sync` writes a contact by her address, so that the same call said twice leaves the same state
(https://developers.activecampaign.com/reference/sync-a-contacts-data). An account takes five calls a second, whoever
makes them (https://developers.activecampaign.com/reference/rate-limits).
"""

from collections.abc import Mapping
from typing import Any

from distributions.channels import calls, providers, tools
from distributions.channels.accounts import Listing, Pace, PerAccount
from distributions.channels.calls import Answer, CallError, Calls
from distributions.channels.handover import Account, Outcome, OutgoingMessage, Receipt, Suggestions, Tested
from distributions.channels.providers import Capabilities, Idempotency, Provider, Setting, Takes, base_url

DEADLINE_SECONDS = calls.DEADLINE_SECONDS
CALLS_PER_SECOND = 4.0
PAGE = 100
PAGES_MOST = 20
LIST_BYTES = 2_000_000
# What a contact has beside custom fields; these names may stand on the left side of the mapping too.
OWN_FIELDS = {"firstname": "firstName", "lastname": "lastName", "phone": "phone"}

PROVIDERS = (
    Provider(
        name="activecampaign",
        channel="activecampaign",
        label="ActiveCampaign",
        settings=(
            Setting("api_token", "API key", "Settings, Developer.", is_secret=True),
            base_url(help="The URL under Settings, Developer, as in “https://your-account.api-us1.com”."),
        ),
        capabilities=Capabilities(
            Idempotency.NATURAL, can_verify=True, calls_per_second=CALLS_PER_SECOND, calls_per_message=2
        ),
        address="email",
        takes=frozenset({Takes.FIELDS, Takes.TAGS}),
        about="Codes in custom fields of your contacts; tags start your automations.",
        field_label="Custom field",
        field_pattern=r"%?[A-Za-z0-9_ -]{1,100}%?",
        field_help="The personalization tag, as in CODE or %CODE%, or the field's id. The field must exist.",
        default_fields={"CODE": "{{ voucher.code }}"},
        promotion_fields=providers.PROMOTION_TAGS,
    ),
)

_fields: PerAccount[Listing] = PerAccount(Listing)
_tags: PerAccount[Listing] = PerAccount(Listing)
_paces: PerAccount[Pace] = PerAccount(lambda: Pace(1 / CALLS_PER_SECOND))


class _Account:
    """The calls to one account, one after the other at the pace it allows."""

    def __init__(self, call: Calls, account: Account) -> None:
        self.call, self.account = call, account
        self.api = account.base_url.removesuffix("/api/3") + "/api/3"

    async def ask(self, method: str, path: str, json: object = None, **params: str) -> Answer:
        await _paces.of(self.account).turn()
        headers = {"Api-Token": self.account["api_token"], "Accept": "application/json"}
        return await self.call(
            method, self.api + path, json=json, params=params or None, headers=headers, limit=LIST_BYTES
        )

    async def fields(self) -> dict[str, str]:
        """Return the ids of the custom fields by their personalization tags."""
        return await _fields.of(self.account).get(self._list_fields)

    async def _list_fields(self) -> dict[str, str]:
        rows = await self.rows("/fields", "fields", "perstag")
        return {bare(str(row["perstag"])): str(row["id"]) for row in rows}

    async def rows(self, path: str, key: str, has: str, **params: str) -> list[dict[str, Any]]:
        """Return all rows of a list, page by page."""
        found: list[dict[str, Any]] = []
        for number in range(PAGES_MOST):
            answer = await self.ask("GET", path, limit=str(PAGE), offset=str(number * PAGE), **params)
            if not answer.is_success:
                raise tools.Refused(answer)
            some = tools.list_of(answer, key)
            found += [row for row in some if has in row and "id" in row]
            if len(some) < PAGE:
                break
        return found

    async def tag_id(self, name: str) -> str:
        """Return the id of a tag, made where there is none."""
        known = _tags.of(self.account)
        async with known.changing:
            if name not in known.names:
                known.names[name] = await self._find_tag(name) or await self._make_tag(name)
            return known.names[name]

    async def _find_tag(self, name: str) -> str:
        rows = await self.rows("/tags", "tags", "tag", search=name)
        same = (row for row in rows if str(row["tag"]).lower() == name.lower())
        return next((str(row["id"]) for row in same if row.get("tagType", "contact") == "contact"), "")

    async def _make_tag(self, name: str) -> str:
        answer = await self.ask("POST", "/tags", {"tag": {"tag": name, "tagType": "contact", "description": ""}})
        made = tools.object_of(answer, "tag").get("id")
        if not answer.is_success or made is None:
            raise tools.Refused(answer)
        return str(made)


def bare(tag: str) -> str:
    """Return a personalization tag as it is compared: without the percent signs, in upper case."""
    return tag.strip().strip("%").upper()


async def _hand_over(call: Calls, message: OutgoingMessage) -> Receipt:
    account = _Account(call, tools.account_of(message))
    try:
        values = _values(message, await account.fields())
        tags = [await account.tag_id(name) for name in message.tags]
    except tools.Refused as refusal:
        return tools.not_yet(_receipt(message, refusal.answer))
    except CallError as error:
        return tools.not_yet(Receipt(message.id, error.outcome, detail=error.words))
    return await _write(account, message, values, tags)


def _values(message: OutgoingMessage, known: Mapping[str, str]) -> dict[str, str]:
    """Return what is written: ids of custom fields, and names of a contact's own, with their values."""
    values: dict[str, str] = {}
    for name, value in message.fields.items():
        key = OWN_FIELDS.get(name.lower()) or known.get(bare(name)) or (name if name.isdecimal() else None)
        if key is None:
            raise CallError(Outcome.REJECTED, f"ActiveCampaign has no custom field with the tag %{bare(name)}%.")
        values[key] = value
    return values


async def _write(account: _Account, message: OutgoingMessage, values: Mapping[str, str], tags: list[str]) -> Receipt:
    """Upsert the contact; then add the tags, which may start an automation that reads what was written."""
    custom = [{"field": key, "value": value} for key, value in values.items() if key not in OWN_FIELDS.values()]
    own = {key: value for key, value in values.items() if key in OWN_FIELDS.values()}
    said = {"contact": {"email": message.address, **own, "fieldValues": custom}}
    answer = await account.ask("POST", "/contact/sync", said)
    contact = str(tools.object_of(answer, "contact").get("id", ""))
    if answer.is_success and tags and not contact:
        return Receipt(message.id, Outcome.UNKNOWN, answer.status, detail="The answer does not name the contact.")
    for tag in tags if answer.is_success else ():
        answer = await account.ask("POST", "/contactTags", {"contactTag": {"contact": contact, "tag": tag}})
        if not answer.is_success:
            # The tag may have been deleted since it was looked up.
            _tags.of(account.account).names.clear()
            break
    return _receipt(message, answer, provider_id=contact)


def _receipt(message: OutgoingMessage, answer: Answer, provider_id: str = "") -> Receipt:
    detail = "" if answer.is_success else problem_of(answer)
    return calls.receipt(message, answer, provider_id=provider_id, detail=detail)


def problem_of(answer: Answer) -> str:
    """Return what ActiveCampaign says is wrong, as a sentence."""
    said = answer.json()
    if not isinstance(said, dict):
        return answer.words
    listed = (f"{each.get('title', '')} {each.get('detail') or ''}".strip() for each in tools.list_of(answer, "errors"))
    words = "; ".join(filter(None, listed))
    return (words or str(said.get("message") or answer.words))[:900]


async def _verify(call: Calls, message: OutgoingMessage) -> Receipt | None:
    """Read the contact's values back and compare them with what was written."""
    account = _Account(call, tools.account_of(message))
    try:
        wanted = _values(message, await account.fields())
        kept = await _kept(account, message)
    except tools.Refused:
        return None
    named = dict(zip(wanted, message.fields, strict=True))
    found = {named[key]: kept.get(key) for key in wanted}
    return tools.read_back(message, "ActiveCampaign", {named[key]: value for key, value in wanted.items()}, found)


async def _kept(account: _Account, message: OutgoingMessage) -> dict[str, str]:
    """Return what the contact has, by the ids of custom fields and her own fields' names."""
    found = await account.rows("/contacts", "contacts", "email", email=message.address)
    contact = next((row for row in found if str(row["email"]).lower() == message.address.lower()), None)
    if contact is None:
        return {}
    answer = await account.ask("GET", f"/contacts/{contact['id']}/fieldValues")
    custom = {str(row.get("field")): str(row.get("value") or "") for row in tools.list_of(answer, "fieldValues")}
    return custom | {key: str(contact.get(key) or "") for key in OWN_FIELDS.values()}


async def _test(call: Calls, given: Account) -> Tested:
    account = _Account(call, given)
    answer = await account.ask("GET", "/users/me")
    if answer.status == 404:
        answer = await account.ask("GET", "/fields", limit="1")
    if not answer.is_success:
        return calls.verdict(answer, given, "", problem_of(answer))
    return Tested(True, answer.status, "Connected.")


async def _suggest(call: Calls, given: Account) -> Suggestions:
    """List custom fields and tags as they stand at ActiveCampaign."""
    account = _Account(call, given)
    try:
        fields = await account.rows("/fields", "fields", "perstag")
        tags = await account.rows("/tags", "tags", "tag")
    except tools.Refused as refusal:
        raise calls.not_told(refusal.answer, given, problem_of(refusal.answer)) from refusal
    return Suggestions(
        fields={str(row["perstag"]): str(row.get("title", "")) for row in fields if row["perstag"]},
        tags=[str(row["tag"]) for row in tags if row.get("tagType", "contact") == "contact"],
    )


deliver = calls.delivering(_hand_over)
verify = calls.asking(_verify)
test = calls.testing(_test)
suggest = calls.suggesting(_suggest)
