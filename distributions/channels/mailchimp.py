"""Mailchimp: a member of an audience gets the values of her merge tags, and tags that start an automation.

The member is written by an upsert under the MD5 of her address, so that the same call said twice leaves the same state.
Documented at https://mailchimp.com/developer/marketing/api/list-members/add-or-update-list-member/.
"""

import asyncio
import hashlib
import re
from collections.abc import Mapping
from urllib.parse import quote

from distributions.channels import calls, providers, tools
from distributions.channels.accounts import Listing, PerAccount
from distributions.channels.calls import Answer, CallError, Calls
from distributions.channels.handover import Account, Outcome, OutgoingMessage, Receipt, Suggestions, Tested
from distributions.channels.providers import Capabilities, Idempotency, Provider, Setting, Takes

DEADLINE_SECONDS = calls.DEADLINE_SECONDS
TAG_LENGTH = 10
# Mailchimp answers ten calls of an account at a time and refuses the eleventh.
CONCURRENCY = 8
# Where an audience's merge tags are not to be had, the upsert itself says whether there is an audience.
NOT_THERE = 404
ROWS_MOST = 1000
LIST_BYTES = 2_000_000
PICTURES = {"_QR": "qr_url", "_BARCODE": "barcode_url"}

PROVIDERS = (
    Provider(
        name="mailchimp",
        channel="mailchimp",
        label="Mailchimp",
        settings=(
            Setting("api_key", "API key", "It ends with your account's data centre, as in “-us21”.", is_secret=True),
            Setting("list_id", "Audience", "Its ID. Write the key first, then you can choose it here.", is_listed=True),
            Setting(
                "status_if_new", "A customer who is not in the audience yet becomes", is_required=False,
                default="subscribed", kind="choice",
                choices={
                    "subscribed": "a subscribed contact",
                    "pending": "a contact who is asked to confirm",
                    "transactional": "a contact without a subscription",
                },
            ),
            Setting("base_url", "API address", "Left empty, it follows from the key.", is_required=False, kind="url"),
        ),
        capabilities=Capabilities(Idempotency.NATURAL, can_verify=True),
        address="email",
        takes=frozenset({Takes.FIELDS, Takes.TAGS, Takes.PICTURES}),
        about="Codes in the merge tags of your audience; tags start your automations.",
        field_label="Merge tag",
        field_pattern=r"[A-Za-z][A-Za-z0-9_]{0,9}",
        field_help="Up to 10 letters, digits and underscores. Mailchimp gets the tag where it lacks it.",
        makes_fields=True,
        default_fields={"CODE": "{{ voucher.code }}"},
        promotion_fields=providers.PROMOTION_TAGS,
    ),
)  # fmt: skip

_merge_fields: PerAccount[Listing] = PerAccount(Listing)
_places: PerAccount[asyncio.Semaphore] = PerAccount(lambda: asyncio.Semaphore(CONCURRENCY))


def subscriber_hash(email: str) -> str:
    """Return the name under which Mailchimp keeps an address."""
    return hashlib.md5(email.strip().lower().encode(), usedforsecurity=False).hexdigest()


def api_of(account: Account) -> str:
    """Return where the account's API begins, "" where neither an address nor the key's data centre says it."""
    if account.base_url:
        return account.base_url.removesuffix("/3.0") + "/3.0"
    centre = account["api_key"].rpartition("-")[2]
    return f"https://{centre}.api.mailchimp.com/3.0" if re.fullmatch(r"[a-z]{2,4}\d{1,3}", centre) else ""


class _Audience:
    """The calls about one audience of one account."""

    def __init__(self, call: Calls, account: Account) -> None:
        self.call, self.account = call, account
        self.api = api_of(account)
        self.list = f"/lists/{quote(account['list_id'], safe='')}"
        self.known = _merge_fields.of(account, self.list)

    async def ask(self, method: str, path: str, json: object = None, **params: str) -> Answer:
        if not self.api:
            raise CallError(Outcome.REJECTED, "The API key does not end with its data centre, as in “-us21”.")
        key = ("promo", self.account["api_key"])
        return await self.call(method, self.api + path, json=json, params=params or None, basic=key, limit=LIST_BYTES)

    async def merge_fields(self) -> dict[str, str]:
        """Return the audience's merge tags with their types."""
        return await self.known.get(self._list_merge_fields)

    async def _list_merge_fields(self) -> dict[str, str]:
        answer = await self.ask("GET", f"{self.list}/merge-fields", count=str(ROWS_MOST))
        if not answer.is_success and answer.status != NOT_THERE:
            raise tools.Refused(answer)
        return {str(row["tag"]): str(row.get("type", "text")) for row in tools.list_of(answer, "merge_fields", "tag")}

    async def make_merge_field(self, tag: str, kind: str) -> None:
        """Add a merge tag; that somebody else was faster is no fault."""
        said = {"tag": tag, "name": tag, "type": kind, "required": False, "public": False}
        answer = await self.ask("POST", f"{self.list}/merge-fields", said)
        if not answer.is_success and answer.status != NOT_THERE and "already exists" not in answer.words:
            raise tools.Refused(answer)
        self.known.names[tag] = kind


async def _hand_over(call: Calls, message: OutgoingMessage) -> Receipt:
    account = tools.account_of(message)
    async with _places.of(account):
        audience = _Audience(call, account)
        try:
            values = await _values(audience, message)
        except tools.Refused as refusal:
            return tools.not_yet(_receipt(message, refusal.answer))
        except CallError as error:
            return tools.not_yet(Receipt(message.id, error.outcome, detail=error.words))
        return await _write(audience, message, values)


