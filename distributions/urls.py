"""The addresses of distributions."""

from django.urls import URLPattern

api_patterns: list[URLPattern] = []
