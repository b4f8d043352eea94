"""Metadata schemas in the admin: the addresses of their pages, which are in ``views``."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from unfold.admin import ModelAdmin

from schemas import views
from schemas.models import MetadataSchema


@admin.register(MetadataSchema)
class MetadataSchemaAdmin(ModelAdmin):
    def changelist_view(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        return views.schemas(request)

    def add_view(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        return views.declare(request)

    def change_view(self, request: HttpRequest, object_id: str, *_args: Any, **_kwargs: Any) -> HttpResponse:
        return views.edit(request, object_id)

    def delete_view(self, request: HttpRequest, object_id: str, *_args: Any, **_kwargs: Any) -> HttpResponse:
        return views.forget(request, object_id)
