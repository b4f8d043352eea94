"""Movements on cards as a list: newest first where nothing else is asked; the next page begins after an id."""

from typing import Any

from django.db.models import QuerySet
from rest_framework.request import Request

from access.asking import order_in, text_in
from access.filtering import Column, Columns, Kind, from_query
from access.identifiers import uuid_of
from access.listing import read_page
from access.problems import not_found
from campaigns.models import Transaction
from campaigns.statements import transaction_json

TRANSACTIONS: Columns = {
    "id": Column("public_id"),
    "voucher_id": Column("voucher_id", read=uuid_of),
    "type": Column("type"),
    "source_id": Column("source_id"),
    "created_at": Column("created_at", Kind.MOMENT),
}


def movements(request: Request, found: QuerySet[Transaction]) -> dict[str, Any]:
    """Tell a page of these movements."""
    found = found.filter(from_query(request, TRANSACTIONS))
    rows, more = page_after(request, found, "transaction")
    return as_list([transaction_json(row) for row in Transaction.objects.with_names().filter(pk__in=rows).order_by(
        "-id" if order_in(request, ("id", "created_at"), "-id").startswith("-") else "id")], more)  # fmt: skip


def page_after(request: Request, found: QuerySet[Any], kind: str) -> tuple[list[Any], str | None]:
    """Return the keys of the rows of a page, and after which id the next page begins, where there is one."""
    limit = read_page(request).limit
    is_descending = order_in(request, ("id", "created_at"), "-id").startswith("-")
    if after := text_in(request, "starting_after_id"):
        last = found.model._default_manager.filter(public_id=after).first()
        if last is None:
            raise not_found(kind, after)
        found = found.filter(**{f"id__{'lt' if is_descending else 'gt'}": last.pk})
    ordered = found.order_by("-id" if is_descending else "id").values_list("pk", "public_id")
    rows = list(ordered[: limit + 1])
    has_more = len(rows) > limit
    return [key for key, _ in rows[:limit]], rows[limit - 1][1] if has_more else None


def as_list(told: list[dict[str, Any]], more: str | None) -> dict[str, Any]:
    listed = {"object": "list", "data_ref": "data", "data": told}
    return {**listed, "has_more": more is not None, "more_starting_after": more}
