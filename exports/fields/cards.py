"""Points that will lapse, as a file: a line for each day on which points of a card do."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet

from access.filtering import Column
from access.identifiers import uuid_of
from campaigns import lapsing
from campaigns.models import Voucher
from exports.fields import Exportable
from exports.fields.reading import Field, named


@dataclass(frozen=True)
class Bucket:
    """Points of a card that lapse on one day."""

    voucher: Voucher
    expires_at: date
    points: int

    @property
    def id(self) -> str:
        return lapsing.bucket_id(self.voucher.id.hex, self.expires_at)


def _cards(about: Mapping[str, str]) -> QuerySet[Any]:
    cards = Voucher.objects.filter(lapses_on__isnull=False).select_related("campaign")
    return cards.filter(campaign__public_id=about["campaign"]) if "campaign" in about else cards


def _buckets(card: Voucher) -> Iterator[Bucket]:
    for day, points in lapsing.remaining(card.lapses, card.left_it):
        yield Bucket(card, day, points)


LAPSING = Exportable(
    rows=_cards,
    fields={
        "id": named("id"),
        "campaign_id": named("voucher.campaign.public_id", "campaign__public_id"),
        "voucher_id": named("voucher.public_id", "pk"),
        "points": named("points", None),
        "status": Field(lambda _bucket: "ACTIVE"),
        "expires_at": named("expires_at", "lapses_on"),
    },
    defaults=("id", "campaign_id", "voucher_id", "points", "status", "expires_at"),
    columns={"campaign_id": Column("campaign__public_id"), "voucher_id": Column("id", read=uuid_of)},
    lines=_buckets,
)
