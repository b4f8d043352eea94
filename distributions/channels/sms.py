"""Text messages by Twilio's Messages API.

https://www.twilio.com/docs/messaging/api/message-resource: Twilio takes no key by which it would recognise a
repetition, so nothing whose answer was lost is sent again before Twilio's own list was asked for it. The address for
status callbacks names the message; that is also how Twilio's console tells which message of ours one is.
"""

import asyncio
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Final
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.urls import reverse

from distributions.channels import calls, tools
from distributions.channels.calls import Answer, Calls
from distributions.channels.handover import Account, Outcome, OutgoingMessage, Receipt, Tested
from distributions.channels.providers import Capabilities, Idempotency, Provider, Setting, Takes, base_url

DEADLINE_SECONDS = calls.DEADLINE_SECONDS
API: Final = "https://api.twilio.com"
LONGEST: Final = 1600
LIST_BYTES: Final = 1_000_000
LISTED: Final = 100
# Twilio's list may be a moment behind what it has accepted: what is missing is looked for once more.
LOOK_AGAIN_SECONDS = 6.0
# By how much the clocks may differ: an equal text that is older is another message.
CLOCKS_DIFFER: Final = timedelta(minutes=1)

# https://www.twilio.com/docs/api/errors: why a number is no good, why nobody there wants to hear from the shop, and
# what passes.
NO_NUMBER: Final = frozenset({21211, 21214, 21217, 21614, 21265})
OPTED_OUT: Final = frozenset({21610})
PASSING: Final = {20429: 2.0, 14107: 5.0, 21611: 30.0, 21619: 5.0}

PROVIDERS = (
    Provider(
        name="twilio",
        channel="sms",
        label="Twilio",
        settings=(
            Setting("account_sid", "Account SID", "On the first page of Twilio's console; it begins with AC."),
            Setting("auth_token", "Auth token", "Beside the account SID.", is_secret=True),
            Setting(
                "from", "Sender",
                "Your number as in +15005550006, a short code, a name of up to 11 letters, or a Messaging Service SID.",
            ),
            base_url(API),
        ),
        capabilities=Capabilities(Idempotency.NONE, can_look_up=True, calls_per_second=20.0),
        address="phone",
        takes=frozenset({Takes.TEXT}),
        uncertain="hold",
        about="A text message to the customer's telephone.",
    ),
)  # fmt: skip

# Control characters but the line feed, and what turns the writing round.
_UNWANTED = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")
_SERVICE = re.compile(r"MG[0-9a-fA-F]{32}")
_LOCAL = re.compile(r"localhost|.*\.localhost|.*\.local|.*\.localdomain|[^.]+|127\..*|10\..*|192\.168\..*|0\.0\.0\.0")


