"""What a marketer reads where a provider cannot be asked: sentences, whichever tool it is and whatever went wrong."""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from django.test import Client

from distributions import connecting
from distributions.channels import CARRIERS, PROVIDERS, calls, egress
from distributions.channels.wording import UNFORESEEN
from distributions.models import Connection
from tests.channels.handing import loopback
from tests.twins import server
from tests.twins.activecampaign import ActiveCampaignTwin
from tests.twins.braze import BrazeTwin
from tests.twins.intercom import IntercomTwin
from tests.twins.mailchimp import MailchimpTwin
from tests.twins.server import Twin
from tests.twins.twilio import TwilioTwin

__all__ = ["loopback"]

pytestmark = pytest.mark.django_db(transaction=True)

# What no page may say: names of errors and of programs, paths of the API, pages of a gateway.
CODE = re.compile(
    r"\w+(?:Error|Exception)\b|Traceback|aiohttp|<html|object at 0x|settings\.|channels\[|errno", re.IGNORECASE
)
TWINS: dict[str, Callable[[], Twin]] = {
    "mailchimp": MailchimpTwin, "intercom": IntercomTwin, "braze": BrazeTwin, "activecampaign": ActiveCampaignTwin,
    "twilio": TwilioTwin,
}  # fmt: skip
GATEWAY = "<html><body>502 Bad Gateway</body></html>"


def settings_of(provider: str, url: str) -> dict[str, str]:
    """Return settings that are good but for their key."""
    given = {setting.name: "1" for setting in PROVIDERS[provider].settings if setting.is_required}
    keys = {"api_key": "wrong-us21", "account_sid": "AC" + "0" * 32, "auth_token": "wrong", "from": "+15005550006"}
    return {name: keys.get(name, "wrong") for name in given} | {"base_url": url}


@pytest.fixture
def connected() -> Iterator[Callable[..., tuple[Twin, Connection]]]:
    with ExitStack() as stack:

        def connect(provider: str, url: str = "") -> tuple[Twin, Connection]:
            twin = stack.enter_context(TWINS[provider]())
            kind = connecting.provider_for(PROVIDERS[provider].channel, provider)
            return twin, connecting.create(kind, "Account", settings_of(provider, url or twin.url))

        yield connect


def said(connection: Connection) -> list[str]:
    """Return what the test and, where there are any, the suggestions say."""
    words = [connecting.test(connection).message]
    return (
        [*words, connecting.suggest(connection).problem] if hasattr(CARRIERS[connection.provider], "suggest") else words
    )


@pytest.mark.parametrize("provider", TWINS)
def test_an_address_that_is_nowhere_is_called_so(provider: str, connected: Any) -> None:
    _, connection = connected(provider, "https://nowhere.invalid")
    assert set(said(connection)) == {f"{PROVIDERS[provider].label}’s address could not be found."}


@pytest.mark.parametrize("provider", TWINS)
def test_a_place_where_nobody_answers_is_called_so(provider: str, connected: Any) -> None:
    twin, connection = connected(provider)
    twin.close()
    assert set(said(connection)) == {
        f"{PROVIDERS[provider].label} could not be reached: nobody answers at its address."
    }


@pytest.mark.parametrize("provider", TWINS)
def test_silence_is_called_so(provider: str, connected: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calls, "DEADLINE_SECONDS", 0.3)
    monkeypatch.setattr(calls, "SUGGEST_SECONDS", 0.3)
    twin, connection = connected(provider)
    twin.latency = 0.8
    assert set(said(connection)) == {f"{PROVIDERS[provider].label} did not answer in time."}


@pytest.mark.parametrize("provider", TWINS)
def test_a_refused_key_is_called_so_with_the_providers_own_words(provider: str, connected: Any) -> None:
    _, connection = connected(provider)
    for words in said(connection):
        assert re.match(rf"{PROVIDERS[provider].label} (refused the key|does not allow this key to do this)\.", words)
        assert not CODE.search(words)


