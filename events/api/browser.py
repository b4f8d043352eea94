"""POST /client/v1/events: what a shop's pages report, with a key that everybody can read.

Such a key may track and nothing else: it reads nothing back, and it cannot redirect a known customer's mail.
"""

from typing import Any

from django.http import HttpRequest, HttpResponse

from access import problems, strict_json
from access.authentication import client_caller
from access.browsers import client_endpoint
from access.endpoints import told
from access.limits import identifier
from events import group_commit
from events.accepting import Outcome
from events.api.reported import SCOPE, accepted
from events.models import Event
from events.reporting import EVENT_BYTES, Origin, read_report


@client_endpoint("POST")
def track_from_page(request: HttpRequest) -> HttpResponse:
    """Accept one event of a page, from an origin that its key allows."""
    caller = client_caller(request, SCOPE)
    given = request.META.get("HTTP_IDEMPOTENCY_KEY", "")
    message_id = identifier(given, "Idempotency-Key") if given else ""
    group_id = problems.request_id_of(request)
    origin = Origin(Event.Source.CLIENT, caller.key_id, group_id, keeps_contacts=True, message_id=message_id)
    # Beacons, which outlive their page, can only send plain text.
    item = strict_json.read(request, EVENT_BYTES, also=("text/plain",))
    outcome = group_commit.accept([read_report(item, origin)])[0]
    if outcome.problem is not None:
        raise outcome.problem
    return told(accepted(outcome, item, _as_said(outcome)))


def _as_said(outcome: Outcome) -> dict[str, Any]:
    """Return the customer with what the page itself said of her: what else is known is not for the page."""
    profile = outcome.report.profile
    return {
        "id": outcome.draft.public_id if outcome.draft else None,
        "object": "customer",
        "source_id": profile.source_id,
        "name": profile.fields.get("name"),
        "email": profile.fields.get("email"),
        "metadata": profile.metadata,
    }
