"""``POST /v1/loyalties/.../members/{code}/redemption``: the holder of a card takes a reward."""

from rest_framework.request import Request
from rest_framework.response import Response

from access import limits
from campaigns.redeeming import redeeming, telling, wishes
from campaigns.redeeming.askers import asker_of
from rewards.api.members import Member


class MemberRedemption(Member):
    def post(self, request: Request, member: str, name: str | None = None) -> Response:
        card = self.card(name, member)
        given = wishes.without_nulls(limits.mapping(request.data or {}, "The body"))
        holder = {"customer": {"id": card.holder.public_id}} if card.holder else {}
        wish = wishes.read_about({**given, **holder}, (wishes.asked_of_code(card.code, given),))
        redeemed = redeeming.redeem(wish, asker_of(request))
        if redeemed.problem is not None:
            raise redeemed.problem
        return Response(telling.redemption_json(redeemed.redemptions[0]))
