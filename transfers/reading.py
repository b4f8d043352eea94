"""Transfers as pages and the API show them."""

from dataclasses import dataclass

from campaigns.models import Campaign
from transfers import counting
from transfers.counting import Counts
from transfers.models import Parcel, Transfer

SHOWN = 5
TROUBLES_SHOWN = 20


@dataclass(frozen=True)
class Shown:
    """A transfer with how far it is, and the contacts that could not be written."""

    transfer: Transfer
    counts: Counts
    troubles: list[Parcel]

    @property
    def is_open(self) -> bool:
        return self.transfer.status in Transfer.OPEN


def of(campaign: Campaign, most: int = SHOWN) -> list[Shown]:
    """Return the latest transfers of a campaign."""
    found = Transfer.objects.filter(campaign=campaign).select_related("campaign", "connection", "segment")
    return [Shown(one, counting.counts_of(one), _troubles(one)) for one in found.order_by("-id")[:most]]


def _troubles(transfer: Transfer) -> list[Parcel]:
    """Return the contacts that failed or wait to be tried again, with what the provider said of them."""
    told = Parcel.objects.filter(transfer=transfer).exclude(detail="").select_related("customer")
    return list(told.order_by("id")[:TROUBLES_SHOWN])
