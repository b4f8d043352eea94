"""Campaigns, codes and rules: their lists; their pages are in ``views``."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from unfold.admin import ModelAdmin
from unfold.decorators import display
from unfold.paginator import InfinitePaginator
from unfold.views import ChangeList

from access import project
from campaigns import incentives, levels, reading
from campaigns.models import Campaign, ValidationRule, Voucher
from campaigns.rules.vocabulary import said
from campaigns.views import campaigns, codes, rules, tiers, vouchers
from events.clock import database_now

TONES = {"Active": "success", "Disabled": "warning", "Ended": "default", "Not started": "info"}


class PooledChangeList(ChangeList):
    """Counts the pools of the campaigns on the page, in one query."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        known, now = levels.of_all(self.result_list), database_now()
        currency = project.current().currency
        for campaign in self.result_list:
            campaign.shown_pool = reading.pool(campaign, known[campaign.pk])
            campaign.shown_status = reading.status(campaign, now)
            campaign.shown_promise = incentives.in_words(campaign.voucher_kind, campaign.incentive, currency)


@admin.register(Campaign)
class CampaignAdmin(ModelAdmin):
    list_display = ["name", "kind", "promise", "pool", "validity", "status"]
    list_filter = ["active", "campaign_type", "type"]
    search_fields = ["name", "public_id"]
    search_help_text = "Name or id"
    show_full_result_count = False
    actions = None

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return PooledChangeList

    @display(description="Type")
    def kind(self, campaign: Campaign) -> str:
        return campaign.get_campaign_type_display()

    @display(description="Gives")
    def promise(self, campaign: Any) -> str:
        return campaign.shown_promise

    @display(description="Codes")
    def pool(self, campaign: Any) -> str:
        if campaign.voucher_kind is None:
            return "no codes"
        return render_to_string("campaigns/_pool_bar.html", {"pool": campaign.shown_pool})

    @display(description="Valid")
    def validity(self, campaign: Campaign) -> str:
        end = campaign.expiration_date
        return f"until {end:%Y-%m-%d}" if end else "without end"

    @display(description="Status", label=TONES)
    def status(self, campaign: Any) -> str:
        return campaign.shown_status.label

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view
        own = [
            path("look/", page(campaigns.look), name="campaigns_campaign_look"),
            path("<str:key>/edit/", page(campaigns.edit), name="campaigns_campaign_edit"),
            path("<str:key>/pool/", page(campaigns.pool), name="campaigns_campaign_pool"),
            path("<str:key>/active/", page(campaigns.set_active), name="campaigns_campaign_active"),
            path("<str:key>/codes/", page(codes.add_codes), name="campaigns_campaign_codes"),
            path("<str:key>/import/", page(codes.import_codes), name="campaigns_campaign_import"),
            path("<str:key>/tiers/add/", page(tiers.add), name="campaigns_tier_add"),
            path("<str:key>/stacks/add/", page(tiers.add_stack), name="campaigns_stack_add"),
            path("tiers/<str:tier_key>/", page(tiers.edit), name="campaigns_tier_change"),
            path("tiers/<str:tier_key>/active/", page(tiers.set_active), name="campaigns_tier_active"),
            path("tiers/<str:tier_key>/delete/", page(tiers.delete), name="campaigns_tier_delete"),
            path("stacks/<str:stack_key>/delete/", page(tiers.delete_stack), name="campaigns_stack_delete"),
            path("<str:key>/download/", page(codes.download), name="campaigns_campaign_download"),
        ]
        return [*own, *super().get_urls()]

    def add_view(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        return campaigns.add(request)

    def change_view(self, request: HttpRequest, object_id: str, *_args: Any, **_kwargs: Any) -> HttpResponse:
        return campaigns.page(request, object_id)

    def delete_view(self, request: HttpRequest, object_id: str, *_args: Any, **_kwargs: Any) -> HttpResponse:
        return campaigns.delete(request, object_id)


@admin.register(Voucher)
class VoucherAdmin(ModelAdmin):
    """All codes of all campaigns: found by their beginning, or by who holds them."""

    list_display = ["code", "campaign_link", "holder", "published_at", "active"]
    list_select_related = ["campaign", "holder"]
    list_per_page = 50
    search_fields = ["code"]
    search_help_text = "The beginning of a code, or a customer's source id or e-mail"
    ordering = ["-id"]
    paginator = InfinitePaginator
    show_full_result_count = False
    actions = None

    @display(description="Campaign")
    def campaign_link(self, voucher: Voucher) -> str:
        if voucher.campaign is None:
            return "stands for itself"
        address = reverse("admin:campaigns_campaign_change", args=[voucher.campaign_id])
        return format_html('<a class="f-link" href="{}">{}</a>', address, voucher.campaign)

    def get_search_results(
        self, request: HttpRequest, queryset: Any, search_term: str
    ) -> tuple[QuerySet[Voucher], bool]:
        return (reading.search_codes(queryset, search_term) if search_term else queryset), False

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view
        own = [
            path("<str:key>/active/", page(vouchers.set_active), name="campaigns_voucher_active"),
            path("<str:key>/balance/", page(vouchers.change_balance), name="campaigns_voucher_balance"),
            path("<str:key>/withdraw/", page(vouchers.withdraw), name="campaigns_voucher_withdraw"),
        ]
        return [*own, *super().get_urls()]

    def add_view(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        return vouchers.add(request)

    def change_view(self, request: HttpRequest, object_id: str, *_args: Any, **_kwargs: Any) -> HttpResponse:
        return vouchers.page(request, object_id)

    def delete_view(self, request: HttpRequest, object_id: str, *_args: Any, **_kwargs: Any) -> HttpResponse:
        return vouchers.delete(request, object_id)


class SpokenChangeList(ChangeList):
    """Says the rules on the page, in words."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        spoken = said(list(self.result_list))
        for rule in self.result_list:
            rule.shown_words = " ".join(spoken[rule.pk])


@admin.register(ValidationRule)
class ValidationRuleAdmin(ModelAdmin):
    """All rules: what each says, and on how much it is."""

    list_display = ["name", "words", "uses"]
    search_fields = ["name", "public_id"]
    search_help_text = "Name or id"
    show_full_result_count = False
    actions = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[ValidationRule]:
        return super().get_queryset(request).with_uses()

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return SpokenChangeList

    @display(description="Says")
    def words(self, rule: Any) -> str:
        return rule.shown_words

    @display(description="Used by", ordering="assignments_count")
    def uses(self, rule: Any) -> str:
        return f"{rule.assignments_count:,}" if rule.assignments_count else "nothing yet"

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view
        own = [
            path("say/", page(rules.say), name="campaigns_validationrule_say"),
            path("put-on/", page(rules.put_on), name="campaigns_validationrule_put_on"),
            path("take-off/<str:use>/", page(rules.take_off), name="campaigns_validationrule_take_off"),
            path("<str:key>/edit/", page(rules.edit), name="campaigns_validationrule_edit"),
        ]
        return [*own, *super().get_urls()]

    def add_view(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        return rules.add(request)

    def change_view(self, request: HttpRequest, object_id: str, *_args: Any, **_kwargs: Any) -> HttpResponse:
        return rules.page(request, object_id)

    def delete_view(self, request: HttpRequest, object_id: str, *_args: Any, **_kwargs: Any) -> HttpResponse:
        return rules.delete(request, object_id)
