"""What the pages show of campaigns and codes: read in a fixed number of queries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from access import project
from campaigns import codes, incentives, levels
from campaigns.codes import CodeConfig, CodeConfigError
from campaigns.levels import Level
from campaigns.models import Campaign, Publication, Transaction, Voucher
from campaigns.querysets import VoucherQuerySet
from customers.models import Customer

PAGE = 25
EXAMPLES = 3


@dataclass(frozen=True)
class Pool:
    """A pool as a bar: what is left of what there is, and how far making more has come."""

    level: Level
    is_making: bool
    made_percent: int
    making: str
    error: str

    @property
    def in_words(self) -> str:
        return f"{self.free} of {self.total} left" if self.level.total else "no codes yet"

    @property
    def free(self) -> str:
        return f"{self.level.free:,}"

    @property
    def total(self) -> str:
        return f"{self.level.total:,}"

    @property
    def given(self) -> str:
        return f"{self.level.published:,}"

    @property
    def disabled(self) -> str:
        """Return how many nobody holds and nobody can get; nothing where there are none."""
        count = self.level.total - self.level.free - self.level.published
        return f"{count:,}" if count > 0 else ""


@dataclass(frozen=True)
class Status:
    label: str
    tone: str


@dataclass(frozen=True)
class Movement:
    """What moved on a card, as its page shows it."""

    label: str
    amount: str
    balance: str
    reason: str
    source: str
    at: datetime
    is_in: bool


@dataclass(frozen=True)
class Codes:
    """One page of a campaign's codes."""

    rows: Sequence[Any]
    previous: int | None
    next: int | None


@dataclass(frozen=True)
class Look:
    """Codes as a pattern would make them, and how hard they are to guess; or why it makes none."""

    examples: Sequence[str]
    room: str
    problem: str


def pool(campaign: Campaign, level: Level | None = None) -> Pool:
    wanted = campaign.codes_wanted
    return Pool(
        level or levels.of(campaign),
        campaign.generation == Campaign.Generation.IN_PROGRESS,
        campaign.codes_made * 100 // wanted if wanted else 100,
        f"{campaign.codes_made:,} of {wanted:,}",
        campaign.generation_error,
    )


def status(campaign: Campaign, now: datetime) -> Status:
    """Say whether the campaign's codes count now."""
    if not campaign.active:
        return Status("Disabled", "warn")
    if campaign.expiration_date and campaign.expiration_date <= now:
        return Status("Ended", "quiet")
    if campaign.start_date and campaign.start_date > now:
        return Status("Not started", "accent")
    return Status("Active", "good")


def promise_in_words(campaign: Campaign) -> str:
    """Say what the campaign's codes give."""
    return incentives.in_words(campaign.voucher_kind, campaign.incentive, project.current().currency)


def voucher_in_words(voucher: Voucher) -> str:
    """Say what this code gives, and what is left on a card."""
    currency = project.current().currency
    if voucher.balance is None:
        return incentives.in_words(voucher.kind, voucher.incentive, currency)
    left = incentives.balance_in_words(voucher.kind, voucher.balance, currency)
    return f"{incentives.KIND_WORDS[voucher.kind]} with {left}"


def movements_of(voucher: Voucher) -> list[Movement]:
    """Return what moved on a card last, latest first."""
    currency = project.current().currency
    found = Transaction.objects.filter(voucher=voucher).order_by("-id")[:PAGE]
    return [
        Movement(
            row.get_type_display(),
            incentives.balance_in_words(voucher.kind, row.amount, currency),
            incentives.balance_in_words(voucher.kind, row.balance, currency),
            row.reason,
            row.source,
            row.created_at,
            is_in=row.amount > 0,
        )
        for row in found
    ]


def voucher_status(voucher: Voucher, now: datetime) -> Status:
    """Say whether this code counts now, and whether somebody holds it."""
    campaign = voucher.campaign
    if voucher.has_ended(now):
        return Status("Ended", "quiet")
    if not voucher.active:
        return Status("Void" if hasattr(voucher, "withdrawal") else "Disabled", "warn")
    if campaign is not None and not campaign.active:
        return Status("Campaign disabled", "warn")
    return Status("Given", "accent") if voucher.holder_id else Status("Free", "good")


def codes_of(campaign: Campaign, search: str, number: int) -> Codes:
    """Return a page of codes, newest first; a search finds codes by their beginning, and customers exactly."""
    codes = Voucher.objects.filter(campaign=campaign).select_related("holder")
    found = search_codes(codes, search) if search else codes
    return _page(found.order_by("-id"), number)


def search_codes(found: VoucherQuerySet, text: str) -> VoucherQuerySet:
    """Find codes by their beginning, or by the whole source id, id or e-mail of who holds them."""
    return found.matching(text, list(Customer.objects.wholly_called(text).values_list("pk", flat=True)[:PAGE]))


def given_codes_of(campaign: Campaign, number: int) -> Codes:
    """Return a page of the codes that customers got, latest first."""
    given = _page(Publication.objects.filter(campaign=campaign).select_related("voucher__holder"), number)
    # A code that its customer got once more stands where she got it last.
    vouchers = {publication.voucher_id: publication.voucher for publication in given.rows}
    return Codes(list(vouchers.values()), given.previous, given.next)


def _page(found: QuerySet[Any], number: int) -> Codes:
    number = max(1, min(number, 100_000))
    start = (number - 1) * PAGE
    rows = list(found[start : start + PAGE + 1])
    return Codes(rows[:PAGE], number - 1 if number > 1 else None, number + 1 if len(rows) > PAGE else None)


def distributions_of(campaign: Campaign) -> QuerySet[Any]:
    return campaign.distributions.order_by("-id")[:PAGE]


def publications_of(voucher: Voucher) -> list[Publication]:
    return list(Publication.objects.filter(voucher=voucher).select_related("customer").order_by("id")[:PAGE])


def codes_held_by(customer: Customer, most: int) -> list[Voucher]:
    held = Voucher.objects.filter(holder=customer).select_related("campaign")
    return list(held.order_by("-published_at")[:most])


def look(pattern: str, charset: str, count: int) -> Look:
    """Try a pattern: show what it makes, and say whether so many codes would be safe."""
    try:
        config = CodeConfig.from_json({"pattern": pattern, "charset": charset})
    except CodeConfigError as error:
        return Look([], "", str(error))
    refused = codes.refusal(config, count)
    examples = codes.generate(config, min(EXAMPLES, codes.capacity(config)))
    guesses = codes.capacity(config) // max(count, 1)
    return Look(examples, f"One guess in {guesses:,} would hit a code." if not refused else "", refused or "")
