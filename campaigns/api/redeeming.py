"""``/v1/validations``, ``/v1/redemptions``, rollbacks, and the older calls that name one code."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access import filtering, limits
from access.asking import moment_in, order_in, text_in
from access.filtering import Column, Kind
from access.listing import envelope, read_page, shown_on, total_of
from access.problems import not_found
from campaigns.models import Redemption, Voucher
from campaigns.redeeming import holding, redeeming, returning, telling, validating, wishes
from campaigns.redeeming.askers import asker_of
from campaigns.redeeming.redeeming import Redeemed
from campaigns.redeeming.returning import Returned, Said
from campaigns.redeeming.wishes import Wish

PAGE_MOST = 99
RESULTS = {
    "Success": {"is_rollback": False, "result": "SUCCESS"},
    "Success-Rollback": {"is_rollback": True, "result": "SUCCESS"},
    "Failure-Redemption": {"is_rollback": False, "result": "FAILURE"},
    "Failure-Rollback": {"is_rollback": True, "result": "FAILURE"},
}
COLUMNS = {
    "voucher_code": Column("voucher__code"),
    "campaign_id": Column("campaign__public_id"),
    "customer_id": Column("customer__public_id"),
    "related_object_id": Column("related_object_id"),
    "related_object_type": Column("related_object_type"),
    "result": Column("result"),
    "failure_code": Column("failure_code"),
    "created_at": Column("created_at", Kind.MOMENT),
}


def answered(redeemed: Redeemed) -> dict[str, Any]:
    """Tell a redemption of several; raise its problem, now that the refusal is stored."""
    if redeemed.problem is not None:
        raise redeemed.problem
    parts = telling.redeemables(redeemed.attempt, redeemed.situation)
    told = {
        "redemptions": [telling.redemption_json(one) for one in redeemed.redemptions],
        "order": redeemed.order,
        "inapplicable_redeemables": parts["inapplicable_redeemables"],
        "skipped_redeemables": parts["skipped_redeemables"],
    }
    return {**told, **({"parent_redemption": telling.redemption_json(redeemed.parent)} if redeemed.parent else {})}


class Redemptions(APIView):
    """The list; redeeming itself is asked at the till."""

    required_scope = "campaigns"

    def get(self, request: Request) -> Response:
        page = read_page(request, page_most=PAGE_MOST)
        found = _narrowed(request).filter(filtering.from_query(request, COLUMNS))
        order = order_in(request, {"created_at", "id"}, "-created_at")
        found = found.order_by("-id" if order.startswith("-") else "id").with_names()
        shown, _ = shown_on(found.select_related("parent", "takes_back"), page)
        return Response(envelope("redemptions", [telling.redemption_json(one) for one in shown], total_of(found)))


def _narrowed(request: Request) -> Any:
    found = Redemption.objects.all()
    for name, path in (("campaign", "campaign__name"), ("order", "order_public_id")):
        if (value := text_in(request, name)) is not None:
            found = found.filter(**{path: value})
    if (customer := text_in(request, "customer")) is not None:
        found = found.filter(customer__public_id=customer)
    if (result := text_in(request, "result")) is not None:
        fitting = {key.lower(): value for key, value in RESULTS.items()}
        found = found.filter(**fitting.get(result.lower(), {"result": result.upper()[:8]}))
    after = moment_in(request, "created_at[after]", "[created_at][after]")
    before = moment_in(request, "created_at[before]", "[created_at][before]")
    found = found.filter(created_at__gt=after) if after else found
    return found.filter(created_at__lt=before) if before else found


class OneRedemption(APIView):
    required_scope = "campaigns"

    def get(self, _request: Request, redemption_id: str) -> Response:
        found = Redemption.objects.named(redemption_id).with_names().select_related("parent", "takes_back").first()
        if found is None:
            raise not_found("redemption", redemption_id)
        return Response(telling.redemption_json(found))


class Rollback(APIView):
    required_scope = "campaigns"

    def post(self, request: Request, redemption_id: str) -> Response:
        returned = returning.take_back(redemption_id, said_in(request), asker_of(request), as_stack=False)
        return Response(telling.redemption_json(_rollbacks(returned)[0]))


class Rollbacks(APIView):
    required_scope = "campaigns"

    def post(self, request: Request, redemption_id: str) -> Response:
        returned = returning.take_back(redemption_id, said_in(request), asker_of(request), as_stack=True)
        rollbacks = [telling.redemption_json(one) for one in _rollbacks(returned)]
        parent = telling.redemption_json(returned.parent) if returned.parent else None
        told = {"rollbacks": rollbacks, "order": returned.order}
        return Response({**told, **({"parent_rollback": parent} if parent else {})})


def _rollbacks(returned: Returned) -> list[Redemption]:
    if returned.problem is not None:
        raise returned.problem
    return returned.rollbacks


def said_in(request: Request) -> Said:
    """Return what is said of a rollback, in the query or in the body."""
    body = request.data if isinstance(request.data, dict) else {}
    reason = text_in(request, "reason") or body.get("reason") or ""
    tracking_id = text_in(request, "tracking_id") or body.get("tracking_id") or ""
    metadata = body.get("metadata")
    return Said(
        limits.text(reason, "reason", 400),
        limits.text(tracking_id, "tracking_id", 600),
        limits.metadata(metadata, "metadata") if metadata else None,
    )


class VoucherRedemptions(APIView):
    """The older calls for one code."""

    required_scope = "campaigns"

    def get(self, _request: Request, code: str) -> Response:
        voucher = the_voucher(code)
        made = Redemption.objects.filter(voucher=voucher).with_names().select_related("parent", "takes_back")
        entries = [telling.redemption_json(one) for one in made.order_by("id")[:100]]
        told = {
            "object": "list",
            "data_ref": "redemption_entries",
            "total": total_of(made),
            "redemption_entries": entries,
        }
        return Response({**told, "quantity": voucher.quantity, "redeemed_quantity": voucher.redeemed_quantity})

    def post(self, request: Request, code: str) -> Response:
        redeemed = redeeming.redeem(_wish_for(request, code), asker_of(request))
        told = answered(redeemed)["redemptions"][0]
        return Response({**told, "order": redeemed.order})


class VoucherValidation(APIView):
    required_scope = "campaigns"

    def post(self, request: Request, code: str) -> Response:
        return Response(single(validating.validate(_wish_for(request, code), asker_of(request)), code))


def single(told: dict[str, Any], code: str) -> dict[str, Any]:
    """Tell a validation as the older calls do: of one code, with its discount on top."""
    named = {"code": code, "valid": told["valid"], "tracking_id": told["tracking_id"], "session": told["session"]}
    if not told["valid"]:
        error = told["inapplicable_redeemables"][0]["result"]["error"]
        return {**named, "reason": error["message"], "error": error}
    part = told["redeemables"][0]
    lists = {name: part[name] for name in ("applicable_to", "inapplicable_to", "metadata")}
    return {**named, **lists, **part["result"], "order": told["order"]}


def _wish_for(request: Request, code: str) -> Wish:
    given = wishes.without_nulls(limits.mapping(request.data, "The body")) if request.data else {}
    return wishes.read_about(given, (wishes.asked_of_code(code, given),))


class SessionOfVoucher(APIView):
    required_scope = "campaigns"

    def delete(self, _request: Request, code: str, key: str) -> Response:
        holding.let_go(the_voucher(code), key.replace("\0", ""))
        return Response(status=204)


def the_voucher(code: str) -> Voucher:
    voucher = Voucher.objects.with_names().named(code).first()
    if voucher is None:
        raise not_found("voucher", code)
    return voucher
