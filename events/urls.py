"""The addresses of events."""

from django.urls import URLPattern

api_patterns: list[URLPattern] = []
