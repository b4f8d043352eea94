"""``/v1/loyalties/{campaign}/members`` and ``/v1/loyalties/members``: cards of loyalty programs, and who holds them."""

from typing import Any

from django.db.models import Q
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access import limits
from access.asking import moment_in, order_in, text_in
from access.authentication import caller_of
from access.listing import envelope, read_page, total_of
from access.problems import invalid_payload
from access.strict_json import moment
from campaigns import balances, expiring, lapsing, listing, publishing
from campaigns.facts import Origin
from campaigns.models import Transaction, Voucher
from campaigns.representation import voucher_json
from campaigns.statements import balance_json
from customers import profiles
from events import timeline
from rewards import transferring
from rewards.finding import the_card, the_program

ORDERS = {"created_at": "id", "updated_at": "updated_at", "code": "code", "type": "id"}


class Members(APIView):
    required_scope = "campaigns"

    def get(self, request: Request, name: str) -> Response:
        page, found = read_page(request), _filtered(request, name)
        order = order_in(request, ORDERS, "-created_at")
        sign = "-" if order.startswith("-") else ""
        shown = found.with_names().order_by(f"{sign}{ORDERS[order.removeprefix('-')]}", "-id")[page.window]
        return Response(envelope("vouchers", [voucher_json(card) for card in shown], total_of(found)))

    def post(self, request: Request, name: str) -> Response:
        """Make a customer a member: she gets a card, this one or a free one; who has one keeps it."""
        program, given = the_program(name), _given(request)
        customer = given.get("customer")
        if customer is None:
            raise invalid_payload("Property . should have required property 'customer'")
        said: dict[str, Any] = {
            "code": limits.identifier(given["voucher"], "voucher") if "voucher" in given else None,
            "source_id": limits.identifier(given["source_id"], "source_id") if "source_id" in given else None,
            "channel": limits.text(given.get("channel", "API"), "channel", 40),
            "metadata": limits.metadata(given.get("metadata", {}), "metadata"),
        }
        profile = profiles.parse({"source_id": customer} if isinstance(customer, str) else customer)
        published = publishing.publish_to(
            profile, program, origin=Origin.of(request), key_id=caller_of(request).key_id, **said
        )
        return Response(voucher_json(the_card(published.voucher.code, program)))


def _given(request: Request) -> dict[str, Any]:
    return {name: value for name, value in limits.mapping(request.data, "The body").items() if value is not None}


def _filtered(request: Request, name: str) -> Any:
    found = Voucher.objects.filter(campaign=the_program(name), holder__isnull=False)
    if customer := text_in(request, "customer"):
        found = found.filter(Q(holder__public_id=customer) | Q(holder__source_id=customer))
    if code := text_in(request, "code"):
        found = found.filter(code=code)
    for field in ("created_at", "updated_at"):
        after, before = moment_in(request, f"{field}[after]"), moment_in(request, f"{field}[before]")
        if after is not None:
            found = found.filter(**{f"{field}__gt": after})
        if before is not None:
            found = found.filter(**{f"{field}__lt": before})
    return found


class Member(APIView):
    """A card by its code or id, alone or within its program."""

    required_scope = "campaigns"

    def card(self, name: str | None, member: str) -> Voucher:
        return the_card(member, the_program(name) if name is not None else None)


class OneMember(Member):
    def get(self, request: Request, member: str, name: str | None = None) -> Response:
        return Response(voucher_json(self.card(name, member)))


class MemberBalance(Member):
    def post(self, request: Request, member: str, name: str | None = None) -> Response:
        """Put points on a card or take some off; the same source id moves it once."""
        card, given = self.card(name, member), _given(request)
        amount, reason, source_id = balances.parse({**given, "amount": given.get("points")})
        moved = balances.adjust(
            card, amount, reason=reason, source_id=source_id, origin=Origin.of(request), by="API",
            expiring=expiring.read(given),
        )  # fmt: skip
        return Response(balance_json(card, moved))


class MemberTransactions(Member):
    def get(self, request: Request, member: str, name: str | None = None) -> Response:
        return Response(listing.movements(request, Transaction.objects.filter(voucher=self.card(name, member))))


class MemberTransfers(Member):
    def post(self, request: Request, member: str, name: str) -> Response:
        program, wanted = the_program(name), transferring.read(request.data)
        target = transferring.transfer(program, the_card(member, program), wanted, origin=Origin.of(request))
        return Response(voucher_json(target))


class MemberLapsing(Member):
    def get(self, request: Request, member: str, name: str) -> Response:
        """Tell which points of a card lapse on which day."""
        card, page = self.card(name, member), read_page(request)
        buckets = lapsing.remaining(card.lapses, card.left_it)
        shown = [_bucket(card, *each) for each in buckets[page.window]]
        return Response(envelope("data", shown, len(buckets)))


def _bucket(card: Voucher, day: Any, points: int) -> dict[str, Any]:
    return {
        "id": lapsing.bucket_id(card.id.hex, day),
        "voucher_id": card.public_id,
        "campaign_id": card.campaign.public_id if card.campaign else None,
        "bucket": {"total_points": points},
        "status": "ACTIVE",
        "expires_at": day.isoformat(),
        "created_at": moment(card.created_at),
        "updated_at": moment(card.updated_at) if card.updated_at else None,
        "object": "loyalty_points_bucket",
    }


class MemberActivity(Member):
    def get(self, request: Request, member: str, name: str | None = None) -> Response:
        """Tell what happened to a card, of all that happened to its holder."""
        card = self.card(name, member)
        if card.holder is None:
            return Response(listing.as_list([], None))
        told, more = timeline.page_about_voucher(request, card.holder, card.public_id)
        return Response(listing.as_list(told, more))
