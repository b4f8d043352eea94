"""Where a code came from and went: who holds it, why she got it, and which messages carried it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F

from campaigns import uses
from campaigns.models import Redemption, Voucher
from campaigns.reading import Status, search_codes, voucher_status
from distributions.models import Delivery
from events.lines import Line, line_of
from events.models import Event

MOST = 20
# Of so many codes that begin as asked the given ones come first: a pool of a million is never sorted.
LOOKED_AT = 500


@dataclass
class Custody:
    """One code with all that is known of its way."""

    voucher: Voucher
    status: Status
    # How it came to its holder, last step first: given, because she entered a segment, because of her cart.
    reasons: Sequence[Line] = ()
    messages: list[Delivery] = field(default_factory=list)
    # How it was redeemed, refused and taken back.
    uses: Sequence[Redemption] = ()


def find(text: str, now: datetime) -> list[Custody]:
    """Return the codes that begin so, and those of whom this names; a fixed number of queries."""
    if not text:
        return []
    matching = search_codes(Voucher.objects.order_by(), text).values("pk")[:LOOKED_AT]
    found = Voucher.objects.with_names().with_withdrawal().filter(pk__in=matching)
    return of(list(found.order_by(F("published_at").desc(nulls_last=True), "-pk")[:MOST]), now)


def of(vouchers: Sequence[Voucher], now: datetime) -> list[Custody]:
    """Return these codes with their reasons, messages and uses, in their order: seven queries."""
    told = {voucher.pk: Custody(voucher, voucher_status(voucher, now)) for voucher in vouchers}
    sent = Delivery.objects.filter(voucher__in=list(told), is_test=False).order_by("-id")
    for message in sent.select_related("distribution", "reception", "channel"):
        if message.voucher_id is not None:
            told[message.voucher_id].messages.append(message)
    given, used = _given(vouchers), uses.of_all(vouchers)
    causes = _chain(given.values())
    for custody in told.values():
        custody.uses = used.get(custody.voucher.pk, ())
        custody.reasons = list(_reasons(given.get(custody.voucher.public_id), causes))
    return list(told.values())


def _given(vouchers: Sequence[Voucher]) -> dict[str, Event]:
    """Return how each code was given first: found by its holder, whose events are indexed."""
    ids = {voucher.public_id for voucher in vouchers}
    holders = {voucher.holder_id for voucher in vouchers if voucher.holder_id}
    events = Event.objects.filter(customer__in=holders, name="voucher.published", entity_id__in=ids)
    return {event.entity_id: event for event in events.order_by("-id")}


def _chain(events: Iterable[Event]) -> dict[UUID, Event]:
    """Return the causes of these events, and the causes of those."""
    near = Event.objects.in_bulk([event.caused_by_id for event in events if event.caused_by_id])
    far = Event.objects.in_bulk([event.caused_by_id for event in near.values() if event.caused_by_id])
    return {**near, **far}


def _reasons(event: Event | None, causes: dict[UUID, Event]) -> Iterable[Line]:
    while event is not None:
        cause: Any = causes.get(event.caused_by_id) if event.caused_by_id else None
        yield line_of(event, cause)
        event = cause
