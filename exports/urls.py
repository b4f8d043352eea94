"""The addresses of exports."""

from django.urls import URLPattern, path

from exports import api

LOYALTIES = "v1/loyalties"

api_patterns: list[URLPattern] = [
    path("v1/exports", api.Exports.as_view()),
    path("v1/exports/<str:export_id>", api.OneExport.as_view()),
    path("v1/orders/export", api.OrdersExport.as_view()),
    path("v1/vouchers/<str:code>/transactions/export", api.VoucherTransactionsExport.as_view()),
    path("v1/campaigns/<str:name>/transactions/export", api.CampaignTransactionsExport.as_view()),
    path(f"{LOYALTIES}/members/<str:member>/transactions/export", api.LoyaltyTransactionsExport.as_view()),
    path(f"{LOYALTIES}/<str:name>/transactions/export", api.LoyaltyTransactionsExport.as_view()),
    path(f"{LOYALTIES}/<str:name>/members/<str:member>/transactions/export", api.LoyaltyTransactionsExport.as_view()),
    path(f"{LOYALTIES}/<str:name>/points-expiration/export", api.PointsExpirationExport.as_view()),
]
