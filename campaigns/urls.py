"""The addresses of campaigns."""

from django.urls import URLPattern, path

from campaigns.api import campaigns, publications, rules, vouchers
from campaigns.views import pictures

api_patterns: list[URLPattern] = [
    path("v1/campaigns", campaigns.Campaigns.as_view()),
    path("v1/campaigns/<str:name>", campaigns.OneCampaign.as_view()),
    path("v1/campaigns/<str:name>/enable", campaigns.Enable.as_view()),
    path("v1/campaigns/<str:name>/disable", campaigns.Disable.as_view()),
    path("v1/campaigns/<str:name>/vouchers", campaigns.CampaignVouchers.as_view()),
    path("v1/campaigns/<str:name>/vouchers/<str:code>", campaigns.GivenVoucher.as_view()),
    path("v1/campaigns/<str:name>/import", campaigns.ImportVouchers.as_view()),
    path("v1/campaigns/<str:name>/importCSV", campaigns.ImportVouchersCSV.as_view()),
    path("v1/vouchers", vouchers.Vouchers.as_view()),
    path("v1/vouchers/<str:code>", vouchers.OneVoucher.as_view()),
    path("v1/vouchers/<str:code>/enable", vouchers.EnableVoucher.as_view()),
    path("v1/vouchers/<str:code>/disable", vouchers.DisableVoucher.as_view()),
    path("v1/validation-rules", rules.ValidationRules.as_view()),
    path("v1/validation-rules/<str:rule_id>", rules.OneValidationRule.as_view()),
    path("v1/validation-rules/<str:rule_id>/assignments", rules.AssignmentsOfRule.as_view()),
    path("v1/validation-rules/<str:rule_id>/assignments/<str:assignment_id>", rules.OneAssignment.as_view()),
    path("v1/validation-rules-assignments", rules.Assignments.as_view()),
    path("v1/publications", publications.Publications.as_view()),
]

page_patterns: list[URLPattern] = [
    path("codes/<str:kind>/<str:signed>.<str:form>", pictures.code_picture, name="code-picture"),
]
