"""Write docs/events.md from the catalogue."""

from itertools import groupby
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from events import catalogue
from events.catalogue import InternalEvent

PAGE = settings.BASE_DIR / "docs" / "events.md"

OPENING = """\
# Events

Everything that happens is an event: what a shop reports (`POST /v1/events`), and what this installation does itself.
The latter are the {count} internal events below, and what is named after them. Those with a customer are tallied per
customer and can be counted by segments; every one of them can start a distribution. Aliases are other spellings that
are understood wherever a name is given.

*Reported too*: what is done here is told by itself, and a shop whose orders are kept elsewhere may tell of them with
`POST /v1/events`, with the key of a server. Any other internal name, and each of them from a page, is refused there.
This page is written by `./run manage document_events`.
"""

BESIDE = "beside the internal events"
HEADINGS = "| Event | Says | Carries | Customer | Aliases |\n| --- | --- | --- | --- | --- |"


class Command(BaseCommand):
    help = __doc__

    def handle(self, *_args: Any, **_options: Any) -> None:
        PAGE.write_text(page())
        self.stdout.write(f"Wrote {len(catalogue.INTERNAL)} events to {PAGE}.")


def page() -> str:
    """Return the whole page as it should stand in docs/."""
    events = catalogue.INTERNAL.values()
    sections = [_section(subject, list(group)) for subject, group in groupby(events, lambda event: event.subject)]
    beside = [event for name, event in catalogue.KNOWN.items() if name not in catalogue.INTERNAL]
    return "\n".join([OPENING.format(count=len(events)), *sections, _section(BESIDE, beside)])


def _section(subject: str, events: list[InternalEvent]) -> str:
    title = subject.upper() if subject == "sku" else subject.capitalize()
    return f"## {title}\n\n{HEADINGS}\n" + "".join(f"{_row(event)}\n" for event in events)


def _row(event: InternalEvent) -> str:
    sentence = event.sentence + (" *Reported too.*" if event.is_reported else "")
    spellings = (*event.aliases, *event.shared_aliases)
    carries, aliases = (", ".join(f"`{name}`" for name in names) for names in (event.payload, spellings))
    return f"| `{event.name}` | {sentence} | {carries} | {'yes' if event.has_customer else ''} | {aliases} |"
