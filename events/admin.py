"""Events in the admin: the addresses of their pages, which are in ``views``; events themselves are never edited."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from unfold.admin import ModelAdmin
from unfold.decorators import action, display
from unfold.paginator import InfinitePaginator

from backlog import doorbell
from events import queueing, views
from events.models import Event, EventDefinition, PendingEvent
from events.tasks import apply_pending


class NeverEdited:
    """What the system wrote stays as it was written."""

    def has_add_permission(self, _request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, _request: HttpRequest, _obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, _request: HttpRequest, _obj: Any = None) -> bool:
        return False


@admin.register(Event)
class EventAdmin(NeverEdited, ModelAdmin):
    def get_urls(self) -> list[URLPattern]:
        timeline = self.admin_site.admin_view(views.timeline_page)
        return [path("of/<str:key>/", timeline, name="events_event_timeline"), *super().get_urls()]

    def changelist_view(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        return views.event_list(request)

    def change_view(self, request: HttpRequest, object_id: str, *_args: Any, **_kwargs: Any) -> HttpResponse:
        return views.event_page(request, object_id)


@admin.register(EventDefinition)
class EventDefinitionAdmin(ModelAdmin):
    def get_urls(self) -> list[URLPattern]:
        internal = self.admin_site.admin_view(views.internal_events)
        return [path("internal/", internal, name="events_eventdefinition_internal"), *super().get_urls()]

    def changelist_view(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        return views.schema(request)

    def add_view(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        return views.declare(request)

    def change_view(self, request: HttpRequest, object_id: str, *_args: Any, **_kwargs: Any) -> HttpResponse:
        return views.definition_page(request, object_id)

    def delete_view(self, request: HttpRequest, object_id: str, *_args: Any, **_kwargs: Any) -> HttpResponse:
        return views.forget(request, object_id)


@admin.register(PendingEvent)
class PendingEventAdmin(NeverEdited, ModelAdmin):
    """Events that could not be worked on and were set aside, with the reason."""

    list_display = ["event", "quarantined_at", "attempts", "error"]
    list_display_links = None
    paginator = InfinitePaginator
    show_full_result_count = False
    actions = ["try_again"]

    @action(description="Try again", permissions=["repeat"])
    def try_again(self, request: HttpRequest, events: QuerySet[PendingEvent]) -> None:
        count = queueing.put_back(list(events.values_list("pk", flat=True)))
        doorbell.ring(apply_pending)
        messages.success(request, f"{count} event{'' if count == 1 else 's'} will be worked on again.")

    def has_repeat_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("events.change_pendingevent")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).filter(quarantined_at__isnull=False)

    @display(description="Event")
    def event(self, pending: PendingEvent) -> str:
        return format_html(
            '<a class="f-link" href="{}">{}</a>', reverse("admin:events_event_change", args=[pending.pk]), pending.pk
        )
