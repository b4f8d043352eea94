"""``/v1/promotions/.../stacks``: tiers of a promotion that are applied together."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access.asking import moment_in, order_in
from access.listing import envelope, read_page, total_of
from access.problems import not_found
from campaigns.api.finding import the_campaign
from campaigns.facts import Origin
from campaigns.models import PromotionStack
from campaigns.promotions import stacks, terms
from campaigns.promotions.representation import stack_json

ORDERS = ("created_at", "updated_at", "name")


def the_stack(name: str, stack_id: str) -> PromotionStack:
    """Return the stack of this id within a campaign; raise a Problem where there is none."""
    found = PromotionStack.objects.named(stack_id).filter(campaign=the_campaign(name))
    stack: PromotionStack | None = found.with_names().first()
    if stack is None:
        raise not_found("promotion_stack", stack_id)
    return stack


class AllStacks(APIView):
    required_scope = "campaigns"

    def get(self, request: Request) -> Response:
        return Response(_page(request, PromotionStack.objects.all()))


class CampaignStacks(APIView):
    required_scope = "campaigns"

    def get(self, request: Request, name: str) -> Response:
        return Response(_page(request, PromotionStack.objects.filter(campaign=the_campaign(name))))

    def post(self, request: Request, name: str) -> Response:
        campaign = the_campaign(name)
        stacks.refuse_other_kinds(campaign)
        return Response(stack_json(stacks.create(campaign, terms.stack(request.data), origin=Origin.of(request))))


class OneStack(APIView):
    required_scope = "campaigns"

    def get(self, _request: Request, name: str, stack_id: str) -> Response:
        return Response(stack_json(the_stack(name, stack_id)))

    def put(self, request: Request, name: str, stack_id: str) -> Response:
        said = terms.stack(request.data)
        return Response(stack_json(stacks.change(the_stack(name, stack_id), said, origin=Origin.of(request))))

    def delete(self, request: Request, name: str, stack_id: str) -> Response:
        stacks.delete(the_stack(name, stack_id), origin=Origin.of(request))
        return Response(status=204)


def _page(request: Request, found: Any) -> dict[str, Any]:
    page = read_page(request)
    for field in ("created_at", "updated_at"):
        after, before = (
            moment_in(request, f"{field}[{which}]", f"[{field}][{which}]") for which in ("after", "before")
        )
        found = found.filter(**{f"{field}__gt": after}) if after else found
        found = found.filter(**{f"{field}__lt": before}) if before else found
    shown = found.with_names().order_by(order_in(request, ORDERS, "-created_at"), "-id")[page.window]
    return envelope("data", [stack_json(stack) for stack in shown], total_of(found))