def body_of(message: OutgoingMessage) -> str:
    """Return the text as it is sent; the same on every attempt."""
    return _UNWANTED.sub("", message.text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def callback_address(message_id: str) -> str:
    """Return where Twilio tells what became of a message."""
    return f"{settings.PROMO_PUBLIC_URL}{reverse('twilio_status', args=[message_id])}"


async def _hand_over(call: Calls, message: OutgoingMessage) -> Receipt:
    account, body = tools.account_of(message), body_of(message)
    if not body:
        return Receipt(message.id, Outcome.REJECTED, detail="The text is empty.")
    if len(body) > LONGEST:
        return Receipt(message.id, Outcome.REJECTED, detail=f"The text has more than {LONGEST:,} characters.")
    answer = await _ask(call, account, "POST", "/Messages.json", form=_form(message, account, body))
    return _receipt(message, answer)


def _form(message: OutgoingMessage, account: Account, body: str) -> dict[str, str]:
    sender = account["from"].strip()
    by = "MessagingServiceSid" if _SERVICE.fullmatch(sender) else "From"
    form = {"To": message.address, by: sender, "Body": body}
    if _can_call_back(account):
        form["StatusCallback"] = callback_address(message.id)
    return form


def _can_call_back(account: Account) -> bool:
    """Tell whether the provider can reach this installation: Twilio refuses messages that name an address it cannot."""
    is_twilio = (urlsplit(account.base_url or API).hostname or "").endswith(".twilio.com")
    return not is_twilio or not _LOCAL.fullmatch(urlsplit(settings.PROMO_PUBLIC_URL).hostname or "")


async def _ask(call: Calls, account: Account, method: str, path: str, **more: Any) -> Answer:
    sid = account["account_sid"].strip()
    url = f"{account.base_url or API}/2010-04-01/Accounts/{quote(sid, safe='')}{path}"
    return await call(method, url, basic=(sid, account["auth_token"]), limit=LIST_BYTES, **more)


def _receipt(message: OutgoingMessage, answer: Answer) -> Receipt:
    said = tools.said_by(answer)
    if answer.is_success:
        return calls.receipt(message, answer, provider_id=str(said.get("sid") or ""))
    code = said.get("code")
    proven = calls.receipt(message, answer, detail=problem_of(answer))
    if code in PASSING and answer.status < 500:
        wait = proven.retry_after or PASSING[code]
        return replace(proven, outcome=Outcome.NOT_ACCEPTED, retry_after=wait)
    if proven.outcome == Outcome.REJECTED and code in NO_NUMBER:
        return replace(proven, refusal="invalid_phone")
    if proven.outcome == Outcome.REJECTED and code in OPTED_OUT:
        return replace(proven, refusal="opted_out")
    return proven


def problem_of(answer: Answer) -> str:
    """Return what Twilio says is wrong, with its code."""
    said = tools.said_by(answer)
    if not said.get("code"):
        return answer.words
    return f"{said['code']}: {said.get('message') or ''}"[:900]


async def _look_up(call: Calls, message: OutgoingMessage) -> Receipt | None:
    """Look for a message in Twilio's list, twice where it is not there; None where the list cannot tell."""
    account = tools.account_of(message)
    for wait in (0.0, LOOK_AGAIN_SECONDS):
        await asyncio.sleep(wait)
        answer = await _ask(
            call, account, "GET", "/Messages.json", params={"To": message.address, "PageSize": str(LISTED)}
        )
        if not answer.is_success or "messages" not in tools.said_by(answer):
            return None
        found = next(_equal(message, answer), None)
        if found is not None:
            words = f"Twilio has it as {found.get('sid')}, {found.get('status')}"
            return Receipt(message.id, Outcome.ACCEPTED, answer.status, str(found.get("sid") or ""), words)
        if tools.said_by(answer).get("next_page_uri"):
            return None
    return Receipt(message.id, Outcome.NOT_ACCEPTED, answer.status, detail="Twilio has no such message")


def _equal(message: OutgoingMessage, answer: Answer) -> Iterator[dict[str, Any]]:
    """Yield the messages in a list that are this one: to the same number, with the same words, and not older."""
    since = _made_at(message.id)
    for row in tools.list_of(answer, "messages", "to", "body"):
        is_same = row["to"] == message.address and _bare(str(row["body"])) == _bare(body_of(message))
        if is_same and str(row.get("direction", "")) != "inbound" and not _is_older(row, since):
            yield row


def _bare(text: str) -> str:
    """Return a text without what Twilio may change in it: white space, and quotation marks that cost more room."""
    return "".join(sign for sign in text if sign.isalnum())


def _made_at(message_id: str) -> datetime | None:
    """Return when a message was promised, as its id tells (a UUID of version 7)."""
    digits = message_id.removeprefix("msg_")
    if not re.fullmatch(r"[0-9a-f]{12}7[0-9a-f]{19}", digits):
        return None
    return datetime.fromtimestamp(int(digits[:12], 16) / 1000).astimezone()


def _is_older(row: dict[str, Any], since: datetime | None) -> bool:
    try:
        made = parsedate_to_datetime(str(row.get("date_created")))
    except ValueError:
        return False
    return since is not None and made.tzinfo is not None and made < since - CLOCKS_DIFFER


async def _test(call: Calls, account: Account) -> Tested:
    """Read the account; where that is not allowed, whether there are messages."""
    answer = await _ask(call, account, "GET", ".json")
    if answer.status in {403, 404}:
        answer = await _ask(call, account, "GET", "/Messages.json", params={"PageSize": "1"})
    if not answer.is_success:
        return calls.verdict(answer, account, "", problem_of(answer))
    said = tools.said_by(answer)
    if said.get("status") in {"suspended", "closed"}:
        return Tested(False, answer.status, f"The account is {said['status']}.")
    name = said.get("friendly_name")
    return Tested(True, answer.status, f"Connected to the account “{name}”." if name else "Connected.")


deliver = calls.delivering(_hand_over)
look_up = calls.asking(_look_up)
test = calls.testing(_test)
