"""Distributions and messages in the admin: the lists, and the addresses of their own pages."""

from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from unfold.admin import ModelAdmin
from unfold.decorators import display
from unfold.paginator import InfinitePaginator

from access.identifiers import first_uuid7_at
from distributions.models import Connection, Delivery, Distribution
from distributions.telling import figures, reasons, wording
from distributions.views import (
    connections,
    designing,
    desk,
    known,
    letters,
    mapping,
    playground,
    previews,
    reviewing,
    running,
    secrets,
    shelf,
    texts,
    wizard,
)

TROUBLED = [Delivery.State.FAILED, Delivery.State.UNCERTAIN, Delivery.State.WAITING_CODE]
STATUS_COLORS = {"LIVE": "success", "PAUSED": "warning", "DRAFT": "info"}
STATE_COLORS = {"SENT": "success", "FAILED": "danger", "UNKNOWN": "warning", "UNCERTAIN": "warning"}


class FateFilter(admin.SimpleListFilter):
    """By what became of it, as the distribution's own page counts it."""

    title = "what became of it"
    parameter_name = "fate"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, str]]:
        return [(fate.key, fate.label) for fate in figures.FATES.values() if fate.key != "entered"]

    def queryset(self, _request: HttpRequest, found: QuerySet[Delivery]) -> QuerySet[Delivery]:
        fate = figures.FATES.get(self.value() or "")
        return found.filter(fate.asks, is_test=False) if fate else found


class ReasonFilter(admin.SimpleListFilter):
    """By why it was not sent, or failed."""

    title = "reason"
    parameter_name = "reason"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, str]]:
        return sorted(reasons.SENTENCES.items(), key=lambda item: item[1])

    def queryset(self, _request: HttpRequest, found: QuerySet[Delivery]) -> QuerySet[Delivery]:
        return found.filter(reason=self.value()) if self.value() is not None else found


@admin.register(Distribution)
class DistributionAdmin(ModelAdmin):
    """The list; a row leads to the wizard while it is a draft, and to the running page afterwards."""

    list_display = ["named", "shown_status", "channel_names", "waits_for", "sent_today", "attention"]
    list_filter = ["status", "type"]
    search_fields = ["name"]
    search_help_text = "Search by name"
    list_per_page = 50
    show_full_result_count = False
    actions = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[Distribution]:
        """Join in what every row shows; each row counts its last day by an index range of its own."""
        rows = super().get_queryset(request).select_related("segment").prefetch_related("channels")
        day_ago = first_uuid7_at(timezone.now() - timedelta(days=1))
        recent = Delivery.objects.filter(distribution=OuterRef("pk"), id__gte=day_ago, is_test=False).order_by()
        sent = recent.filter(state=Delivery.State.SENT).values("distribution").values(count=Count("id"))
        return rows.annotate(
            sent_count=Coalesce(Subquery(sent), 0), is_troubled=Exists(recent.filter(state__in=TROUBLED))
        )

    @display(description="Name", ordering="name")
    def named(self, row: Distribution) -> str:
        return str(row)

    @display(description="Status", ordering="status", label=STATUS_COLORS)
    def shown_status(self, row: Distribution) -> tuple[str, str]:
        return row.status, row.get_status_display()

    @display(description="Channels")
    def channel_names(self, row: Distribution) -> str:
        return ", ".join(channel.get_type_display() for channel in row.channels.all()) or "none yet"

    @display(description="Goes out when")
    def waits_for(self, row: Distribution) -> str:
        return wording.trigger_in_words(row)

    @display(description="Sent in 24 h", ordering="sent_count")
    def sent_today(self, row: Any) -> int:
        return row.sent_count

    @display(description="Attention")
    def attention(self, row: Any) -> str:
        if not row.is_troubled:
            return "–"
        return format_html('<a href="{}">Look</a>', reverse("admin:distributions_distribution_overview", args=[row.pk]))

    def has_delete_permission(self, _request: HttpRequest, _row: Distribution | None = None) -> bool:
        """Deleting is the overview's: it refuses what is live and writes down who did it."""
        return False

    def add_view(self, request: HttpRequest, *_arguments: Any, **_options: Any) -> HttpResponse:
        return wizard.begin(request)

    def change_view(self, request: HttpRequest, object_id: str, *_arguments: Any, **_options: Any) -> HttpResponse:
        if not object_id.isdecimal():
            raise Http404
        return redirect("admin:distributions_distribution_overview", object_id)

    def get_urls(self) -> list[URLPattern]:
        pages = [
            ("playground/", playground.playground, "playground"),
            ("playground/trace/", playground.trace, "trace"),
            ("mailbox/", letters.mailbox, "mailbox"),
            ("desk/", desk.desk, "desk"),
            ("known/<slug:kind>/", known.known, "known"),
            ("known-settings/<slug:provider>/", known.settings, "known_settings"),
            ("<int:pk>/step/<slug:key>/", wizard.step, "step"),
            ("<int:pk>/preview/<slug:kind>/", previews.preview, "preview"),
            ("<int:pk>/preview/<slug:kind>/body/", previews.body, "body"),
            ("<int:pk>/told/<slug:kind>/", mapping.told, "told"),
            ("<int:pk>/words/<slug:kind>/", texts.words, "words"),
            ("<int:pk>/test/<slug:kind>/", previews.send_test, "test"),
            ("<int:pk>/design/<slug:kind>/", designing.editor, "design"),
            ("<int:pk>/design/<slug:kind>/begin/", designing.begin, "design_begin"),
            ("<int:pk>/design/<slug:kind>/leave/", designing.leave, "design_leave"),
            ("<int:pk>/design/<slug:kind>/fields/", designing.fields, "design_fields"),
            ("<int:pk>/design/<slug:kind>/act/<slug:verb>/", designing.act, "design_act"),
            ("template/<slug:key>/", shelf.template_body, "template"),
            ("template/<slug:key>/remove/", shelf.remove_template, "template_remove"),
            ("<int:pk>/secret/<slug:kind>/", secrets.reveal, "secret"),
            ("<int:pk>/secret/<slug:kind>/exchange/", secrets.exchange, "exchange"),
            ("<int:pk>/live/", reviewing.set_live, "live"),
            ("<int:pk>/overview/", running.overview, "overview"),
            ("<int:pk>/overview/stream/", running.stream, "stream"),
            ("<int:pk>/act/<slug:verb>/", running.act, "act"),
            ("<int:pk>/duplicate/", running.duplicate, "duplicate"),
            ("<int:pk>/discard/", running.delete, "discard"),
        ]
        framed = self.admin_site.admin_view
        own = [path(route, framed(view), name=f"distributions_distribution_{name}") for route, view, name in pages]
        return own + super().get_urls()


