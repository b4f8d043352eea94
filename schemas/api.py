"""Metadata schemas over REST: read by any key, written below the one project."""

from typing import Any

from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access import limits, project
from access.listing import envelope, read_page, shown_on, total_of
from access.problems import invalid_payload, not_found
from access.strict_json import moment
from schemas import declaring
from schemas.models import MetadataSchema


class Schemas(APIView):
    permission_classes = []

    def get(self, request: Request) -> Response:
        known = MetadataSchema.objects.all()
        shown, _ = shown_on(known, read_page(request, default_limit=100))
        return Response(envelope("schemas", [as_json(schema) for schema in shown], total_of(known)))


class SchemaOfResource(APIView):
    permission_classes = []

    def get(self, _request: Request, resource: str) -> Response:
        return Response(as_json(_found(MetadataSchema.objects.filter(related_object=resource), resource)))


class ProjectSchemas(APIView):
    required_scope = "settings"

    def get(self, request: Request, project_id: str) -> Response:
        _require_project(project_id)
        known = MetadataSchema.objects.all()
        shown, _ = shown_on(known, read_page(request, default_limit=100))
        return Response(envelope("data", [as_json(schema) for schema in shown], total_of(known)))

    def post(self, request: Request, project_id: str) -> Response:
        _require_project(project_id)
        given = limits.mapping(request.data, "The metadata schema")
        properties = {} if given.get("properties") is None else given["properties"]
        defined_only = given.get("allow_defined_only")
        return Response(as_json(declaring.declare(given.get("related_object"), properties, defined_only=defined_only)))


class ProjectSchema(APIView):
    required_scope = "settings"

    def get(self, _request: Request, project_id: str, schema_id: str) -> Response:
        return Response(as_json(_of_project(project_id, schema_id)))

    def put(self, request: Request, project_id: str, schema_id: str) -> Response:
        found = _of_project(project_id, schema_id)
        given = limits.mapping(request.data, "The metadata schema")
        if given.get("related_object") not in (None, found.related_object):
            raise invalid_payload("The related_object of a metadata schema cannot be changed")
        defined_only = given.get("allow_defined_only")
        return Response(as_json(declaring.change(found, given.get("properties"), defined_only=defined_only)))

    def delete(self, _request: Request, project_id: str, schema_id: str) -> Response:
        declaring.delete(_of_project(project_id, schema_id))
        return Response(status=204)


def as_json(schema: MetadataSchema) -> dict[str, Any]:
    return {
        "id": schema.public_id,
        "related_object": schema.related_object,
        "properties": schema.properties,
        "allow_defined_only": schema.allow_defined_only,
        "created_at": moment(schema.created_at),
        "updated_at": schema.updated_at and moment(schema.updated_at),
        "object": "metadata_schema",
    }


def _require_project(project_id: str) -> None:
    if project_id != project.current().public_id:
        raise not_found("project", project_id)


def _of_project(project_id: str, schema_id: str) -> MetadataSchema:
    _require_project(project_id)
    return _found(MetadataSchema.objects.filter(public_id=schema_id), schema_id)


def _found(known: QuerySet[MetadataSchema], named: str) -> MetadataSchema:
    found = known.first() if "\0" not in named else None
    if found is None:
        raise not_found("metadata_schema", named)
    return found
