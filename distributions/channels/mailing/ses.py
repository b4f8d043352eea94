"""Amazon SES: the whole mail as its bytes in one signed call. No session, no retries that nobody sees."""

import base64
import json
import re
from typing import Any

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from distributions.channels import mime
from distributions.channels.calls import Answer
from distributions.channels.handover import Account, OutgoingMessage
from distributions.channels.mailing.apis import METADATA, Request

SEND = "/v2/email/outbound-emails"
LOOK = "/v2/email/account"
# What SES says with a 400 and means for now.
_PASSES = re.compile("AccountSuspended|SendingPaused|LimitExceeded|TooManyRequests|Throttl|ConcurrentModification")
_REGION = re.compile(r"[a-z]{2}(?:-[a-z]+)+-\d")


def root_of(account: Account) -> str:
    """Return where SES answers for this account's region."""
    region = account["region"]
    if not _REGION.fullmatch(region):
        raise ValueError("This is no region of Amazon's, such as eu-west-1.")
    return account.base_url or f"https://email.{region}.amazonaws.com"


def request_of(message: OutgoingMessage, account: Account, sender: str, to: str) -> Request:
    """Return the signed call that hands a mail over."""
    # Its reports carry the headers of the mail, and by this one anymail finds the message again.
    marked = {**message.headers, "X-Metadata": json.dumps({METADATA: message.id})}
    marked.pop("From", None)
    named = OutgoingMessage(message.id, to, message.subject, message.html, message.text, marked)
    raw = base64.b64encode(mime.as_bytes(named, sender, to)).decode()
    said: dict[str, Any] = {
        "FromEmailAddress": sender,
        "Destination": {"ToAddresses": [to]},
        "Content": {"Raw": {"Data": raw}},
        "EmailTags": [{"Name": METADATA, "Value": message.id}],
    }
    if account["configuration_set"]:
        said["ConfigurationSetName"] = account["configuration_set"]
    return signed(account, "POST", SEND, json.dumps(said).encode())


def signed(account: Account, method: str, path: str, body: bytes = b"") -> Request:
    """Return a call to SES with Amazon's signature."""
    headers = {"Content-Type": "application/json"} if body else {}
    request = AWSRequest(method, root_of(account) + path, headers, body)
    credentials = Credentials(account["access_key_id"], account["secret_access_key"])
    SigV4Auth(credentials, "ses", account["region"]).add_auth(request)
    return Request(request.url, body, dict(request.headers.items()), method=method)


def is_for_now(answer: Answer) -> bool:
    """Tell whether a refusal is of the moment: the same may be taken later."""
    kind = answer.headers.get("x-amzn-ErrorType", "")
    return answer.status == 400 and bool(_PASSES.search(kind or answer.words))
