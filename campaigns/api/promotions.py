"""``/v1/promotions``: tiers of promotions, what a cart may have of them, and the older calls that name one tier."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access import limits
from access.asking import flag_in, order_in
from access.authentication import caller_of
from access.listing import Page, read_page, shown_on, total_of
from access.problems import not_found, request_id_of
from campaigns.api.finding import the_campaign
from campaigns.api.redeeming import answered, single
from campaigns.facts import Origin
from campaigns.models import PromotionTier
from campaigns.promotions import stacks, terms, tiers
from campaigns.promotions.representation import tier_json, tiers_json
from campaigns.redeeming import offering, redeeming, validating, wishes
from campaigns.redeeming.askers import asker_of
from campaigns.redeeming.wishes import TIER, Asked, Wish
from campaigns.rules.origins import By
from events.models import Event

ORDERS = ("created_at", "updated_at", "hierarchy")
PAGE_MOST = 99


def by(request: Request) -> By:
    return By(Event.Source.API, request_id_of(request), key_id=caller_of(request).key_id)


def the_tier(tier_id: str) -> PromotionTier:
    tier: PromotionTier | None = PromotionTier.objects.named(tier_id).with_names().first()
    if tier is None:
        raise not_found(TIER, tier_id)
    return tier


def page_of(found: Any, page: Page) -> dict[str, Any]:
    shown, has_more = shown_on(found.with_names(), page)
    return tiers_json(shown, total_of(found), has_more=has_more)


class AllTiers(APIView):
    required_scope = "campaigns"

    def get(self, request: Request) -> Response:
        return Response(page_of(all_tiers(request), read_page(request, page_most=PAGE_MOST)))


def all_tiers(request: Any) -> Any:
    """Return the tiers that a list asks for: of every promotion, or of those that count now."""
    found = PromotionTier.objects.all()
    if flag_in(request, "is_available"):
        found = found.available()
    return found.order_by(order_in(request, ORDERS, "-created_at"), "-id")


class CampaignTiers(APIView):
    required_scope = "campaigns"

    def get(self, _request: Request, name: str) -> Response:
        return Response(tiers_json(list(the_campaign(name).tiers.with_names())))

    def post(self, request: Request, name: str) -> Response:
        campaign = the_campaign(name)
        stacks.refuse_other_kinds(campaign)
        made = tiers.create(campaign, terms.tier(request.data), origin=Origin.of(request))
        return Response(tier_json(made))


class OneTier(APIView):
    required_scope = "campaigns"

    def get(self, _request: Request, tier_id: str) -> Response:
        return Response(tier_json(the_tier(tier_id)))

    def put(self, request: Request, tier_id: str) -> Response:
        return Response(tier_json(tiers.change(the_tier(tier_id), terms.tier_change(request.data), by=by(request))))

    def delete(self, request: Request, tier_id: str) -> Response:
        tiers.delete(the_tier(tier_id), by=by(request))
        return Response(status=204)


class EnableTier(APIView):
    required_scope = "campaigns"
    active = True

    def post(self, request: Request, tier_id: str) -> Response:
        changed = tiers.set_active(the_tier(tier_id), active=self.active, origin=Origin.of(request))
        return Response(tier_json(changed))


class DisableTier(EnableTier):
    active = False


class TierRedemption(APIView):
    required_scope = "campaigns"

    def post(self, request: Request, tier_id: str) -> Response:
        redeemed = redeeming.redeem(_wish_for(request, tier_id), asker_of(request))
        return Response({**answered(redeemed)["redemptions"][0], "order": redeemed.order})


class TierValidation(APIView):
    required_scope = "campaigns"

    def post(self, request: Request, tier_id: str) -> Response:
        told = single(validating.validate(_wish_for(request, tier_id), asker_of(request)), tier_id)
        del told["code"]
        return Response({"id": tier_id, "object": TIER, **told})


def _wish_for(request: Request, tier_id: str) -> Wish:
    given = wishes.without_nulls(limits.mapping(request.data, "The body")) if request.data else {}
    return wishes.read_about(given, (Asked(TIER, limits.identifier(tier_id, "promotion_tier")),))


class Validation(APIView):
    """Which promotions a cart may have, each by itself."""

    required_scope = "campaigns"

    def post(self, request: Request) -> Response:
        wish = wishes.read_about(wishes.without_nulls(limits.mapping(request.data or {}, "The body")), ())
        return Response(offering.offer(wish, asker_of(request)))
