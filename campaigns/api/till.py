"""``/client/v1/validations``, ``qualifications`` and ``redemptions``: a page checks codes, and redeems where it may."""

from django.http import HttpRequest, HttpResponse

from access import problems, strict_json
from access.authentication import client_caller
from access.browsers import client_endpoint
from access.endpoints import told
from access.keys import Caller
from campaigns.api.redeeming import answered
from campaigns.facts import Origin
from campaigns.redeeming import qualifying, redeeming, validating, wishes
from campaigns.redeeming.wishes import Asker
from events.models import Event

# What every page's key may do; redeeming has a switch of its own.
ANY, SWITCH = "events:write", "redeem"


@client_endpoint("POST")
def validate(request: HttpRequest) -> HttpResponse:
    caller = client_caller(request, ANY)
    return told(validating.validate(wishes.read(strict_json.read(request)), _asker(request, caller)))


@client_endpoint("POST")
def redeem(request: HttpRequest) -> HttpResponse:
    caller = client_caller(request, SWITCH)
    return told(answered(redeeming.redeem(wishes.read(strict_json.read(request)), _asker(request, caller))))


@client_endpoint("POST")
def qualify(request: HttpRequest) -> HttpResponse:
    caller = client_caller(request, ANY)
    return told(qualifying.qualify(strict_json.read(request), _asker(request, caller)))


def _asker(request: HttpRequest, caller: Caller) -> Asker:
    origin = Origin(Event.Source.CLIENT, problems.request_id_of(request))
    return Asker(origin, caller.key_id, (caller.app_id, caller.name), channel_id=caller.app_id)
