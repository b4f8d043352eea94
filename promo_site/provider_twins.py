"""The providers' twins for the demo: started on loopback, connected to the demo, and watched while they run.

They are the tests' own (`tests/twins/`): each answers as its provider's published reference says, and keeps what it
took in memory until it ends.
"""

import json
import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any, Final

from distributions import connecting
from distributions.channels import PROVIDERS, Tested, twins
from distributions.models import Connection
from promo_site.installation import write_privately
from tests.twins import postmark, resend, sendgrid
from tests.twins.activecampaign import ActiveCampaignTwin
from tests.twins.braze import BrazeTwin
from tests.twins.intercom import IntercomTwin
from tests.twins.mailchimp import MailchimpTwin
from tests.twins.receiver import ReceiverTwin
from tests.twins.server import Answer, Request, Twin
from tests.twins.twilio import TwilioTwin

SENDER: Final = "hello@shop.example"
LONGEST_LINE: Final = 500
# How long a text message is under way before Twilio's twin tells that it arrived.
UNDER_WAY_SECONDS: Final = 1.0

Tell = Callable[[str], None]


@dataclass(frozen=True)
class StandIn:
    """How a provider's twin is made, and what its account's settings are beside the address."""

    make: Callable[[], Twin]
    settings: Callable[[Any], Mapping[str, str]]


STAND_INS: Final[Mapping[str, StandIn]] = {
    "mailchimp": StandIn(MailchimpTwin, lambda twin: {"api_key": twin.api_key, "list_id": twin.list_id}),
    "intercom": StandIn(IntercomTwin, lambda twin: {"access_token": twin.token}),
    "braze": StandIn(BrazeTwin, lambda twin: {"api_key": twin.key}),
    "activecampaign": StandIn(ActiveCampaignTwin, lambda twin: {"api_token": twin.api_token}),
    "twilio": StandIn(
        TwilioTwin, lambda twin: {"account_sid": twin.sid, "auth_token": twin.token, "from": twin.number}
    ),
    "postmark": StandIn(postmark.PostmarkTwin, lambda _: {"server_token": postmark.TOKEN, "from": SENDER}),
    "sendgrid": StandIn(sendgrid.SendGridTwin, lambda _: {"api_key": sendgrid.KEY, "from": SENDER}),
    "resend": StandIn(resend.ResendTwin, lambda _: {"api_key": resend.KEY, "from": SENDER}),
}


@dataclass(frozen=True)
class Stage:
    """Twins that run: by their provider's name, and the receiver of webhooks."""

    by_provider: Mapping[str, Twin]
    receiver: Twin

    def connect(self) -> Iterator[tuple[Connection, Tested]]:
        """Connect an account with each twin, or lead the one from before to it; yield each with what its test says."""
        for provider, twin in self.by_provider.items():
            connection = _connected(provider, {**STAND_INS[provider].settings(twin), "base_url": twin.url})
            yield connection, connecting.test(connection)


@contextmanager
def running(tell: Tell) -> Iterator[Stage]:
    """Let the twins run, reachable for the product, and tell of every call to them in a line."""
    with ExitStack() as stack:
        by_provider = {name: stack.enter_context(stand_in.make()) for name, stand_in in STAND_INS.items()}
        receiver = stack.enter_context(_receiver())
        stage = Stage(by_provider, receiver)
        _arrange(stage, tell)
        told = {"pid": os.getpid(), "receiver": _port(receiver)}
        open_ports = [_port(twin) for twin in (*by_provider.values(), receiver)]
        write_privately(twins.file(), told | {"ports": open_ports})
        stack.callback(write_privately, twins.file(), told | {"ports": []})
        yield stage


def _receiver() -> Twin:
    """Return a receiver at the port of before where that is free: webhooks of then still find it."""
    try:
        return ReceiverTwin(int(json.loads(twins.file().read_text())["receiver"]))
    except (OSError, ValueError, KeyError, TypeError):
        return ReceiverTwin()


def _port(twin: Twin) -> int:
    return int(twin.url.rpartition(":")[2])


def _arrange(stage: Stage, tell: Tell) -> None:
    """Prepare what a new account would lack, and let every twin tell what it hears."""
    fields: Any = stage.by_provider["activecampaign"]
    for name in ("CODE", "DISCOUNT"):
        fields.has_field(name)
    for provider, twin in stage.by_provider.items():
        twin.heard = _teller(PROVIDERS[provider].label, tell)
    stage.receiver.heard = _teller("Webhook", tell)
    texts: Any = stage.by_provider["twilio"]
    texts.heard = _arriving(texts, texts.heard)


def _teller(label: str, tell: Tell) -> Callable[[Request, Answer | None], None]:
    def heard(request: Request, answer: Answer | None) -> None:
        status = answer.status if answer else "no answer"
        tell(f"{time.strftime('%H:%M:%S')}  {label:<15} {request.line} -> {status}  {_words(request)}".rstrip())

    return heard


def _words(request: Request) -> str:
    """Return what a call said, on one line; its headers, and so its key, are left out."""
    if "urlencoded" in request.headers.get("content-type", ""):
        return json.dumps(request.form, ensure_ascii=False)[:LONGEST_LINE]
    text = request.raw.decode("utf-8", "replace")
    return "".join(sign for sign in " ".join(text.split()) if sign.isprintable())[:LONGEST_LINE]


def _arriving(twin: TwilioTwin, heard: Callable[[Request, Answer | None], None]) -> Any:
    """Let a text message that was taken arrive in a moment, and Twilio's twin tell the product so."""

    def heard_and_arrives(request: Request, answer: Answer | None) -> None:
        heard(request, answer)
        if answer is not None and answer.status == 201 and twin.texts[-1].callback:
            timer = threading.Timer(UNDER_WAY_SECONDS, twin.call_back, (twin.texts[-1], "delivered"))
            timer.daemon = True
            timer.start()

    return heard_and_arrives


def _connected(provider: str, settings: Mapping[str, str]) -> Connection:
    meant = PROVIDERS[provider]
    name = f"{meant.label} (twin)"
    found = Connection.objects.filter(provider=provider, name=name).first()
    return connecting.change(found, settings) if found else connecting.create(meant, name, settings)
