"""The addresses of transfers' pages. They are reached from their campaign; there is no list of their own."""

from django.contrib import admin
from django.http import HttpRequest
from django.urls import URLPattern, path
from unfold.admin import ModelAdmin

from transfers.models import Transfer
from transfers.views import exporting


@admin.register(Transfer)
class TransferAdmin(ModelAdmin):
    def has_module_permission(self, _request: HttpRequest) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        framed = self.admin_site.admin_view
        return [
            path("campaign/<int:campaign_id>/", framed(exporting.export), name="transfers_transfer_export"),
            path(
                "campaign/<int:campaign_id>/progress/", framed(exporting.progress), name="transfers_transfer_progress"
            ),
        ]
