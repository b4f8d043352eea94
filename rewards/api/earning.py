"""``/v1/loyalties/{campaign}/earning-rules``: by what points are earned."""

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access.asking import order_in
from access.listing import envelope, read_page, total_of
from access.problems import invalid_payload
from campaigns.facts import Origin
from rewards.earning import defining, reading
from rewards.finding import the_program, the_rule
from rewards.models import EarningRule
from rewards.representation import earning_rules_json

MOST_AT_ONCE = 100
ORDERS = ("created_at", "updated_at")


class EarningRules(APIView):
    required_scope = "campaigns"

    def get(self, request: Request, name: str) -> Response:
        page = read_page(request)
        found = EarningRule.objects.filter(campaign=the_program(name)).select_related("campaign", "segment")
        shown = found.order_by(order_in(request, ORDERS, "-created_at"), "-id")[page.window]
        return Response(envelope("data", earning_rules_json(shown), total_of(found)))

    def post(self, request: Request, name: str) -> Response:
        """Add the rules of a list, all or none, and answer with a list; one alone is answered alone."""
        program, body = the_program(name), request.data
        asked = body if isinstance(body, list) else [body]
        if not 1 <= len(asked) <= MOST_AT_ONCE:
            raise invalid_payload(f"The body must be a list of 1 to {MOST_AT_ONCE} earning rules")
        made = defining.create_many(program, [reading.read(each) for each in asked], origin=Origin.of(request))
        told = earning_rules_json(made)
        return Response(told if isinstance(body, list) else told[0])


class OneEarningRule(APIView):
    required_scope = "campaigns"

    def get(self, request: Request, name: str, rule_id: str) -> Response:
        return _told(the_rule(the_program(name), rule_id))

    def put(self, request: Request, name: str, rule_id: str) -> Response:
        rule = the_rule(the_program(name), rule_id)
        return _told(defining.change(rule, reading.read_change(request.data, rule.event), origin=Origin.of(request)))

    def delete(self, request: Request, name: str, rule_id: str) -> Response:
        defining.delete(the_rule(the_program(name), rule_id), origin=Origin.of(request))
        return Response(status=204)


class EnableEarningRule(APIView):
    required_scope = "campaigns"
    active = True

    def post(self, request: Request, name: str, rule_id: str) -> Response:
        rule = the_rule(the_program(name), rule_id)
        return _told(defining.set_active(rule, active=self.active, origin=Origin.of(request)))


class DisableEarningRule(EnableEarningRule):
    active = False


def _told(rule: EarningRule) -> Response:
    return Response(earning_rules_json([rule])[0])
