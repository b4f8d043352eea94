"""Which campaign, which code an address means; who may do what with them; and the record of who did."""

from uuid import UUID

from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from access import audit
from campaigns.facts import Origin
from campaigns.models import Campaign, PromotionStack, PromotionTier, Redemption, Voucher

may_see = permission_required("campaigns.view_campaign", raise_exception=True)
may_see_redemptions = permission_required("campaigns.view_redemption", raise_exception=True)
may_add = permission_required("campaigns.add_campaign", raise_exception=True)
may_change = permission_required("campaigns.change_campaign", raise_exception=True)
may_delete = permission_required("campaigns.delete_campaign", raise_exception=True)


def the_campaign(key: str) -> Campaign:
    """Return a campaign by its number in the admin or by its public id."""
    if key.isdecimal() and len(key) < 19:
        return get_object_or_404(Campaign.objects.select_related("category"), pk=int(key))
    return get_object_or_404(Campaign.objects.named(key), public_id=key)


def the_voucher(key: str) -> Voucher:
    """Return a voucher by its number in the admin, its public id or its code."""
    named = Voucher.objects.with_names().with_withdrawal().named(key).first()
    if named is not None:
        return named
    try:
        number = UUID(key)
    except ValueError as error:
        raise Http404 from error
    return get_object_or_404(Voucher.objects.with_names().with_withdrawal(), pk=number)


def origin_of(request: HttpRequest) -> Origin:
    return Origin.by_a_person(request)


def whole(text: str, otherwise: int = 0) -> int:
    """Return the whole number that an address says, or another where it says none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else otherwise


def record(
    request: HttpRequest,
    verb: str,
    thing: Campaign | Voucher | PromotionTier | PromotionStack | Redemption,
    summary: str,
) -> None:
    """Write down who did it."""
    person = request.user if request.user.is_authenticated else None
    audit.record(verb, thing._meta.model_name or "", thing.public_id, summary, person=person)