@pytest.mark.parametrize("provider", TWINS)
def test_too_many_calls_say_when_to_ask_again(provider: str, connected: Any) -> None:
    twin, connection = connected(provider)
    twin.misbehave(*[server.refuses(429, None, {"Retry-After": "20"})] * 6)
    assert set(said(connection)) == {f"{PROVIDERS[provider].label} took too many calls; ask again in 20 s."}


@pytest.mark.parametrize("provider", TWINS)
def test_the_page_of_a_gateway_is_not_shown(provider: str, connected: Any) -> None:
    twin, connection = connected(provider)
    twin.misbehave(*[server.refuses(502, GATEWAY)] * 6)
    assert set(said(connection)) == {f"{PROVIDERS[provider].label} is out of order at this moment."}


@pytest.mark.parametrize("provider", TWINS)
def test_a_line_that_goes_dead_is_called_so(provider: str, connected: Any) -> None:
    twin, connection = connected(provider)
    twin.misbehave(*[server.drops()] * 6)
    assert {f"{PROVIDERS[provider].label} broke the connection off before its answer was complete."} == set(
        said(connection)
    )


def test_what_nobody_foresaw_is_a_sentence_too(connected: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    _, connection = connected("mailchimp")

    def breaks(_parts: object) -> None:
        raise RuntimeError("a secret of the machine")

    monkeypatch.setattr(egress, "refuse_literal", breaks)
    assert set(said(connection)) == {UNFORESEEN}


def test_a_forbidden_address_says_which_rule_it_breaks(connected: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    _, connection = connected("mailchimp", "https://localhost")
    monkeypatch.setattr("django.conf.settings.PROMO_EGRESS_ALLOW", [])
    assert set(said(connection)) == {
        "Mailchimp’s address may not be called. The address is not public; PROMO_EGRESS_ALLOW can name exceptions."
    }


def test_a_mail_server_that_is_not_there_is_told_in_words(loopback: None) -> None:
    told = {"host": "127.0.0.1", "port": "9", "security": "none", "from": "shop@shop.example"}
    connection = connecting.create(connecting.provider_for("email", "smtp"), "Mail", told)
    assert connecting.test(connection).message == "The mail server could not be reached: nobody answers at its address."


@pytest.mark.parametrize("provider", TWINS)
def test_no_page_of_a_connection_shows_code(provider: str, connected: Any, admin_client: Client) -> None:
    _, connection = connected(provider, "https://nowhere.invalid")
    admin_client.post(f"/admin/distributions/connection/{connection.pk}/test/")
    for path in ("", f"{connection.pk}/change/"):
        page = admin_client.get(f"/admin/distributions/connection/{path}").content.decode()
        assert "address could not be found" in page or not path
        assert not CODE.findall(re.sub(r"(?s)<(script|style|head).*?</\1>|<[^>]+>", "", page))


def test_a_refused_setting_stands_at_its_box_under_its_own_name(admin_client: Client) -> None:
    form = {"name": "x", "setting_api_key": "k-us21", "setting_list_id": "1", "setting_base_url": "ftp://nowhere"}
    page = admin_client.post("/admin/distributions/connection/add/?provider=mailchimp", form).content.decode()
    assert "API address cannot be used" in page
    assert "settings." not in page


def test_a_mapping_that_is_refused_is_refused_in_words(admin_client: Client, shop: Any, connected: Any) -> None:
    connected("mailchimp")
    draft = shop.draft(shop.segment(), shop.campaign(3), channels=[{"type": "mailchimp"}])
    said = {"field": ["CODE"], "value": ["x" * 10_001], "tags": "", "go": "stay"}
    page = admin_client.post(f"/admin/distributions/distribution/{draft.pk}/step/message/", said).content.decode()
    assert "may have 10000 characters at most" in page
    assert "channels[" not in page
