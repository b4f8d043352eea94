"""How far a transfer is."""

from dataclasses import dataclass

from django.db.models import Count

from transfers.models import Parcel, Transfer

State = Parcel.State


@dataclass(frozen=True)
class Counts:
    """A transfer's contacts by what became of them."""

    total: int = 0
    done: int = 0
    failed: int = 0
    skipped: int = 0

    @property
    def percent(self) -> int:
        return round(100 * (self.done + self.failed + self.skipped) / self.total) if self.total else 0


def counts_of(transfer: Transfer) -> Counts:
    """Count a transfer's contacts, in one query."""
    rows = Parcel.objects.filter(transfer=transfer).values_list("state").annotate(Count("id"))
    by_state = dict(rows.order_by())
    return Counts(
        sum(by_state.values()), by_state.get(State.DONE, 0), by_state.get(State.FAILED, 0),
        by_state.get(State.SKIPPED, 0),
    )  # fmt: skip


def first_failure(transfer: Transfer) -> str:
    """Return why the first contact that failed did."""
    failed = Parcel.objects.filter(transfer=transfer, state=State.FAILED).order_by("id")
    return failed.values_list("detail", flat=True).first() or ""
