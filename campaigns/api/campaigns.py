"""``/v1/campaigns``: campaigns, and the codes that are put into them."""

from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access import limits
from access.asking import order_in, text_in
from access.listing import envelope, read_page, total_of
from access.problems import Problem, invalid_payload, invalid_query, not_found
from backlog import doorbell
from campaigns import creation, importing, pools, removal, terms, vouchers
from campaigns.facts import Origin
from campaigns.models import Campaign
from campaigns.representation import campaign_json, voucher_json
from campaigns.tasks import make_codes

ORDERS = ("created_at", "updated_at", "name")


def the_campaign(id_or_name: str) -> Campaign:
    """Return the campaign of this id, else the one of this name; raise Problem where there is none."""
    found = sorted(Campaign.objects.named(id_or_name), key=lambda campaign: campaign.public_id != id_or_name)
    if not found:
        raise not_found("campaign", id_or_name)
    return found[0]


class Campaigns(APIView):
    required_scope = "campaigns"

    def get(self, request: Request) -> Response:
        page = read_page(request)
        found = Campaign.objects.order_by(order_in(request, ORDERS, "-created_at"), "-id")
        kind = text_in(request, "campaign_type")
        found = found.filter(campaign_type=kind) if kind else found
        listed = [campaign_json(c) for c in found.with_rules()[page.window]]
        return Response(envelope("campaigns", listed, total_of(found)))

    def post(self, request: Request) -> Response:
        campaign = creation.create(terms.parse(request.data), origin=Origin.of(request))
        doorbell.ring_on_commit(make_codes)
        return Response(campaign_json(campaign))


class OneCampaign(APIView):
    required_scope = "campaigns"

    def get(self, request: Request, name: str) -> Response:
        return Response(campaign_json(the_campaign(name)))

    def put(self, request: Request, name: str) -> Response:
        campaign = the_campaign(name)
        changes = terms.parse_change(request.data)
        if limits.mapping(request.data, "The body").get("name") not in (None, campaign.name):
            details = "The name of a campaign cannot be changed."
            raise Problem(400, "invalid_campaign_params", "The campaign is not valid", details)
        return Response(campaign_json(creation.change(campaign, changes, origin=Origin.of(request))))

    def delete(self, request: Request, name: str) -> Response:
        action = removal.delete(the_campaign(name), also_held=True, origin=Origin.of(request))
        return Response({"async_action_id": action.public_id}, status=202)


class Enable(APIView):
    required_scope = "campaigns"
    active = True

    def post(self, request: Request, name: str) -> Response:
        return Response(
            campaign_json(creation.set_active(the_campaign(name), active=self.active, origin=Origin.of(request)))
        )


class Disable(Enable):
    active = False


class CampaignVouchers(APIView):
    required_scope = "campaigns"

    def post(self, request: Request, name: str) -> Response:
        """Make one code and answer with it, or order several and answer with the campaign."""
        campaign = the_campaign(name)
        count = _count(request)
        if count == 1:
            return Response(voucher_json(vouchers.make(campaign, origin=Origin.of(request))))
        pools.order_codes(campaign, count)
        doorbell.ring_on_commit(make_codes)
        return Response(campaign_json(campaign), status=202)


def _count(request: Request) -> int:
    asked = request.query_params.get("vouchers_count")
    if asked is None:
        body = request.data if isinstance(request.data, dict) else {}
        return terms.vouchers_count(1 if body.get("vouchers_count") is None else body["vouchers_count"], least=1)
    if not (asked.isascii() and asked.isdigit() and len(asked) < 10):
        raise invalid_query("vouchers_count must be a whole number")
    return terms.vouchers_count(int(asked), least=1)


class GivenVoucher(APIView):
    required_scope = "campaigns"

    def post(self, request: Request, name: str, code: str) -> Response:
        return Response(voucher_json(vouchers.add(the_campaign(name), code, origin=Origin.of(request))))


class ImportVouchers(APIView):
    required_scope = "campaigns"

    def post(self, request: Request, name: str) -> Response:
        rows = request.data
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise invalid_payload('The body must be a list of vouchers: [{"code": "..."}]')
        brought = [(line, row.get("code")) for line, row in enumerate(rows, 1)]
        action, _ = importing.import_codes(the_campaign(name), brought, kind="CAMPAIGN.VOUCHERS_IMPORT")
        return Response({"async_action_id": action.public_id}, status=202)


class ImportVouchersCSV(APIView):
    required_scope = "campaigns"
    parser_classes = [MultiPartParser]

    def post(self, request: Request, name: str) -> Response:
        campaign = the_campaign(name)
        file = request.FILES.get("file")
        if file is None:
            raise invalid_payload("Send the CSV as multipart/form-data, in a part named file")
        brought = importing.read_csv(file.read(importing.MOST_BYTES + 1))
        action, _ = importing.import_codes(campaign, brought, kind="CAMPAIGN.VOUCHERS_IMPORT_CSV")
        return Response({"async_action_id": action.public_id}, status=202)
