"""The addresses of metadata schemas."""

from django.urls import URLPattern, path

from schemas.api import ProjectSchema, ProjectSchemas, SchemaOfResource, Schemas

OF_PROJECT = "management/v1/projects/<str:project_id>/metadata-schemas"

api_patterns: list[URLPattern] = [
    path("v1/metadata-schemas", Schemas.as_view()),
    path("v1/metadata-schemas/<str:resource>", SchemaOfResource.as_view()),
    path(OF_PROJECT, ProjectSchemas.as_view()),
    path(f"{OF_PROJECT}/<str:schema_id>", ProjectSchema.as_view()),
]