@admin.register(Connection)
class ConnectionAdmin(ModelAdmin):
    """Accounts with providers: the addresses of their pages, which are in ``views.connections``."""

    def get_urls(self) -> list[URLPattern]:
        test = self.admin_site.admin_view(connections.test)
        return [path("<int:pk>/test/", test, name="distributions_connection_test"), *super().get_urls()]

    def changelist_view(self, request: HttpRequest, *_arguments: Any, **_options: Any) -> HttpResponse:
        return connections.connections(request)

    def add_view(self, request: HttpRequest, *_arguments: Any, **_options: Any) -> HttpResponse:
        return connections.add(request)

    def change_view(self, request: HttpRequest, object_id: str, *_arguments: Any, **_options: Any) -> HttpResponse:
        return connections.edit(request, object_id)

    def delete_view(self, request: HttpRequest, object_id: str, *_arguments: Any, **_options: Any) -> HttpResponse:
        return connections.delete(request, object_id)


@admin.register(Delivery)
class DeliveryAdmin(ModelAdmin):
    """Every message, newest first. Rows are the product's own record: nobody edits them here."""

    list_display = ["customer", "distribution", "channel_name", "shown_state", "created_at", "sent_at"]
    list_filter = ["state", FateFilter, ReasonFilter, "is_test", "channel__type", "distribution"]
    list_select_related = ["customer", "distribution", "channel"]
    paginator = InfinitePaginator
    show_full_result_count = False
    list_per_page = 50
    actions = None

    @display(description="Channel")
    def channel_name(self, row: Delivery) -> str:
        return row.channel.get_type_display()

    @display(description="State", label=STATE_COLORS)
    def shown_state(self, row: Delivery) -> tuple[str, str]:
        return row.state, row.get_state_display()

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().changelist_view(request, {"title": "Messages", **(extra_context or {})})

    def has_add_permission(self, _request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, _request: HttpRequest, _row: Delivery | None = None) -> bool:
        return False

    def change_view(self, request: HttpRequest, object_id: str, *_arguments: Any, **_options: Any) -> HttpResponse:
        return letters.letter(request, object_id)

    def get_urls(self) -> list[URLPattern]:
        framed = self.admin_site.admin_view
        own = [
            path("<uuid:delivery_id>/body/", framed(letters.letter_body), name="distributions_delivery_body"),
            path(
                "<uuid:delivery_id>/decide/<slug:verdict>/",
                framed(letters.decide),
                name="distributions_delivery_decide",
            ),
        ]
        return own + super().get_urls()
