"""The addresses of events."""

from django.urls import URLPattern, path

from events.api.activity import ActivityView
from events.api.browser import track_from_page
from events.api.reported import track_batch, track_one
from events.api.schemas import ProjectsView, SchemasView, SchemaView

SCHEMAS = "management/v1/projects/<str:project_id>/custom-event-schemas"

api_patterns: list[URLPattern] = [
    path("v1/events", track_one),
    path("v1/events/batch", track_batch),
    path("client/v1/events", track_from_page),
    path("v1/customers/<str:named>/activity", ActivityView.as_view()),
    path("v1/customers/<str:named>/activities", ActivityView.as_view()),
    path("management/v1/projects", ProjectsView.as_view()),
    path(SCHEMAS, SchemasView.as_view()),
    path(f"{SCHEMAS}/<str:schema_id>", SchemaView.as_view()),
]
