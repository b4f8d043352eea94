"""What a shop's pages may say of customers, with a key that everybody can read: each switch of it is off at first.

Such a key reads nothing back but what it said itself, and it cannot redirect a known customer's mail.
"""

from typing import Any

from django.http import HttpRequest, HttpResponse

from access import problems, strict_json
from access.authentication import client_caller
from access.browsers import client_endpoint
from access.endpoints import told
from customers import consenting, profiles
from customers.api.consents import consents_json
from customers.consenting import Proof
from customers.finding import found
from customers.profiles import Profile
from events import tracking

CREATE = "create_customers"
TRACK = "events:write"


@client_endpoint("POST")
def create_customer(request: HttpRequest) -> HttpResponse:
    caller = client_caller(request, CREATE)
    profile = profiles.parse(strict_json.read(request))
    group_id = problems.request_id_of(request)
    written = tracking.identify(
        profile, source="CLIENT_API", group_id=group_id, key_id=caller.key_id, keeps_contacts=True
    )
    return told(_as_said(written.customer.public_id, profile))


@client_endpoint("GET")
def consents(request: HttpRequest) -> HttpResponse:
    client_caller(request, TRACK)
    return told(consents_json())


@client_endpoint("PUT")
def customer_consents(request: HttpRequest, named: str) -> HttpResponse:
    client_caller(request, CREATE)
    said = consenting.parse(strict_json.read(request))
    consenting.set_consents(found(named), said, Proof("page", request.META.get("REMOTE_ADDR")))
    return told({})


def _as_said(public_id: str, profile: Profile) -> dict[str, Any]:
    """Return the customer with what the page itself said of her: what else is known is not for the page."""
    fields = ("name", "description", "email", "phone", "birthdate")
    return {
        "id": public_id,
        "object": "customer",
        "source_id": profile.source_id,
        **{name: profile.fields.get(name) for name in fields},
        "address": profile.address or None,
        "metadata": profile.metadata,
    }
