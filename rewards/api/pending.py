"""``/v1/loyalties/.../pending-points``: points that were earned and wait."""

from rest_framework.request import Request
from rest_framework.response import Response

from access import limits
from campaigns.facts import Origin
from campaigns.statements import balance_json
from rewards import pending
from rewards.api.members import Member
from rewards.api.programs import told_pending
from rewards.models import PendingPoints


class MemberPendingPoints(Member):
    def get(self, request: Request, member: str, name: str | None = None) -> Response:
        return Response(told_pending(request, pending.of_card(self.card(name, member))))


class OnePending(Member):
    def entry(self, member: str, entry_id: str) -> PendingPoints:
        return pending.find(self.card(None, member), entry_id)


class Activate(OnePending):
    def post(self, request: Request, member: str, entry_id: str) -> Response:
        moved = pending.activate(self.entry(member, entry_id), origin=Origin.of(request))
        return Response({**balance_json(moved.voucher, moved), "operation_type": "MANUAL"})


class Adjust(OnePending):
    def post(self, request: Request, member: str, entry_id: str) -> Response:
        points = pending.points_in(limits.mapping(request.data, "The body").get("points"))
        entry = pending.adjust(self.entry(member, entry_id), points, origin=Origin.of(request))
        about = {"type": "voucher", "id": entry.voucher.public_id}
        told = {"points": points, "total": entry.points, "object": "balance", "operation_type": "MANUAL"}
        return Response({**told, "related_object": about})


class Cancel(OnePending):
    def post(self, request: Request, member: str, entry_id: str) -> Response:
        pending.cancel(self.entry(member, entry_id), origin=Origin.of(request))
        return Response(status=204)
