"""What a connection's provider reports to us, and what follows from it."""

from collections.abc import Sequence

from django.http import HttpRequest

from distributions import connecting
from distributions.channels.mailing import reports
from distributions.channels.mailing.reports import Told
from distributions.feedback import receiving
from distributions.feedback.receiving import Report
from distributions.models import Connection, delivery_id_of
from events.clock import database_now

AT_ONCE = 500


def hear(connection: Connection, request: HttpRequest) -> int:
    """Store what a request reports and draw the consequences; return how much of it was new.

    Raises ``reports.UnprovenError`` and ``reports.UnreadableError``; nothing is stored then.
    """
    told = reports.read(connecting.account_of(connection), request)
    slices = (told[place : place + AT_ONCE] for place in range(0, len(told), AT_ONCE))
    return sum(receiving.take(_reports(connection, some)) for some in slices)


def _reports(connection: Connection, told: Sequence[Told]) -> list[Report]:
    """Return reports under the connection's name: a provider's ids are unique only within one account."""
    provider, now = f"{connection.provider}:{connection.public_id}"[:40], database_now()
    return [
        Report(
            provider, one.event_id, one.kind, min(one.at or now, now), delivery_id_of(one.message_id),
            address=one.address, is_permanent=one.is_permanent, is_machine=one.is_machine, raw=one.words,
        )
        for one in told
    ]  # fmt: skip
