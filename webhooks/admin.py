"""Webhooks in the admin: the addresses of their pages, which are in ``views``."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from unfold.admin import ModelAdmin

from webhooks import views
from webhooks.models import Sendout, Webhook


@admin.register(Webhook)
class WebhookAdmin(ModelAdmin):
    def get_urls(self) -> list[URLPattern]:
        framed = self.admin_site.admin_view
        own = [
            path("secret/", framed(views.exchange), name="webhooks_webhook_exchange"),
            path("<int:pk>/test/", framed(views.test), name="webhooks_webhook_test"),
        ]
        return own + super().get_urls()

    def changelist_view(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        return views.webhooks(request)

    def add_view(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        return views.add(request)

    def change_view(self, request: HttpRequest, object_id: str, *_args: Any, **_kwargs: Any) -> HttpResponse:
        return views.edit(request, object_id)

    def delete_view(self, request: HttpRequest, object_id: str, *_args: Any, **_kwargs: Any) -> HttpResponse:
        return views.delete(request, object_id)


@admin.register(Sendout)
class SendoutAdmin(ModelAdmin):
    def get_urls(self) -> list[URLPattern]:
        again = self.admin_site.admin_view(views.again)
        return [path("<uuid:pk>/again/", again, name="webhooks_sendout_again"), *super().get_urls()]

    def has_add_permission(self, _request: HttpRequest) -> bool:
        """Only events make them."""
        return False

    def has_delete_permission(self, _request: HttpRequest, _obj: Any = None) -> bool:
        return False

    def changelist_view(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        return views.sendouts(request)

    def change_view(self, request: HttpRequest, object_id: str, *_args: Any, **_kwargs: Any) -> HttpResponse:
        return views.sendout(request, object_id)
