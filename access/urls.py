"""The addresses of access."""

from django.urls import URLPattern

api_patterns: list[URLPattern] = []
