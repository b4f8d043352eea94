"""``/v1/validation-rules``: who may redeem, when and for which products; and on what such a rule is."""

from typing import Any

from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access import limits
from access.asking import moment_in, order_in, text_in
from access.authentication import caller_of
from access.listing import envelope, read_page, total_of
from access.problems import not_found, request_id_of
from campaigns.models import RuleAssignment, ValidationRule
from campaigns.rules import assignments, definition
from campaigns.rules.origins import By
from campaigns.rules.representation import assignment_json, rule_json
from campaigns.rules.subjects import on_named
from events.models import Event

ORDERS = ("created_at", "updated_at", "name")
OLDER = ("voucher", "campaign", "promotion_tier")


class ValidationRules(APIView):
    required_scope = "campaigns"

    def get(self, request: Request) -> Response:
        page = read_page(request)
        found = _within(request, ValidationRule.objects.order_by(order_in(request, ORDERS, "-created_at"), "-id"))
        shown = [rule_json(rule, rule.assignments_count) for rule in found.with_uses()[page.window]]
        return Response(envelope("data", shown, total_of(found)))

    def post(self, request: Request) -> Response:
        return Response(rule_json(definition.create(definition.read(request.data), by=_by(request)), 0))


class OneValidationRule(APIView):
    required_scope = "campaigns"

    def get(self, request: Request, rule_id: str) -> Response:
        return Response(_told(assignments.find(rule_id)))

    def put(self, request: Request, rule_id: str) -> Response:
        return Response(_told(definition.change(assignments.find(rule_id), request.data, by=_by(request))))

    def delete(self, request: Request, rule_id: str) -> Response:
        force = request.GET.get("force") == "true"
        definition.delete(assignments.find(rule_id), force=force, by=_by(request))
        return Response(status=204)


class AssignmentsOfRule(APIView):
    required_scope = "campaigns"

    def get(self, request: Request, rule_id: str) -> Response:
        return Response(_page(request, RuleAssignment.objects.filter(rule=assignments.find(rule_id))))

    def post(self, request: Request, rule_id: str) -> Response:
        where = on_named(*_named_in(limits.mapping(request.data, "The body")))
        return Response(assignment_json(assignments.assign(assignments.find(rule_id), where, by=_by(request))))


def _named_in(body: dict[str, Any]) -> tuple[object, object]:
    """Return on what a rule is to be put, by its kind and id; older clients say ``{"campaign": id}``."""
    for kind in OLDER:
        if body.get(kind) is not None:
            return kind, body[kind]
    # Clients leave out the kind of a voucher: it is the default.
    return body.get("related_object_type") or "voucher", body.get("related_object_id")


class OneAssignment(APIView):
    required_scope = "campaigns"

    def delete(self, request: Request, rule_id: str, assignment_id: str) -> Response:
        uses = RuleAssignment.objects.named(assignment_id).filter(rule=assignments.find(rule_id)).with_names()
        use = uses.first()
        if use is None:
            raise not_found("validation_rules_assignment", assignment_id)
        assignments.take_off(use, by=_by(request))
        return Response(status=204)


class Assignments(APIView):
    required_scope = "campaigns"

    def get(self, request: Request) -> Response:
        found = RuleAssignment.objects.all()
        if related := text_in(request, "related_object_id"):
            found = found.filter(related_object_id=related)
        if rule := text_in(request, "rule"):
            found = found.filter(rule__public_id=rule)
        return Response(_page(request, found))


def _page(request: Request, found: QuerySet[RuleAssignment]) -> dict[str, Any]:
    page = read_page(request)
    order = order_in(request, ("created_at",), "-created_at")
    # They are numbered as they are made.
    shown = found.select_related("rule").order_by("-id" if order.startswith("-") else "id")[page.window]
    return envelope("data", [assignment_json(use) for use in shown], total_of(found))


def _within(request: Request, rules: Any) -> Any:
    if after := moment_in(request, "start_date"):
        rules = rules.filter(created_at__gte=after)
    if before := moment_in(request, "end_date"):
        rules = rules.filter(created_at__lte=before)
    return rules


def _told(rule: ValidationRule) -> dict[str, Any]:
    return rule_json(rule, rule.assignments.count())


def _by(request: Request) -> By:
    return By(Event.Source.API, request_id_of(request), key_id=caller_of(request).key_id)