async def _values(audience: _Audience, message: OutgoingMessage) -> dict[str, str]:
    """Return what is written, and make the merge tags it needs. Pictures go where the audience has tags for them."""
    known = await audience.merge_fields()
    values = {tag.upper(): value for tag, value in message.fields.items()}
    async with audience.known.changing:
        for tag in [tag for tag in values if tag not in known]:
            await audience.make_merge_field(tag, "imageurl" if tag.endswith(tuple(PICTURES)) else "text")
    return {**_pictures(message, values, known), **values}


def _pictures(message: OutgoingMessage, values: Mapping[str, str], known: Mapping[str, str]) -> dict[str, str]:
    """Return the pictures of the code beside each tag that holds the code: CODE_QR beside CODE, where there is one."""
    voucher = message.content.get("voucher") or {}
    holding = [tag for tag, value in values.items() if value and value == voucher.get("code")]
    wanted = {tag + end: voucher.get(name) for tag in holding for end, name in PICTURES.items() if tag + end in known}
    return {tag: address for tag, address in wanted.items() if address}


async def _write(audience: _Audience, message: OutgoingMessage, values: Mapping[str, str]) -> Receipt:
    """Upsert the member; then add the tags, which may start an automation that reads what was written."""
    member = f"{audience.list}/members/{subscriber_hash(message.address)}"
    said = {
        "email_address": message.address,
        "status_if_new": audience.account["status_if_new"] or "subscribed",
        "merge_fields": dict(values),
    }
    answer = await audience.ask("PUT", member, said)
    if _lacks_others(answer, values):
        answer = await audience.ask("PUT", member, said, skip_merge_validation="true")
    if answer.is_success and message.tags:
        tags = [{"name": tag, "status": "active"} for tag in message.tags]
        answer = await audience.ask("POST", f"{member}/tags", {"tags": tags})
    if _is_without(answer, values):
        audience.known.forget()
    return _receipt(message, answer, provider_id=subscriber_hash(message.address))


def _lacks_others(answer: Answer, values: Mapping[str, str]) -> bool:
    """Tell whether the audience only asks for required fields that are none of ours."""
    errors = _errors(answer) if answer.status == 400 else []
    return bool(errors) and all(
        name not in values and ("enter a value" in words or "complete address" in words) for name, words in errors
    )


def _is_without(answer: Answer, values: Mapping[str, str]) -> bool:
    return answer.status == 400 and any(name.removeprefix("merge_fields.") in values for name, _ in _errors(answer))


def _receipt(message: OutgoingMessage, answer: Answer, provider_id: str = "") -> Receipt:
    detail = "" if answer.is_success else problem_of(answer)
    return calls.receipt(message, answer, provider_id=provider_id, detail=detail)


def problem_of(answer: Answer) -> str:
    """Return Mailchimp's problem document as a sentence: its title, its detail, and what it says of each field."""
    said = answer.json()
    if not isinstance(said, dict) or not said.get("title"):
        return answer.words
    fields = "; ".join(f"{name}: {words}" if name else words for name, words in _errors(answer))
    return " ".join(filter(None, [f"{said['title']}: {said.get('detail', '')}", fields]))[:900]


def _errors(answer: Answer) -> list[tuple[str, str]]:
    return [(str(each.get("field", "")), str(each.get("message", ""))) for each in tools.list_of(answer, "errors")]


async def _verify(call: Calls, message: OutgoingMessage) -> Receipt | None:
    """Read the member back and compare what was written."""
    audience = _Audience(call, tools.account_of(message))
    answer = await audience.ask("GET", f"{audience.list}/members/{subscriber_hash(message.address)}")
    if not answer.is_success:
        return None
    wanted = {tag.upper(): value for tag, value in message.fields.items()}
    return tools.read_back(message, "Mailchimp", wanted, tools.object_of(answer, "merge_fields"))


async def _test(call: Calls, account: Account) -> Tested:
    """Ask whether the key is good, and then for the audience."""
    audience = _Audience(call, account)
    ping = await audience.ask("GET", "/ping")
    if not ping.is_success:
        return calls.verdict(ping, account, "", problem_of(ping))
    found = await audience.ask("GET", audience.list)
    said = found.json()
    if found.status == 404 and isinstance(said, dict) and said.get("title"):
        return Tested(False, found.status, f"The key is good, but there is no audience {account['list_id']}.")
    name = said.get("name") if isinstance(said, dict) else None
    return Tested(True, ping.status, f"Connected to the audience “{name}”." if name else "Connected.")


async def _suggest(call: Calls, account: Account) -> Suggestions:
    """List audiences, merge tags and tags as they stand at Mailchimp."""
    audience = _Audience(call, account)
    lists = await audience.ask("GET", "/lists", count=str(ROWS_MOST), fields="lists.id,lists.name")
    if not lists.is_success:
        raise calls.not_told(lists, account, problem_of(lists))
    named = {str(row["id"]): str(row.get("name", row["id"])) for row in tools.list_of(lists, "lists", "id")}
    if not account["list_id"]:
        return Suggestions(settings={"list_id": named})
    fields = await audience.ask("GET", f"{audience.list}/merge-fields", count=str(ROWS_MOST))
    tags = await audience.ask("GET", f"{audience.list}/tag-search")
    return Suggestions(
        fields={str(row["tag"]): str(row.get("name", "")) for row in tools.list_of(fields, "merge_fields", "tag")},
        tags=[str(row["name"]) for row in tools.list_of(tags, "tags", "name")],
        settings={"list_id": named},
    )


deliver = calls.delivering(_hand_over)
verify = calls.asking(_verify)
test = calls.testing(_test)
suggest = calls.suggesting(_suggest)
