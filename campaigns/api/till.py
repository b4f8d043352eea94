"""The till: codes are checked and redeemed by a shop's server, and by its pages where they may.

These are called for every cart and every order, so no framework stands between them and what they do.
"""

from typing import Any

from django.http import HttpRequest, HttpResponse

from access import problems, strict_json
from access.authentication import client_caller, server_caller
from access.browsers import client_endpoint
from access.endpoints import post_endpoint, told
from access.keys import Caller
from campaigns.api.redeeming import answered
from campaigns.facts import Origin
from campaigns.redeeming import qualifying, redeeming, validating, wishes
from campaigns.redeeming.wishes import Asker, Wish
from events.models import Event

# What every page's key may do; redeeming has a switch of its own.
ANY, SWITCH = "events:write", "redeem"
SCOPE = "campaigns"


@post_endpoint
def validate(request: HttpRequest) -> HttpResponse:
    asker = _asker(request, server_caller(request, SCOPE), Event.Source.API)
    return told(validating.validate(wishes.read(strict_json.read(request)), asker))


@post_endpoint
def redeem(request: HttpRequest) -> HttpResponse:
    asker = _asker(request, server_caller(request, SCOPE), Event.Source.API)
    return told(answered(redeeming.redeem(wishes.read(strict_json.read(request)), asker)))


@post_endpoint
def qualify(request: HttpRequest) -> HttpResponse:
    asker = _asker(request, server_caller(request, SCOPE), Event.Source.API)
    return told(qualifying.qualify(strict_json.read(request), asker))


@client_endpoint("POST")
def validate_from_page(request: HttpRequest) -> HttpResponse:
    caller = client_caller(request, ANY)
    return told(validating.validate(wishes.read(strict_json.read(request)), asker_of_page(request, caller)))


@client_endpoint("POST")
def redeem_from_page(request: HttpRequest) -> HttpResponse:
    caller = client_caller(request, SWITCH)
    wish = wishes.read(strict_json.read(request))
    return told(for_a_page(answered(redeeming.redeem(wish, asker_of_page(request, caller))), wish))


@client_endpoint("POST")
def qualify_from_page(request: HttpRequest) -> HttpResponse:
    caller = client_caller(request, ANY)
    return told(qualifying.qualify(strict_json.read(request), asker_of_page(request, caller)))


def asker_of_page(request: HttpRequest, caller: Caller) -> Asker:
    return _asker(request, caller, Event.Source.CLIENT)


def for_a_page(answer: dict[str, Any], wish: Wish) -> dict[str, Any]:
    """Return what was redeemed without what is known of the customer beyond what the page said itself."""
    source_id = wish.profile.source_id if wish.profile else None
    parts = [*answer["redemptions"], *filter(None, [answer.get("parent_redemption")])]
    for part in parts:
        if part["customer"] is not None:
            part["customer"] = {"id": part["customer_id"], "source_id": source_id, "object": "customer"}
    return answer


def _asker(request: HttpRequest, caller: Caller, source: str) -> Asker:
    origin = Origin(source, problems.request_id_of(request))
    return Asker(origin, caller.key_id, (caller.app_id, caller.name), channel_id=caller.app_id)
