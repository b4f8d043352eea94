"""Pages of lists: how callers ask for one, and the envelope it comes in."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from rest_framework.request import Request

from access.problems import Problem, invalid_query

LIMIT_MOST = 100
PAGE_MOST = 1000
# Up to so many rows a list counts; beyond them its total is the planner's estimate, whatever the size of the table.
COUNTED_MOST = 10_000


@dataclass(frozen=True)
class Page:
    limit: int
    page: int

    @property
    def offset(self) -> int:
        return (self.page - 1) * self.limit

    @property
    def window(self) -> slice:
        """The part of a queryset that this page shows."""
        return slice(self.offset, self.offset + self.limit)


def read_page(request: HttpRequest | Request, default_limit: int = 10, *, page_most: int = PAGE_MOST) -> Page:
    """Return the page asked for by ``limit`` and ``page``; raise a Problem where there can be no such page."""
    limit = _number(request, "limit", default_limit)
    page = _number(request, "page", 1)
    if not 1 <= limit <= LIMIT_MOST:
        raise invalid_query(f"limit must lie between 1 and {LIMIT_MOST}")
    if page < 1:
        raise invalid_query("page must be 1 or more")
    if page > page_most:
        raise Problem(400, "page_over_limit", "Page over limit", f"page must not be greater than {page_most}")
    return Page(limit, page)


def total_of(found: QuerySet[Any]) -> int:
    """Return how many rows a list has: exactly where they are few, else about as many as the planner expects."""
    some = found.order_by()
    counted = some[: COUNTED_MOST + 1].count()
    if counted <= COUNTED_MOST:
        return counted
    plan = json.loads(some.explain(format="json"))[0]["Plan"]
    return max(int(plan["Plan Rows"]), counted)


def shown_on(found: QuerySet[Any], page: Page) -> tuple[list[Any], bool]:
    """Return the rows of a page, and whether more come after it: asked of the rows, not of a count."""
    rows = list(found[page.offset : page.offset + page.limit + 1])
    return rows[: page.limit], len(rows) > page.limit


def envelope(data_ref: str, items: Sequence[Any], total: int, **extra: Any) -> dict[str, Any]:
    """Return a list as Voucherify does: ``data_ref`` names the key that holds the items."""
    return {"object": "list", "data_ref": data_ref, data_ref: list(items), "total": total, **extra}


def _number(request: HttpRequest | Request, name: str, default: int) -> int:
    given = request.GET.get(name)
    if given is None:
        return default
    if not (given.isascii() and given.isdigit() and len(given) < 10):
        raise invalid_query(f"{name} must be a whole number")
    return int(given)
