"""API keys, the project's settings and the audit list in the admin."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from unfold.admin import ModelAdmin
from unfold.decorators import display
from unfold.paginator import InfinitePaginator

from access import views
from access.models import ApiKey, AuditEntry, Project


@admin.register(ApiKey)
class ApiKeyAdmin(ModelAdmin):
    list_display = ["name", "kind", "app_id", "token", "last_used_at", "state"]
    list_filter = ["kind"]
    search_fields = ["name", "app_id"]
    actions = None

    @display(description="Token")
    def token(self, key: ApiKey) -> str:
        return f"… {key.token_hint}"

    @display(description="State", label={"In use": "success", "Ending": "warning", "Ended": "default"})
    def state(self, key: ApiKey) -> str:
        return views.state_of(key)

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view
        own = [
            path("<int:pk>/rotate/", page(views.rotate), name="access_apikey_rotate"),
            path("<int:pk>/limit/", page(views.limit), name="access_apikey_limit"),
            path("<int:pk>/revoke/", page(views.revoke), name="access_apikey_revoke"),
        ]
        return [*own, *super().get_urls()]

    def add_view(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        return views.add_key(request)

    def change_view(self, request: HttpRequest, object_id: str, *_args: Any, **_kwargs: Any) -> HttpResponse:
        return views.key_page(request, object_id)

    def has_delete_permission(self, _request: HttpRequest, _obj: Any = None) -> bool:
        """A key is revoked, never deleted: events and audit entries name it."""
        return False


@admin.register(Project)
class ProjectAdmin(ModelAdmin):
    """There is one project, so its list is its form."""

    def changelist_view(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        return views.project_page(request)

    def change_view(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        return views.project_page(request)

    def has_add_permission(self, _request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, _request: HttpRequest, _obj: Any = None) -> bool:
        return False


@admin.register(AuditEntry)
class AuditEntryAdmin(ModelAdmin):
    list_display = ["at", "who", "verb", "object_type", "summary"]
    list_filter = ["object_type", "person"]
    list_select_related = ["person", "key"]
    search_fields = ["object_id"]
    search_help_text = "Id of what was changed"
    paginator = InfinitePaginator
    show_full_result_count = False
    actions = None

    @display(description="Who")
    def who(self, entry: AuditEntry) -> str:
        return str(entry.person or entry.key or "the system")

    def has_add_permission(self, _request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, _request: HttpRequest, _obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, _request: HttpRequest, _obj: Any = None) -> bool:
        return False
