"""The addresses of events."""

from django.urls import URLPattern, path

from events.api.activity import ActivitiesView, ActivityView
from events.api.browser import track_from_page
from events.api.reported import track_batch, track_one
from events.api.schemas import ProjectsView, SchemasView, SchemaView

SCHEMAS = "management/v1/projects/<str:project_id>/custom-event-schemas"

# Where events arrive: by far the most frequent requests.
INGEST = {
    "/v1/events": track_one,
    "/v1/events/batch": track_batch,
    "/client/v1/events": track_from_page,
}

api_patterns: list[URLPattern] = [
    *[path(address.removeprefix("/"), view) for address, view in INGEST.items()],
    path("v1/customers/<str:named>/activity", ActivityView.as_view()),
    path("v1/customers/<str:named>/activities", ActivitiesView.as_view()),
    path("management/v1/projects", ProjectsView.as_view()),
    path(SCHEMAS, SchemasView.as_view()),
    path(f"{SCHEMAS}/<str:schema_id>", SchemaView.as_view()),
]
