"""Segments in the admin: the list; the builder and a segment's page are in ``views``."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.html import format_html
from unfold.admin import ModelAdmin
from unfold.decorators import display
from unfold.views import ChangeList

from events.clock import database_now
from segments import views
from segments.models import Segment
from segments.telling.sizes import Size, sizes
from segments.telling.streams import LIVE, fill_percent

TYPE_TONES = {"Auto-update": "success", "Passive": "info", "Static": "default"}


class SizedChangeList(ChangeList):
    """Counts the members of the segments on the page, in one query."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        counted = sizes([segment.pk for segment in self.result_list], database_now())
        for segment in self.result_list:
            segment.size = counted.get(segment.pk, Size(0, 0))


@admin.register(Segment)
class SegmentAdmin(ModelAdmin):
    list_display = ["name", "kind", "members", "came", "used_by", "freshness"]
    list_filter = ["type"]
    search_fields = ["name", "public_id"]
    search_help_text = "Name or id. Other tools call them audiences, cohorts or lists."
    actions = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[Segment]:
        live = Count("distributions", filter=Q(distributions__status__in=LIVE))
        return super().get_queryset(request).annotate(live_distributions=live)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return SizedChangeList

    @display(description="Type", label=TYPE_TONES, ordering="type")
    def kind(self, segment: Segment) -> str:
        return segment.get_type_display()

    @display(description="Members")
    def members(self, segment: Any) -> str:
        return segment.size.in_words

    @display(description="Came in 24 h")
    def came(self, segment: Any) -> str:
        return f"▲ {segment.size.came_lately:,}" if segment.size.came_lately else "–"

    @display(description="Live in")
    def used_by(self, segment: Any) -> str:
        count = segment.live_distributions
        return f"{count} distribution{'' if count == 1 else 's'}" if count else "–"

    @display(description="Freshness")
    def freshness(self, segment: Segment) -> str:
        if segment.type == Segment.Type.STATIC:
            return "fixed"
        words = {
            Segment.Fill.WAITING: "waiting to be filled",
            Segment.Fill.RUNNING: f"being filled, {fill_percent(segment)} %",
            Segment.Fill.FAILED: "filling failed",
        }
        return format_html('<span class="f-quiet">{}</span>', words.get(Segment.Fill(segment.fill), "live"))

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view
        own = [
            path("preview/", page(views.preview_now), name="segments_segment_preview"),
            path("check/", page(views.check_customer), name="segments_segment_check"),
            path("<str:key>/edit/", page(views.edit), name="segments_segment_edit"),
            path("<str:key>/impact/", page(views.impact), name="segments_segment_impact"),
            path("<str:key>/now/", page(views.now), name="segments_segment_now"),
        ]
        return [*own, *super().get_urls()]

    def add_view(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        return views.add(request)

    def change_view(self, request: HttpRequest, object_id: str, *_args: Any, **_kwargs: Any) -> HttpResponse:
        return views.page(request, object_id)

    def delete_view(self, request: HttpRequest, object_id: str, *_args: Any, **_kwargs: Any) -> HttpResponse:
        return views.delete(request, object_id)
