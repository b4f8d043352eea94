"""``POST /client/v1/publish``: a shop's page gives its visitor a code, with a key whose switch for it is on."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from access import problems, strict_json
from access.authentication import client_caller
from access.browsers import client_endpoint
from access.endpoints import told
from campaigns.api import wishes
from campaigns.facts import Origin
from campaigns.models import Publication
from campaigns.representation import publication_json
from customers.profiles import Profile
from events.models import Event

SWITCH = "publish"


@client_endpoint("POST")
def publish(request: HttpRequest) -> HttpResponse:
    """Publish one code; a page cannot redirect a known customer's mail, nor read what is known of her."""
    caller = client_caller(request, SWITCH)
    body = strict_json.read(request)
    if isinstance(body, dict) and request.GET.get("campaign"):
        body = {"campaign": request.GET["campaign"], **body}
    wish = wishes.read(body, request.GET)
    if wish.count > 1:
        raise wishes.refused("One code at a time can be published from a page.")
    origin = Origin(Event.Source.CLIENT, problems.request_id_of(request))
    publication = wish.grant(origin, key_id=caller.key_id, keeps_contacts=True)
    return told(_as_said(publication, wish.profile))


def _as_said(publication: Publication, profile: Profile) -> dict[str, Any]:
    """Return the publication with what the page itself said of the customer."""
    customer = {
        "id": publication.customer.public_id,
        "source_id": profile.source_id,
        "name": profile.fields.get("name"),
        "email": profile.fields.get("email"),
        "metadata": profile.metadata,
        "object": "customer",
    }
    return {**publication_json(publication, as_created=True), "customer": customer}
