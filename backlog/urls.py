"""The addresses of what is still to be done."""

from django.urls import URLPattern, path

from backlog.api import AsyncActions, OneAsyncAction

api_patterns: list[URLPattern] = [
    path("v1/async-actions", AsyncActions.as_view()),
    path("v1/async-actions/<str:action_id>", OneAsyncAction.as_view()),
]
