"""``/v1/referrals/.../holders``: to whom referral codes were handed on."""

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access.authentication import caller_of
from access.listing import envelope, read_page
from campaigns.facts import Origin
from campaigns.models import Campaign, Voucher
from rewards.finding import the_card, the_program
from rewards.referring import holding

REFERRALS = Campaign.Kind.REFERRAL_PROGRAM


class Referral(APIView):
    """A referral code by its text or id, alone or within its program."""

    required_scope = "campaigns"

    def code(self, name: str | None, member: str) -> Voucher:
        program = the_program(name, REFERRALS) if name is not None else None
        return the_card(member, program, kind=REFERRALS)


class Holders(Referral):
    def get(self, request: Request, member: str, name: str | None = None) -> Response:
        page, held = read_page(request), holding.listed(self.code(name, member))
        shown = held[page.window]
        has_more = len(held) > page.offset + len(shown)
        more = shown[-1]["id"] if has_more and shown else None
        return Response(envelope("data", shown, len(held), has_more=has_more, more_starting_after=more))

    def post(self, request: Request, member: str, name: str | None = None) -> Response:
        code, (people, metadata) = self.code(name, member), holding.read(request.data)
        origin, key_id = Origin.of(request), caller_of(request).key_id
        added = holding.add(code, people, metadata, origin=origin, key_id=key_id)
        return Response({"holders": [holding.as_json(code, each) for each in added]})


class OneHolder(Referral):
    def delete(self, _request: Request, member: str, holder_id: str, name: str | None = None) -> Response:
        holding.remove(self.code(name, member), holder_id)
        return Response(status=204)
