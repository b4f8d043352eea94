"""The addresses of earning rules and rewards in the admin; their lists stand on the program's page."""

from django.contrib import admin
from django.http import HttpRequest
from django.urls import URLPattern, path
from unfold.admin import ModelAdmin

from rewards.models import EarningRule
from rewards.views import program


@admin.register(EarningRule)
class EarningRuleAdmin(ModelAdmin):
    list_display = ["banner", "campaign", "event", "active"]
    list_select_related = ["campaign"]
    list_filter = ["active"]
    search_fields = ["banner", "event", "campaign__name"]
    actions = None

    def has_add_permission(self, _request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, _request: HttpRequest, _obj: EarningRule | None = None) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view
        own = [
            path("of/<str:key>/add/", page(program.add_rule), name="rewards_rule_add"),
            path("<str:rule_key>/change/", page(program.edit_rule), name="rewards_earningrule_change"),
            path("<str:rule_key>/active/", page(program.switch_rule), name="rewards_rule_active"),
            path("<str:rule_key>/remove/", page(program.delete_rule), name="rewards_rule_delete"),
            path("rewards/of/<str:key>/add/", page(program.add_reward), name="rewards_reward_add"),
            path("rewards/<str:assignment_key>/", page(program.edit_reward), name="rewards_reward_change"),
            path("rewards/<str:assignment_key>/remove/", page(program.remove_reward), name="rewards_reward_remove"),
        ]
        kept = [each for each in super().get_urls() if each.name == "rewards_earningrule_changelist"]
        return own + kept
