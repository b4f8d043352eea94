"""``/v1/rewards`` and ``/v1/loyalties/{campaign}/rewards``: what points can be spent on, and where."""

from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access import limits
from access.asking import flag_in, order_in, text_in
from access.listing import envelope, read_page, total_of
from access.problems import invalid_payload
from campaigns.facts import Origin
from rewards import stocking
from rewards.api.members import Member
from rewards.finding import the_assignment, the_program, the_reward
from rewards.models import Reward, RewardAssignment
from rewards.telling import assignment_json, member_reward_json, reward_json

ORDERS = ("created_at", "updated_at")


def _listed(request: Request, found: QuerySet[RewardAssignment], tell: Any = assignment_json) -> Response:
    page = read_page(request)
    shown = found.select_related("reward", "campaign").order_by("-id")[page.window]
    return Response(envelope("data", [tell(each) for each in shown], total_of(found)))


class Rewards(APIView):
    required_scope = "campaigns"

    def get(self, request: Request) -> Response:
        page, found = read_page(request), Reward.objects.all()
        if program := text_in(request, "assignment_id"):
            found = found.filter(Q(assignments__public_id=program) | Q(assignments__campaign__public_id=program))
        shown = found.order_by(order_in(request, ORDERS, "-created_at"), "-id")[page.window]
        return Response(envelope("data", [reward_json(each) for each in shown], total_of(found)))

    def post(self, request: Request) -> Response:
        return Response(reward_json(stocking.create(request.data)))


class OneReward(APIView):
    required_scope = "campaigns"

    def get(self, request: Request, reward_id: str) -> Response:
        return Response(reward_json(the_reward(reward_id)))

    def put(self, request: Request, reward_id: str) -> Response:
        return Response(reward_json(stocking.change(the_reward(reward_id), request.data)))

    def delete(self, request: Request, reward_id: str) -> Response:
        stocking.delete(the_reward(reward_id))
        return Response(status=204)


class AssignmentsOfReward(APIView):
    required_scope = "campaigns"

    def get(self, request: Request, reward_id: str) -> Response:
        return _listed(request, RewardAssignment.objects.filter(reward=the_reward(reward_id)))

    def post(self, request: Request, reward_id: str) -> Response:
        reward, given = the_reward(reward_id), limits.mapping(request.data, "The body")
        program = the_program(limits.identifier(given.get("campaign"), "campaign"))
        return Response(assignment_json(stocking.put_into(program, reward, given, origin=Origin.of(request))))


class OneAssignmentOfReward(APIView):
    required_scope = "campaigns"

    def assignment(self, reward_id: str, assignment_id: str) -> RewardAssignment:
        return the_assignment(assignment_id, reward=the_reward(reward_id))

    def get(self, request: Request, reward_id: str, assignment_id: str) -> Response:
        return Response(assignment_json(self.assignment(reward_id, assignment_id)))

    def put(self, request: Request, reward_id: str, assignment_id: str) -> Response:
        given = limits.mapping(request.data, "The body")
        changed = stocking.reprice(self.assignment(reward_id, assignment_id), given, origin=Origin.of(request))
        return Response(assignment_json(changed))

    def delete(self, request: Request, reward_id: str, assignment_id: str) -> Response:
        stocking.remove(self.assignment(reward_id, assignment_id), origin=Origin.of(request))
        return Response(status=204)


class ProgramRewards(APIView):
    required_scope = "campaigns"

    def get(self, request: Request, name: str) -> Response:
        return _listed(request, RewardAssignment.objects.filter(campaign=the_program(name)))

    def post(self, request: Request, name: str) -> Response:
        """Put the rewards of a list into a program, all or none; one alone is answered alone."""
        program, body = the_program(name), request.data
        asked = body if isinstance(body, list) else [body]
        if not 1 <= len(asked) <= 100:
            raise invalid_payload("The body must be a list of 1 to 100 rewards")
        with transaction.atomic():
            made = [_put_into(request, program, each) for each in asked]
        return Response(made if isinstance(body, list) else made[0])


def _put_into(request: Request, program: Any, data: object) -> dict[str, Any]:
    given = limits.mapping(data, "Each reward")
    reward = the_reward(limits.identifier(given.get("reward"), "reward"))
    return assignment_json(stocking.put_into(program, reward, given, origin=Origin.of(request)))


class OneProgramReward(APIView):
    required_scope = "campaigns"

    def get(self, request: Request, name: str, assignment_id: str) -> Response:
        return Response(assignment_json(the_assignment(assignment_id, program=the_program(name))))

    def put(self, request: Request, name: str, assignment_id: str) -> Response:
        assignment = the_assignment(assignment_id, program=the_program(name))
        given = limits.mapping(request.data, "The body")
        return Response(assignment_json(stocking.reprice(assignment, given, origin=Origin.of(request))))

    def delete(self, request: Request, name: str, assignment_id: str) -> Response:
        stocking.remove(the_assignment(assignment_id, program=the_program(name)), origin=Origin.of(request))
        return Response(status=204)


class RewardOfAssignment(APIView):
    required_scope = "campaigns"

    def get(self, request: Request, name: str, assignment_id: str) -> Response:
        return Response(reward_json(the_assignment(assignment_id, program=the_program(name)).reward))


class MemberRewards(Member):
    def get(self, request: Request, member: str) -> Response:
        """Tell what can be had for the points of a card; on request only what they suffice for."""
        card = self.card(None, member)
        found = RewardAssignment.objects.filter(campaign=card.campaign)
        found = found.filter(Q(reward__stock__isnull=True) | Q(reward__redeemed__lt=F("reward__stock")))
        if flag_in(request, "affordable_only"):
            found = found.filter(Q(points__lte=card.balance or 0) | Q(points__isnull=True))
        return _listed(request, found, member_reward_json)
