"""Exports in the admin: the addresses of their pages."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from unfold.admin import ModelAdmin

from exports import views
from exports.models import Export


@admin.register(Export)
class ExportAdmin(ModelAdmin):
    def get_urls(self) -> list[URLPattern]:
        framed = self.admin_site.admin_view
        own = [
            path("<str:export_id>/download/", framed(views.download), name="exports_export_download"),
            path("<str:export_id>/remove/", framed(views.delete), name="exports_export_remove"),
        ]
        return own + super().get_urls()

    def has_change_permission(self, _request: HttpRequest, _obj: Any = None) -> bool:
        """A file that was written stays as it was written."""
        return False

    def changelist_view(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        return views.exports(request)
