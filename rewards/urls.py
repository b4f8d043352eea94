"""Addresses of loyalty programs, rewards and referrals."""

from django.urls import URLPattern, path

from rewards.api import earning

PROGRAM = "v1/loyalties/<str:name>"
RULES = f"{PROGRAM}/earning-rules"

api_patterns: list[URLPattern] = [
    path(RULES, earning.EarningRules.as_view()),
    path(f"{RULES}/<str:rule_id>", earning.OneEarningRule.as_view()),
    path(f"{RULES}/<str:rule_id>/enable", earning.EnableEarningRule.as_view()),
    path(f"{RULES}/<str:rule_id>/disable", earning.DisableEarningRule.as_view()),
]
