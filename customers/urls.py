"""The addresses of customers."""

from django.urls import URLPattern

api_patterns: list[URLPattern] = []
