"""The codes that came along with an event: by which a visitor was referred, and which card is to earn.

Few events have some, so they stand beside the events and not in them. Written with the event, in its transaction.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from access.arrays import array
from customers.upserting import Cursor
from events.models import EventCompanion

WRITE = """
    INSERT INTO events_eventcompanion (event_id, referral_code, loyalty_code)
    SELECT * FROM unnest(%s::uuid[], %s::text[], %s::text[])
"""


@dataclass(frozen=True, slots=True)
class Companions:
    """What an event named; an empty text where it named nothing."""

    referral_code: str = ""
    loyalty_code: str = ""


NONE = Companions()


def write(cursor: Cursor, named: Sequence[tuple[UUID, Companions]]) -> None:
    """Write what these events named: one statement, none where nothing was."""
    told = [(key, companions) for key, companions in named if companions != NONE]
    if told:
        referrals = array([companions.referral_code for _, companions in told])
        loyalties = array([companions.loyalty_code for _, companions in told])
        cursor.execute(WRITE, [array([key for key, _ in told]), referrals, loyalties])


def referral_codes(event_ids: Collection[UUID]) -> dict[UUID, str]:
    """Return the codes by which the visitors of these events were referred, by the events: one query."""
    found = EventCompanion.objects.filter(event_id__in=event_ids).exclude(referral_code="")
    return dict(found.values_list("event_id", "referral_code"))


def loyalty_codes(event_ids: Collection[UUID]) -> dict[UUID, str]:
    """Return the cards that are to earn for these events, by the events: one query."""
    found = EventCompanion.objects.filter(event_id__in=event_ids).exclude(loyalty_code="")
    return dict(found.values_list("event_id", "loyalty_code"))
