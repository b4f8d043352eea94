"""The addresses of segments."""

from django.urls import URLPattern

api_patterns: list[URLPattern] = []
