"""What happened to campaigns and codes, as events say it."""

from dataclasses import dataclass
from typing import Any

from django.db.models import prefetch_related_objects
from django.http import HttpRequest
from rest_framework.request import Request

from access.problems import request_id_of
from campaigns.models import Campaign, Voucher
from campaigns.querysets import OF_PROMOTION
from campaigns.representation import campaign_json, campaign_reference, voucher_reference
from events.models import Event
from events.tracking import Fact


@dataclass(frozen=True)
class Origin:
    """Where a change comes from: by which way in, in which request, and because of which event."""

    source: str = Event.Source.INTERNAL
    group_id: str = ""
    caused_by: Event | None = None

    @classmethod
    def of(cls, request: Request) -> "Origin":
        """Return the origin of what a program asks through the API."""
        return cls(Event.Source.API, request_id_of(request))

    @classmethod
    def by_a_person(cls, request: HttpRequest) -> "Origin":
        """Return the origin of what a person does in the admin."""
        return cls(Event.Source.ADMIN, request_id_of(request))

    def fact(self, name: str, entity_id: str, properties: dict[str, Any], customer_id: int | None = None) -> Fact:
        return Fact(
            name,
            customer_id=customer_id,
            properties=properties,
            entity_id=entity_id,
            caused_by=self.caused_by,
            source=self.source,
            group_id=self.group_id,
        )


INSIDE = Origin()


def of_campaign(verb: str, campaign: Campaign, origin: Origin, **more: Any) -> Fact:
    """Say what happened to a campaign, a promotion with its tiers."""
    if campaign.is_promotion:
        prefetch_related_objects([campaign], *OF_PROMOTION)
    return origin.fact(f"campaign.{verb}", campaign.public_id, {"campaign": campaign_json(campaign), **more})


def of_voucher(verb: str, voucher: Voucher, origin: Origin, **more: Any) -> Fact:
    """Say what happened to one code; its campaign must be loaded."""
    return origin.fact(f"voucher.{verb}", voucher.public_id, {**named(voucher), **more})


def of_slice(campaign: Campaign, count: int, origin: Origin) -> Fact:
    """Say that so many codes were made together: an event for each would cost more than the codes."""
    return origin.fact(
        "voucher.created", campaign.public_id, {"campaign": campaign_reference(campaign), "count": count}
    )


def named(voucher: Voucher) -> dict[str, Any]:
    campaign = voucher.campaign
    return {
        "campaign": campaign_reference(campaign) if campaign else None,
        "voucher": voucher_reference(voucher),
    }
