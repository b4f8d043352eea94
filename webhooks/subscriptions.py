"""Who asked for which event: kept in the process and checked against the table by one cheap query per batch.

So a webhook that another process made or changed is known to the very next batch, and where there is none an event
costs nothing.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from access import statements
from events import catalogue
from webhooks import names
from webhooks.models import Webhook

# Any change of what the index depends on changes this sum; public ids are never used twice.
VERSION = """
    SELECT count(*), sum(hashtextextended(concat_ws(':', public_id, revision), 0))
    FROM webhooks_webhook WHERE is_active AND deleted_at IS NULL
"""


@dataclass(frozen=True, slots=True)
class Listener:
    """A webhook that wants an event, and the type by which it asked for it."""

    webhook_id: int
    public_id: str
    target_url: str
    type: str


@dataclass
class Index:
    """All webhooks that are on, by the names under which events are stored."""

    version: object = None
    by_event: Mapping[str, list[Listener]] = field(default_factory=dict)
    of_custom: list[Listener] = field(default_factory=list)
    of_all: list[Webhook] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.by_event or self.of_custom or self.of_all)

    def listeners(self, name: str) -> list[Listener]:
        """Return who is to be told of an event of this name, each webhook once."""
        found = {one.webhook_id: one for one in self.by_event.get(name, ())}
        if name not in catalogue.KNOWN:
            found = {one.webhook_id: one for one in self.of_custom} | found
        return list({**{one.pk: _listener(one, name) for one in self.of_all}, **found}.values())


_known = Index()


def current() -> Index:
    """Return the index as the table stands."""
    global _known
    with statements.cursor() as cursor:
        cursor.execute(VERSION)
        version = cursor.fetchone()
    if _known.version != version:
        _known = _read(version, Webhook.objects.kept().filter(is_active=True).order_by("id") if version[0] else ())
    return _known


def _read(version: object, webhooks: Iterable[Webhook]) -> Index:
    by_event: dict[str, list[Listener]] = defaultdict(list)
    index = Index(version, by_event)
    for webhook in webhooks:
        if names.EVERYTHING in webhook.events:
            index.of_all.append(webhook)
        for stored, told in names.by_stored_name(webhook.events).items():
            if stored == names.CUSTOM:
                index.of_custom.append(_listener(webhook, told))
            else:
                by_event[stored].append(_listener(webhook, told))
    return index


def _listener(webhook: Webhook, told: str) -> Listener:
    return Listener(webhook.pk, webhook.public_id, webhook.target_url, told)
