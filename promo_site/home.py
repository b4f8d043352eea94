"""Home: what is live, what happened in the last hour, and what needs somebody's attention.

Every question reads a bounded number of rows, whatever the tables hold: a count that reaches its bound says "or more".
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import admin
from django.db.models import Exists, Model, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.http import require_GET

from access.identifiers import first_uuid7_at
from access.models import ApiKey
from campaigns import levels
from campaigns.models import Campaign, Voucher
from distributions.models import Delivery, Distribution
from events.clock import database_now
from events.models import Event, PendingEvent
from segments.models import Entry, Segment

BOUND = 20_000
LOW_POOL = 100
LATEST = 12
FAILURES_OF = timedelta(hours=24)


@dataclass(frozen=True)
class Concern:
    """Something that waits for a person: what it is, how bad, and the page that helps."""

    text: str
    url: str
    is_harm: bool = False


@dataclass(frozen=True)
class Figure:
    label: str
    count: int
    url: str
    tone: str = ""

    @property
    def is_bounded(self) -> bool:
        return self.count >= BOUND


def dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Fill the admin's index."""
    return {**context, "title": "Home", **_now(request)}


@require_GET
def now(request: HttpRequest) -> HttpResponse:
    """Answer with the part of the page that changes; it asks again by itself."""
    return render(request, "frame/_home.html", _now(request))


urlpatterns = [path("admin/now/", admin.site.admin_view(now), name="home_now")]


def _now(request: HttpRequest) -> dict[str, Any]:
    at = database_now()
    hour = first_uuid7_at(at - timedelta(hours=1))
    states = Counter(_bounded(_messages().filter(id__gte=hour), "state"))
    return {
        "figures": _figures(at, hour, states),
        "distributions": _live(at),
        "concerns": _concerns(at),
        "latest": Event.objects.select_related("customer").order_by("-pk")[:LATEST],
        "is_empty": not Event.objects.filter(source__in=[Event.Source.API, Event.Source.CLIENT]).exists(),
        "has_key": ApiKey.objects.filter(revoked_at=None, kind=ApiKey.Kind.SERVER).exists(),
        "public_url": settings.PROMO_PUBLIC_URL,
        "at": at,
    }


def _messages() -> QuerySet[Delivery]:
    """Return the messages to customers; test sends are nobody's concern."""
    return Delivery.objects.filter(is_test=False)


def _bounded(rows: QuerySet[Any], field: str) -> list[Any]:
    return list(rows.order_by("-pk").values_list(field, flat=True)[:BOUND])


def _count(rows: QuerySet[Any]) -> int:
    return rows.order_by()[:BOUND].count()


def _figures(at: datetime, hour: UUID, states: Counter[str]) -> list[Figure]:
    failed = states[Delivery.State.FAILED]
    entered = sum(moment >= at - timedelta(hours=1) for moment in _bounded(Entry.objects.all(), "entered_at"))
    messages = list_of(Delivery)
    return [
        Figure("events received", _count(Event.objects.filter(id__gte=hour)), list_of(Event)),
        Figure("segment entries", entered, list_of(Segment)),
        Figure("messages sent", states[Delivery.State.SENT], messages and f"{messages}?state__exact=SENT"),
        Figure("messages failed", failed, messages and f"{messages}?state__exact=FAILED", "is-bad" if failed else ""),
    ]


def list_of(model: type[Model]) -> str:
    """Return the address of a model's list, or nothing where it has none."""
    if not admin.site.is_registered(model):
        return ""
    return reverse(f"admin:{model._meta.label_lower.replace('.', '_')}_changelist")


def _live(at: datetime) -> list[dict[str, Any]]:
    """Return the standing orders that are live or paused, with their messages of the last day."""
    running = Distribution.objects.filter(status__in=["LIVE", "PAUSED"]).select_related(*Distribution.NAMED)
    since = first_uuid7_at(at - timedelta(days=1))
    day = _messages().filter(id__gte=since)
    sent = Counter(_bounded(day.filter(state=Delivery.State.SENT), "distribution_id"))
    return [{"distribution": one, "sent": sent[one.pk]} for one in running[:20]]


def _concerns(at: datetime) -> list[Concern]:
    return [*_troubled_messages(at), *_low_pools(), *_stuck_work()]


def _troubled_messages(at: datetime) -> list[Concern]:
    messages = list_of(Delivery)
    day = _messages().filter(id__gte=first_uuid7_at(at - FAILURES_OF))
    kinds = [
        (day.filter(state="FAILED"), "FAILED", "{} could not be delivered in the last 24 hours", True),
        (
            _messages().filter(state="UNKNOWN", parked=False),
            "UNKNOWN",
            "{} left, but no answer came back; being found out",
            False,
        ),
        (day.filter(state="UNCERTAIN"), "UNCERTAIN", "{} may or may not have arrived and wait for your decision", True),
        (_messages().filter(state="WAITING_CODE"), "WAITING_CODE", "{} wait for new codes", True),
    ]
    found = [(_count(rows), state, sentence, harm) for rows, state, sentence, harm in kinds]
    return [
        Concern(sentence.format(_amount(count, "message")), f"{messages}?state__exact={state}", harm)
        for count, state, sentence, harm in found
        if count
    ]


def _low_pools() -> list[Concern]:
    """Return the campaigns of live distributions that are nearly out of codes; a full pool costs one index probe."""
    free = Voucher.objects.unpublished().filter(campaign=OuterRef("pk"), active=True).order_by()
    is_full = Exists(free[LOW_POOL - 1 : LOW_POOL])
    feeding = Campaign.objects.filter(distributions__status="LIVE", type=Campaign.Type.STATIC).distinct()
    low = list(feeding.filter(~is_full)[:20])
    known = levels.of_all(low)
    return [
        Concern(
            f"{campaign.name} has {_amount(known[campaign.pk].free, 'free code')} left",
            reverse("admin:campaigns_campaign_change", args=[campaign.pk]),
            known[campaign.pk].free == 0,
        )
        for campaign in low
    ]


def _stuck_work() -> list[Concern]:
    stuck = PendingEvent.objects.filter(quarantined_at__isnull=False)
    concerns = [
        Concern(
            f"Filling the segment {segment.name} failed",
            reverse("admin:segments_segment_change", args=[segment.pk]),
            True,
        )
        for segment in Segment.objects.filter(fill=Segment.Fill.FAILED)[:20]
    ]
    if count := _count(stuck):
        text = f"{_amount(count, 'event')} could not be worked on and were set aside"
        concerns.append(Concern(text, reverse("admin:events_pendingevent_changelist"), True))
    return concerns


def _amount(count: int, noun: str) -> str:
    return f"{count:,}{' or more' if count >= BOUND else ''} {noun}{'' if count == 1 else 's'}"
