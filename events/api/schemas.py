"""The event schema over REST, below the one project: /management/v1/projects/{id}/custom-event-schemas."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access import limits, project
from access.listing import envelope, read_page
from access.models import Project
from access.problems import invalid_payload, not_found
from access.strict_json import moment
from events import definitions
from events.models import EventDefinition


class ProjectsView(APIView):
    required_scope = "settings"

    def get(self, _request: Request) -> Response:
        return Response(envelope("data", [_project_json(project.current())], 1))


class SchemasView(APIView):
    required_scope = "settings"

    def get(self, request: Request, project_id: str) -> Response:
        _require_project(project_id)
        page = read_page(request)
        known = EventDefinition.objects.all()
        return Response(envelope("data", [as_json(found) for found in known[page.window]], known.count()))

    def post(self, request: Request, project_id: str) -> Response:
        _require_project(project_id)
        given = limits.mapping(request.data, "The event schema")
        return Response(as_json(definitions.declare(given.get("name"), _properties(given))))


class SchemaView(APIView):
    required_scope = "settings"

    def get(self, _request: Request, project_id: str, schema_id: str) -> Response:
        return Response(as_json(_found(project_id, schema_id)))

    def put(self, request: Request, project_id: str, schema_id: str) -> Response:
        found = _found(project_id, schema_id)
        given = limits.mapping(request.data, "The event schema")
        if given.get("name") not in (None, found.name):
            raise invalid_payload("The name of an event schema cannot be changed")
        return Response(as_json(definitions.change(found, _properties(given))))

    def delete(self, _request: Request, project_id: str, schema_id: str) -> Response:
        definitions.delete(_found(project_id, schema_id))
        return Response(status=204)


def as_json(definition: EventDefinition) -> dict[str, Any]:
    return {
        "id": definition.public_id,
        "name": definition.name,
        "schema": {"properties": definition.properties},
        "declared": definition.is_declared,
        "created_at": moment(definition.created_at),
        "updated_at": definition.updated_at and moment(definition.updated_at),
        "object": "custom-event-schema",
    }


def _project_json(found: Project) -> dict[str, Any]:
    return {
        "id": found.public_id,
        "name": found.brand_name,
        "timezone": found.time_zone,
        "currency": found.currency,
        "object": "project",
    }


def _properties(given: dict[str, Any]) -> object:
    """Return what a body declares; generated clients send a null for what they were not told."""
    schema = limits.mapping({} if given.get("schema") is None else given["schema"], "schema")
    return {} if schema.get("properties") is None else schema["properties"]


def _require_project(project_id: str) -> None:
    if project_id != project.current().public_id:
        raise not_found("project", project_id)


def _found(project_id: str, schema_id: str) -> EventDefinition:
    _require_project(project_id)
    found = EventDefinition.objects.filter(public_id=schema_id).first() if "\0" not in schema_id else None
    if found is None:
        raise not_found("event_schema", schema_id)
    return found
