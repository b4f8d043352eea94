"""What was ordered in bulk, in the admin: how far each order has come, and what became of its rows."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from unfold.admin import ModelAdmin
from unfold.decorators import display
from unfold.paginator import InfinitePaginator

from backlog import reading
from backlog.models import AsyncAction

TONES = {"Waiting": "default", "In progress": "info", "Done": "success", "Failed": "danger"}


@admin.register(AsyncAction)
class AsyncActionAdmin(ModelAdmin):
    list_display = ["kind", "asked_at", "state", "how_far", "refused"]
    list_filter = ["status"]
    search_fields = ["public_id"]
    search_help_text = "The whole id"
    paginator = InfinitePaginator
    show_full_result_count = False
    actions = None

    @display(description="What")
    def kind(self, action: AsyncAction) -> str:
        return reading.kind_in_words(action.type)

    @display(description="Asked for")
    def asked_at(self, action: AsyncAction) -> Any:
        return action.created_at

    @display(description="State", label=TONES)
    def state(self, action: AsyncAction) -> str:
        return action.get_status_display()

    @display(description="Rows")
    def how_far(self, action: AsyncAction) -> str:
        return f"{action.rows_done:,} of {action.rows_total:,}" if action.rows_total else "–"

    @display(description="Refused")
    def refused(self, action: AsyncAction) -> str:
        return f"{action.result.get('failed_count', 0):,}"

    def change_view(self, request: HttpRequest, object_id: str, *_args: Any, **_kwargs: Any) -> HttpResponse:
        number = int(object_id) if object_id.isdecimal() and len(object_id) < 19 else 0
        action = get_object_or_404(AsyncAction, pk=number)
        context = {"title": reading.kind_in_words(action.type), "look": reading.look(action, "rows")}
        is_fragment = "X-Requested-With" in request.headers
        return render(request, "backlog/_look.html" if is_fragment else "backlog/page.html", context)

    def has_add_permission(self, _request: HttpRequest) -> bool:
        """Work is ordered where it is about something."""
        return False

    def has_delete_permission(self, _request: HttpRequest, _obj: AsyncAction | None = None) -> bool:
        return False
