"""The addresses of project webhooks."""

from django.urls import URLPattern, path

from webhooks.api import OneWebhook, Webhooks

OF_PROJECT = "management/v1/projects/<str:project_id>/webhooks"

api_patterns: list[URLPattern] = [
    path(OF_PROJECT, Webhooks.as_view()),
    path(f"{OF_PROJECT}/<str:webhook_id>", OneWebhook.as_view()),
]
