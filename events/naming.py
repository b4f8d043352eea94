"""What is known of one internal event. Plain Python."""

from dataclasses import dataclass


@dataclass(frozen=True)
class InternalEvent:
    name: str
    subject: str
    label: str
    sentence: str
    payload: tuple[str, ...]
    aliases: tuple[str, ...] = ()
    has_customer: bool = False
    # A shop's servers may tell of these where they are kept elsewhere; what is done here is told by itself.
    is_reported: bool = False
    # Today's names of several events at once: subscribing to one of them means all of these events.
    shared_aliases: tuple[str, ...] = ()


def event(
    name: str,
    sentence: str,
    payload: str,
    aliases: str = "",
    *,
    has_customer: bool = False,
    is_reported: bool = False,
    shared_aliases: str = "",
) -> InternalEvent:
    """Describe an event by its name; lists are written with blanks between their parts."""
    label = name.replace(".", " ").replace("_", " ").capitalize()
    subject = name.partition(".")[0]
    return InternalEvent(
        name,
        subject,
        label,
        sentence,
        tuple(payload.split()),
        tuple(aliases.split()),
        has_customer,
        is_reported,
        tuple(shared_aliases.split()),
    )
