"""What became of codes at the till, as the pages show it: redeemed, refused, taken back."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from access import money, project
from campaigns.models import Redemption, Voucher
from campaigns.reading import search_codes
from customers.models import Customer

PAGE = 25
# A search finds so many codes or customers; who wants to see more writes more of the code.
FOUND_MOST = 200
# What is read with each of them, to be shown.
SHOWN = ("voucher", "promotion_tier", "takes_back")


def of(voucher: Voucher) -> list[Any]:
    """Return what became of this code, latest first."""
    return of_all([voucher]).get(voucher.pk, [])


def of_all(vouchers: Sequence[Voucher]) -> dict[UUID, list[Any]]:
    """Return what became of each of these codes, latest first; two queries."""
    rows = Redemption.objects.filter(voucher__in=[voucher.pk for voucher in vouchers]).select_related(
        "customer", *SHOWN
    )
    found = dict[UUID, list[Any]]()
    for row in price(rows.order_by("-id")[: PAGE * len(vouchers)]):
        found.setdefault(row.voucher_id, []).append(row)
    return found


def price(redemptions: Iterable[Redemption]) -> list[Any]:
    """Say of each what it took off, in the project's currency."""
    currency, told = project.current().currency, list[Any](redemptions)
    for one in told:
        one.shown_order = order_name(one)
        one.shown_name = named(one)
        one.shown_as, one.shown_tone = outcome(one)
        one.shown_amount = money.in_words(one.order_amount, currency) if one.order_amount else ""
        # Of several at once each part says its own.
        taken_off = one.discount_amount or one.amount or 0
        one.shown_discount = "" if is_whole(one) else money.in_words(taken_off, currency)
    return told


def outcome(redemption: Redemption) -> tuple[str, str]:
    """Return in a word what became of it, and in which tone that is shown."""
    has_failed = redemption.result == Redemption.Result.FAILURE
    if redemption.is_rollback:
        return ("Not taken back", "warn") if has_failed else ("Taken back", "plain")
    if redemption.status == Redemption.Status.ROLLED_BACK:
        return "Redeemed, taken back", "plain"
    return redemption.get_status_display(), "warn" if has_failed else "good"


def named(redemption: Redemption) -> str:
    """Return what was redeemed as a person knows it: the code, the promotion, or several at once."""
    if redemption.voucher is not None:
        return redemption.voucher.code
    if redemption.promotion_tier is not None:
        return redemption.promotion_tier.name
    return "Several at once" if is_whole(redemption) else redemption.related_object_id


def is_whole(redemption: Redemption) -> bool:
    """Tell whether it stands for several that were redeemed together."""
    return redemption.related_object_type == Redemption.Related.REDEMPTION


def together_with(redemption: Redemption) -> list[Any]:
    """Return the other parts of the wish by which this was redeemed; of the whole, its parts."""
    whole = redemption.parent_id or redemption.pk
    parts = Redemption.objects.filter(parent=whole, is_rollback=redemption.is_rollback).exclude(pk=redemption.pk)
    return price(parts.select_related(*SHOWN).order_by("id"))


def returns_of(redemption: Redemption) -> list[Any]:
    """Return how a redemption was taken back, and how that was refused, latest first."""
    return price(redemption.rollbacks.select_related(*SHOWN).order_by("-id")[:PAGE])


def order_name(redemption: Redemption) -> str:
    """Return the shop's own name of the order, or ours."""
    done = redemption.takes_back or redemption
    return (done.order or {}).get("source_id") or redemption.order_public_id


def search(found: QuerySet[Redemption], text: str) -> QuerySet[Redemption]:
    """Find by the beginning of a code, or by the whole source id, id or e-mail of who redeemed or holds it."""
    codes = search_codes(Voucher.everything.all(), text).order_by().values_list("pk", flat=True)[:FOUND_MOST]
    people = Customer.objects.wholly_called(text).values_list("pk", flat=True)[:FOUND_MOST]
    return found.filter(Q(voucher__in=list(codes)) | Q(customer__in=list(people)))
