"""What readers do with a mail, as its own picture and links tell: the first opening, and the first click on each link.

Scanners come first and try everything. What they do is kept, marked as theirs, and counts nowhere.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import CharField, Value
from django.db.models.functions import Cast, Concat

from access import statements
from distributions.feedback import machines, receiving
from distributions.feedback.receiving import Report
from distributions.links import Place
from distributions.models import Delivery, Feedback
from events.clock import database_now

PROVIDER = "links"
# A program that looks sooner after the sending than this looks by itself.
AT_ONCE = timedelta(seconds=1)
# Nobody clicks all links of a mail within this.
ALL_WITHIN = timedelta(seconds=1)
AGENT_MOST = 300

# What a message's feedback comes to, once more from its beginnings: something of it turned out to be no person's.
RECOUNT = """
UPDATE distributions_reception w
SET opened_at = told.opened_at, clicked_at = told.clicked_at, delivered_at = told.delivered_at
FROM (
    SELECT min(at) FILTER (WHERE kind IN ('delivered', 'opened', 'clicked', 'complained', 'unsubscribed'))
               AS delivered_at,
        min(at) FILTER (WHERE kind IN ('opened', 'clicked')) AS opened_at,
        min(at) FILTER (WHERE kind = 'clicked') AS clicked_at
    FROM distributions_feedback WHERE delivery_id = %(id)s AND NOT is_machine
) AS told
WHERE w.delivery_id = %(id)s
"""


def note_opening(delivery_id: UUID, headers: Mapping[str, str]) -> None:
    """Note that the picture of a message was fetched, by whoever these headers of a request describe."""
    now = database_now()
    is_machine = _is_machine(delivery_id, headers, now)
    event_id = f"open:{delivery_id.hex}{':machine' if is_machine else ''}"
    _take(event_id, Feedback.Kind.OPENED, delivery_id, headers, now, is_machine=is_machine)


@transaction.atomic
def note_click(place: Place, headers: Mapping[str, str]) -> None:
    """Note that somebody passes by a link; where all links were passed at once, none of it was a person."""
    now = database_now()
    is_machine = _is_machine(place.delivery_id, headers, now)
    event_id = f"click:{place.delivery_id.hex}:{place.number}{':machine' if is_machine else ''}"
    is_new = _take(event_id, Feedback.Kind.CLICKED, place.delivery_id, headers, now, is_machine=is_machine)
    if is_new and not is_machine and place.total > 1:
        _disown_if_all_at_once(place, now)


def _take(
    event_id: str, kind: str, delivery_id: UUID, headers: Mapping[str, str], now: datetime, *, is_machine: bool
) -> bool:
    raw = {"agent": headers.get("User-Agent", "")[:AGENT_MOST]}
    return bool(receiving.take([Report(PROVIDER, event_id, kind, now, delivery_id, is_machine=is_machine, raw=raw)]))


def _is_machine(delivery_id: UUID, headers: Mapping[str, str], now: datetime) -> bool:
    agent = headers.get("User-Agent", "")
    if machines.is_bot(agent, headers):
        return True
    if not machines.is_library(agent):
        return False
    sent_at = Delivery.objects.filter(pk=delivery_id).values_list("sent_at", flat=True).first()
    return sent_at is None or now - sent_at <= AT_ONCE


def _disown_if_all_at_once(place: Place, now: datetime) -> None:
    """Take back what was counted of a burst of clicks; the delivery is locked, so that the last one sees them all."""
    own = Feedback.objects.filter(delivery=place.delivery_id, provider=PROVIDER, kind=Feedback.Kind.CLICKED)
    burst = own.filter(is_machine=False, at__gte=now - ALL_WITHIN)
    if burst.count() < place.total:
        return
    # Under their own names a person's later clicks must still be new.
    renamed = Concat("provider_event_id", Value(":machine:"), Cast("id", CharField()))
    burst.update(is_machine=True, provider_event_id=renamed)
    with statements.cursor() as cursor:
        cursor.execute(RECOUNT, {"id": place.delivery_id})
