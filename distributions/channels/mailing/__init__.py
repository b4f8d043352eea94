"""E-mail by the APIs of providers: Amazon SES, SendGrid, Mailgun, Postmark, Brevo, Resend, SparkPost."""

from email.header import decode_header, make_header
from email.utils import formataddr, parseaddr, quote

from anymail.exceptions import AnymailError
from django.conf import settings

from distributions.channels import calls, mime
from distributions.channels.calls import TRY_AGAIN, Answer, Calls
from distributions.channels.handover import Account, Outcome, OutgoingMessage, Receipt, Tested
from distributions.channels.mailing import apis, ses
from distributions.channels.mailing.apis import APIS, Request
from distributions.channels.mailing.providers import PROVIDERS

__all__ = ["DEADLINE_SECONDS", "PROVIDERS", "deliver", "look_up", "test"]

DEADLINE_SECONDS = calls.DEADLINE_SECONDS
SENDING_ONLY = "restricted_api_key"


async def _hand_over(call: Calls, message: OutgoingMessage) -> Receipt:
    account = _account_of(message)
    try:
        to = mime.envelope_address(message.address)
        request = _request_of(message, account, _sender(message, account), to)
    except (mime.AddressError, AnymailError, ValueError) as error:
        return Receipt(message.id, Outcome.REJECTED, detail=mime.one_line(str(error))[:900])
    return _receipt(message, account, await _made(call, request))


def _request_of(message: OutgoingMessage, account: Account, sender: str, to: str) -> Request:
    make = ses.request_of if account.provider == "ses" else apis.request_of
    return make(message, account, sender, to)


async def _made(call: Calls, request: Request) -> Answer:
    return await call(
        request.method, request.url, body=request.body or None, headers=request.headers, basic=request.basic
    )


def _receipt(message: OutgoingMessage, account: Account, answer: Answer) -> Receipt:
    api = APIS.get(account.provider)
    if api is None:
        again = TRY_AGAIN | {400} if ses.is_for_now(answer) else TRY_AGAIN
        taken = (answer.json() or {}).get("MessageId") if answer.is_success else ""
    elif api.is_repeated(answer):
        return Receipt(message.id, Outcome.ACCEPTED, answer.status)
    else:
        again = TRY_AGAIN | api.try_again
        taken = api.taken_as(answer) if answer.is_success else ""
    return calls.receipt(message, answer, provider_id=str(taken or "")[:255], try_again=again)


def _sender(message: OutgoingMessage, account: Account) -> str:
    """Return who writes: the brand's name with the account's own address where it has one."""
    encoded, address = parseaddr(message.headers.get("From", settings.PROMO_MAIL_FROM))
    name, sender = str(make_header(decode_header(encoded))), account["from"] or address
    if account.provider == "ses":
        return formataddr((name, sender))
    return f'"{quote(name)}" <{sender}>' if name else sender


def _account_of(message: OutgoingMessage) -> Account:
    if message.account is None:
        raise ValueError("The message names no account.")
    return message.account


async def _ask(call: Calls, message: OutgoingMessage) -> Receipt | None:
    """Ask Postmark for a message by the id that we gave it; who does not find it yet cannot tell."""
    account = _account_of(message)
    answer = await call(
        "GET", f"{apis.root_of(account)}messages/outbound",
        params={"count": "1", "offset": "0", f"metadata_{apis.METADATA}": message.id},
        headers={**APIS[account.provider].credentials(account), "Accept": "application/json"},
    )  # fmt: skip
    found = (answer.json() or {}).get("Messages") if answer.is_success else None
    if not found:
        return None
    return Receipt(message.id, Outcome.ACCEPTED, answer.status, str(found[0].get("MessageID", ""))[:255])


async def _test(call: Calls, account: Account) -> Tested:
    """Ask for something that only this account's key may see."""
    try:
        request = _looking(account)
    except ValueError as error:
        return Tested(False, None, str(error))
    answer = await _made(call, request)
    if account.provider == "resend" and answer.status == 401 and SENDING_ONLY in answer.words:
        return Tested(True, answer.status, "The key works; it may send and nothing else.")
    return calls.verdict(answer, account, "The key works.")


def _looking(account: Account) -> Request:
    if account.provider == "ses":
        return ses.signed(account, "GET", ses.LOOK)
    api = APIS[account.provider]
    basic = ("api", account["api_key"]) if account.provider == "mailgun" else None
    path = f"{api.look}/{account['domain']}" if account.provider == "mailgun" else api.look
    headers = {**api.credentials(account), "Accept": "application/json"}
    return Request(apis.root_of(account) + path, b"", headers, basic, "GET")


deliver = calls.delivering(_hand_over)
look_up = calls.asking(_ask)
test = calls.testing(_test)
