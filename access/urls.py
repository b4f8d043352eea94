"""The addresses of access."""

from django.urls import URLPattern, path

from access.api import SettingsView

api_patterns: list[URLPattern] = [path("v1/settings", SettingsView.as_view())]
