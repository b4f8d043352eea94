"""What a message may say: the merge fields, their samples for the picker, and their values for one customer."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from access.models import Project
from campaigns import incentives, pictures
from campaigns.models import Campaign, PromotionTier, Voucher
from campaigns.promotions.showing import gives_in_words
from customers import preferring
from customers.models import Customer
from events.models import Event


@dataclass(frozen=True)
class MergeField:
    """One entry of the picker; ``needs_fallback`` where a customer may lack the value."""

    name: str
    label: str
    sample: str
    needs_fallback: bool = False


MERGE_FIELDS: tuple[MergeField, ...] = (
    MergeField("customer.name", "Customer's name", "Ida Vos", needs_fallback=True),
    MergeField("customer.first_name", "Customer's first name", "Ida", needs_fallback=True),
    MergeField("customer.email", "Customer's e-mail", "ida@example.com", needs_fallback=True),
    MergeField("customer.phone", "Customer's telephone", "+31611112222", needs_fallback=True),
    MergeField("customer.address.city", "Customer's city", "Utrecht", needs_fallback=True),
    MergeField("customer.source_id", "Customer's id in the shop", "shop-8812", needs_fallback=True),
    MergeField("voucher.code", "Code", "SAMPLE-7KQ2-M9PD"),
    MergeField("voucher.discount", "Discount in words", "5% off"),
    MergeField("voucher.expires_at", "Code is valid until", "December 31, 2026", needs_fallback=True),
    MergeField("voucher.qr_url", "Address of the code's QR picture", "https://shop.example/qr.png"),
    MergeField("voucher.barcode_url", "Address of the code's barcode picture", "https://shop.example/barcode.png"),
    MergeField("voucher.copy_url", "Address of the page that copies the code", "https://shop.example/copy"),
    MergeField("promotion_tier.name", "Promotion's name", "Summer, 10% off"),
    MergeField("promotion_tier.banner", "Promotion's banner", "Spend $100, get 10% off", needs_fallback=True),
    MergeField("promotion_tier.discount", "Promotion's discount in words", "10% off"),
    MergeField("promotion_tier.starts_at", "Promotion counts from", "June 1, 2026", needs_fallback=True),
    MergeField("promotion_tier.expires_at", "Promotion counts until", "August 31, 2026", needs_fallback=True),
    MergeField("promotion_tier.id", "Promotion's id", "promo_0190"),
    MergeField("campaign.name", "Campaign's name", "Come back 5"),
    MergeField("event.name", "What happened", "cart_abandoned", needs_fallback=True),
    MergeField("event.occurred_at", "When it happened", "November 23, 2026", needs_fallback=True),
    MergeField("event.cart_value", "A property of the event, here cart_value", "89.90", needs_fallback=True),
    MergeField("brand.name", "Shop's name", "Example Shop"),
    MergeField("brand.website", "Shop's website", "https://shop.example"),
    MergeField("brand.postal_address", "Shop's postal address", "1 Main Street, Utrecht"),
    MergeField("brand.privacy_policy", "Address of the privacy policy", "https://shop.example/privacy"),
    MergeField("brand.logo_url", "Address of the shop's logo", "https://shop.example/logo.png"),
    MergeField("unsubscribe_url", "Unsubscribe link", "https://shop.example/unsubscribe"),
    MergeField("preferences_url", "Link to her preferences", "https://shop.example/preferences"),
)

SAMPLE_CODE = "SAMPLE-7KQ2-M9PD"


class _VoucherFields(dict[str, Any]):
    """A voucher's fields; the addresses of its pictures and its page are signed only where a template asks for them."""

    def __missing__(self, name: str) -> str:
        if name == "qr_url":
            return pictures.address("qr", self["code"])
        if name == "barcode_url":
            return pictures.address("barcode", self["code"])
        if name == "copy_url":
            return pictures.copy_address(self["code"])
        raise KeyError(name)


def context_for(
    *,
    customer: Customer,
    project: Project,
    voucher: Voucher | None = None,
    campaign: Campaign | None = None,
    promotion_tier: PromotionTier | None = None,
    event: Event | None = None,
    unsubscribe_url: str = "",
    message_key: str = "",
) -> dict[str, Any]:
    """Return what a template of a message to this customer may name.

    ``message_key`` is for our own filters; with one, a mail's links and picture tell what its reader does.
    """
    return {
        "customer": _customer(customer),
        "voucher": _voucher(voucher, campaign, project),
        "campaign": {"id": campaign.public_id, "name": campaign.name} if campaign else {},
        "promotion_tier": _promotion_tier(promotion_tier, project),
        "event": _event(event, project),
        "brand": brand_of(project),
        "unsubscribe_url": unsubscribe_url,
        "message_key": message_key,
        "preferences_url": preferring.address_of(customer.pk),
        "public_url": settings.PROMO_PUBLIC_URL,
    }


def brand_of(project: Project) -> dict[str, str]:
    return {
        "name": project.brand_name,
        "postal_address": project.postal_address,
        "website": project.website,
        "privacy_policy": project.privacy_policy,
        "logo_url": project.logo_url,
    }


def _customer(customer: Customer) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "id": customer.public_id,
        "source_id": customer.source_id,
        "name": customer.name,
        "first_name": customer.name.split()[0] if customer.name and customer.name.strip() else None,
        "email": customer.email,
        "phone": customer.phone,
        "address": customer.address or {},
        "metadata": customer.metadata,
    }
    return {name: value for name, value in fields.items() if value is not None}


def _voucher(voucher: Voucher | None, campaign: Campaign | None, project: Project) -> Mapping[str, Any]:
    if voucher is None:
        return {}
    ends = voucher.ends_at
    fields = _VoucherFields(code=voucher.code)
    if campaign is not None:
        fields["discount"] = incentives.in_words(voucher.kind, voucher.incentive, project.currency)
    if ends is not None:
        fields["expires_at"] = day_in_words(ends, project)
    return fields


def _promotion_tier(tier: PromotionTier | None, project: Project) -> dict[str, str]:
    if tier is None:
        return {}
    days = {"starts_at": tier.begins_at, "expires_at": tier.ends_at}
    fields = {"id": tier.public_id, "name": tier.name, "banner": tier.banner}
    fields |= {"discount": gives_in_words(tier, project.currency)}
    fields |= {name: day_in_words(at, project) for name, at in days.items() if at is not None}
    return {name: value for name, value in fields.items() if value}


def _event(event: Event | None, project: Project) -> dict[str, Any]:
    if event is None:
        return {}
    own = {"name": event.name, "occurred_at": day_in_words(event.occurred_at, project)}
    # The API calls an event's properties its metadata; both names lead to them.
    return {**event.properties, **own, "properties": event.properties, "metadata": event.properties}


def day_in_words(moment: datetime, project: Project) -> str:
    """Return a day as letters write it, by the shop's clock; Liquid's ``date`` filter reads it too."""
    local = moment.astimezone(ZoneInfo(project.time_zone))
    return f"{local:%B} {local.day}, {local.year}"
