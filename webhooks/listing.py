"""Pages of what was sent, newest first."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from access.paging import Page
from access.paging import page_of as latest
from webhooks.models import Sendout

# What is rare is looked for among this many of the latest, so that no page waits for the whole table.
SEARCHED = 100_000


def page_of(told: Mapping[str, Any], before: UUID | None) -> Page[Sendout]:
    """Return the sendouts before an id, to one webhook, in one state or of one type where it is asked for."""
    narrowed = {name: told[name] for name in ("webhook", "state", "type") if told.get(name)}
    found = Sendout.objects.select_related("webhook").defer("body").filter(**narrowed)
    return latest(found, before, searched=SEARCHED if narrowed else None)
