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


def of(voucher: Voucher) -> list[Any]:
    """Return what became of this code, latest first."""
    return of_all([voucher]).get(voucher.pk, [])


def of_all(vouchers: Sequence[Voucher]) -> dict[UUID, list[Any]]:
    """Return what became of each of these codes, latest first; two queries."""
    rows = Redemption.objects.filter(voucher__in=[voucher.pk for voucher in vouchers]).select_related(
        "customer", "takes_back"
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
        one.shown_discount = money.in_words(one.discount_amount or one.amount or 0, currency)
    return told


def order_name(redemption: Redemption) -> str:
    """Return the shop's own name of the order, or ours."""
    done = redemption.takes_back or redemption
    return (done.order or {}).get("source_id") or redemption.order_public_id


def search(found: QuerySet[Redemption], text: str) -> QuerySet[Redemption]:
    """Find by the beginning of a code, or by the whole source id, id or e-mail of who redeemed or holds it."""
    codes = search_codes(Voucher.everything.all(), text).order_by().values_list("pk", flat=True)[:FOUND_MOST]
    people = Customer.objects.wholly_called(text).values_list("pk", flat=True)[:FOUND_MOST]
    return found.filter(Q(voucher__in=list(codes)) | Q(customer__in=list(people)))
