"""``/v1/campaigns``: campaigns, and the codes that are put into them."""

from typing import Any

from django.db.models import F, prefetch_related_objects
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access import limits
from access.asking import flag_in, moment_in, order_in, text_in
from access.authentication import caller_of
from access.filtering import from_query
from access.listing import envelope, read_page, total_of
from access.problems import Problem, invalid_query
from backlog import doorbell
from backlog.tasks import work_off
from campaigns import bringing, creation, growing, removal, summaries, terms
from campaigns.api import fields
from campaigns.api.finding import body_of, the_campaign
from campaigns.facts import Origin
from campaigns.models import Campaign
from campaigns.querysets import OF_PROMOTION, CampaignQuerySet
from campaigns.representation import campaign_json, voucher_json
from campaigns.tasks import make_codes

ORDERS = ("created_at", "updated_at", "name")


class Campaigns(APIView):
    required_scope = "campaigns"

    def get(self, request: Request) -> Response:
        page = read_page(request)
        order = order_in(request, ORDERS, "-created_at")
        # What was never changed has no such moment, and comes last.
        named = F(order.removeprefix("-"))
        sorting = named.desc(nulls_last=True) if order.startswith("-") else named.asc(nulls_last=True)
        found = _filtered(request)
        shown = found.select_related("category").with_rules().order_by(sorting, "-id")[page.window]
        expanded = text_in(request, "expand") == "category"
        told = [campaign_json(campaign, expanded=expanded) for campaign in shown]
        return Response(envelope("campaigns", told, total_of(found)))

    def post(self, request: Request) -> Response:
        campaign = creation.create(terms.parse(request.data), origin=Origin.of(request))
        doorbell.ring_on_commit(make_codes)
        return Response(campaign_json(campaign))


def _filtered(request: Request) -> CampaignQuerySet:
    found = Campaign.objects.with_what_filters_ask().filter(from_query(request, fields.CAMPAIGNS))
    if kind := text_in(request, "campaign_type"):
        found = found.filter(campaign_type=kind)
    if status := text_in(request, "campaign_status"):
        found = found.filter(generation_told=status)
    if (referral := flag_in(request, "is_referral_code")) is not None:
        found = found.filter(is_referral_told=referral)
    return found


def _told(campaign: Campaign) -> dict[str, Any]:
    """Tell a campaign with what belongs to it: a fixed number of queries, however many tiers a promotion has."""
    prefetch_related_objects([campaign], "rule_assignments__rule", *(OF_PROMOTION if campaign.is_promotion else ()))
    return campaign_json(campaign)


class OneCampaign(APIView):
    required_scope = "campaigns"

    def get(self, request: Request, name: str) -> Response:
        return Response(_told(the_campaign(name)))

    def put(self, request: Request, name: str) -> Response:
        campaign = the_campaign(name)
        changes = terms.parse_change(request.data)
        said = limits.mapping(request.data, "The body")
        for field in ("name", "campaign_type"):
            if said.get(field) not in (None, getattr(campaign, field)):
                details = f"The {field.replace('_', ' ')} of a campaign cannot be changed."
                raise Problem(400, "invalid_campaign_params", "The campaign is not valid", details)
        return Response(_told(creation.change(campaign, changes, origin=Origin.of(request))))

    def delete(self, request: Request, name: str) -> Response:
        flag_in(request, "force")
        action = removal.delete(the_campaign(name), also_held=True, origin=Origin.of(request))
        return Response({"async_action_id": action.public_id}, status=202)


class Enable(APIView):
    required_scope = "campaigns"
    active = True

    def post(self, request: Request, name: str) -> Response:
        campaign = creation.set_active(the_campaign(name), active=self.active, origin=Origin.of(request))
        return Response(_told(campaign))


class Disable(Enable):
    active = False


class Summary(APIView):
    required_scope = "campaigns"

    def get(self, request: Request, name: str) -> Response:
        start, end = moment_in(request, "start_date"), moment_in(request, "end_date")
        campaign = the_campaign(name)
        told = {"object": "campaign_summary", "campaign": campaign_json(campaign, expanded=False)}
        return Response({**told, **summaries.of(campaign, start, end)})


class CampaignVouchers(APIView):
    required_scope = "campaigns"

    def post(self, request: Request, name: str) -> Response:
        """Make one code and answer with it, or order several and answer with the campaign."""
        campaign, count = the_campaign(name), _count(request)
        said = {key: value for key, value in body_of(request).items() if key != "vouchers_count"}
        if count == 1:
            return Response(voucher_json(bringing.add(campaign, said, origin=Origin.of(request))))
        told = {"vouchers_count": count, "campaign_id": campaign.public_id}
        if any(value is not None for value in said.values()):
            action = bringing.add_many(campaign, count, said, origin=Origin.of(request))
        else:
            action = growing.order(campaign, count, origin=Origin.of(request), key_id=caller_of(request).key_id)
            doorbell.ring_on_commit(work_off)
        state = {"vouchers_generation_status": the_campaign(campaign.public_id).generation}
        return Response({"async_action_id": action.public_id, **told, **state}, status=202)


def _count(request: Request) -> int:
    asked = request.query_params.get("vouchers_count")
    if asked is None:
        given = body_of(request).get("vouchers_count")
        return terms.vouchers_count(1 if given is None else given, least=1)
    if not (asked.isascii() and asked.isdigit() and len(asked) < 10):
        raise invalid_query("vouchers_count must be a whole number")
    return terms.vouchers_count(int(asked), least=1)


class GivenVoucher(APIView):
    required_scope = "campaigns"

    def post(self, request: Request, name: str, code: str) -> Response:
        voucher = bringing.add(the_campaign(name), body_of(request), code=code, origin=Origin.of(request))
        return Response(voucher_json(voucher))
