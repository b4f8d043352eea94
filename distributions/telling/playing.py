"""The playground's one move: let a customer do something, by the same way as the shop's own events."""

from typing import Any

from django.db import connection, transaction

from backlog import doorbell
from customers.profiles import Profile
from events.accepting import Report, accept_group
from events.models import Event
from events.tasks import apply_pending


@transaction.atomic
def act(profile: Profile, event_name: str, properties: dict[str, Any], *, group_id: str) -> Event:
    """Accept the event as the API would, schema and all; raise the Problem that the API would answer."""
    report = Report(profile, event_name, properties, source=Event.Source.ADMIN, group_id=group_id)
    with connection.cursor() as cursor:
        outcome = accept_group(cursor, [report])[0]
    if outcome.problem is not None:
        raise outcome.problem
    doorbell.ring_on_commit(apply_pending)
    return Event.objects.get(pk=outcome.event_id)
