"""What a shop's pages ask the older way: one code checked by its address, redeemed, listed; promotions for a cart.

A key that everybody can read hears nothing of a customer but what the page said itself.
"""

from typing import Any

from django.http import HttpRequest, HttpResponse

from access import limits, strict_json
from access.authentication import client_caller
from access.browsers import client_endpoint
from access.endpoints import told
from access.listing import envelope, read_page, total_of
from access.problems import invalid_query
from campaigns.api import promotions, till, vouchers
from campaigns.api.redeeming import answered, single
from campaigns.api.wishes import nested
from campaigns.redeeming import offering, redeeming, validating, wishes
from campaigns.redeeming.wishes import Wish
from campaigns.representation import voucher_json

LIST_SWITCH = "list_vouchers"
SESSION = ("type", "key", "ttl", "ttl_unit")
LISTED = ("active", "code", "metadata", "assets", "object", "expiration_date", "start_date", "created_at")
ITEMS_MOST = 500


@client_endpoint("GET")
def validate(request: HttpRequest) -> HttpResponse:
    """Check the code of an address for the cart of an address."""
    asker = till.asker_of_page(request, client_caller(request, till.ANY))
    code = limits.identifier(request.GET.get("code"), "code")
    return told(single(validating.validate(_wish(request, code), asker), code))


@client_endpoint("GET", "POST")
def promotions_for(request: HttpRequest) -> HttpResponse:
    """Tell which promotions a cart may have; asked without a code the older call comes here."""
    asker = till.asker_of_page(request, client_caller(request, till.ANY))
    if request.method == "POST":
        wish = wishes.read_about(wishes.without_nulls(limits.mapping(strict_json.read(request), "The body")), ())
    else:
        wish = _wish(request, None)
    return told(offering.offer(wish, asker))


@client_endpoint("POST")
def redeem(request: HttpRequest) -> HttpResponse:
    caller = client_caller(request, till.SWITCH)
    code = limits.identifier(request.GET.get("code"), "code")
    given = wishes.without_nulls(limits.mapping(strict_json.read(request), "The body"))
    wish = wishes.read_about(given, (wishes.asked_of_code(code, given),))
    redeemed = redeeming.redeem(wish, till.asker_of_page(request, caller))
    return told({**till.for_a_page(answered(redeemed), wish)["redemptions"][0], "order": redeemed.order})


@client_endpoint("GET")
def list_tiers(request: HttpRequest) -> HttpResponse:
    client_caller(request, till.ANY)
    return told(promotions.page_of(promotions.all_tiers(request), read_page(request, page_most=promotions.PAGE_MOST)))


@client_endpoint("GET")
def list_vouchers(request: HttpRequest) -> HttpResponse:
    """Tell the codes of a campaign or a customer, as far as a page needs them."""
    client_caller(request, LIST_SWITCH)
    found, page = vouchers.filtered(request), read_page(request, page_most=vouchers.PAGE_MOST)
    shown = [voucher_json(voucher) for voucher in found.with_names().order_by("-id")[page.window]]
    return told(envelope("vouchers", [{name: each[name] for name in LISTED} for each in shown], total_of(found)))


def _wish(request: HttpRequest, code: str | None) -> Wish:
    """Return the wish that an address says: brackets stand for objects, and numbers come as texts."""
    said = nested(request.GET)
    session = {name: _number(said.get(f"session_{name}")) for name in SESSION if said.get(f"session_{name}")}
    given = {
        "customer": said.get("customer"),
        "metadata": said.get("metadata"),
        "tracking_id": said.get("tracking_id"),
        "order": _order(said),
        "session": session or None,
        "reward": said.get("reward"),
    }
    given = wishes.without_nulls(given)
    return wishes.read_about(given, (wishes.asked_of_code(code, given),) if code is not None else ())


def _order(said: dict[str, Any]) -> dict[str, Any] | None:
    order = said.get("order")
    items = _items(said.get("item") or said.get("items"))
    told_of = {
        "amount": _number(said.get("amount")),
        "items": items or None,
        "metadata": order.get("metadata") if isinstance(order, dict) else None,
    }
    known = wishes.without_nulls(told_of)
    return known or None


def _items(said: object) -> list[dict[str, Any]]:
    """Return the lines of a cart, by their numbers: ``item[0][product_id]=...``."""
    if said is None:
        return []
    if not isinstance(said, dict) or len(said) > ITEMS_MOST or not all(key.isdecimal() for key in said):
        raise invalid_query(f"item must be up to {ITEMS_MOST} lines, as item[0][product_id]")
    lines = [limits.mapping(said[key], "item") for key in sorted(said, key=int)]
    return [{name: _number(value) if name in NUMBERS else value for name, value in line.items()} for line in lines]


NUMBERS = frozenset({"quantity", "price", "amount"})


def _number(text: Any) -> Any:
    """Return a text of digits as the number it is; anything else as it stands, to be refused where it is read."""
    is_number = isinstance(text, str) and text.isascii() and text.isdigit() and len(text) < 16
    return int(text) if is_number else text
