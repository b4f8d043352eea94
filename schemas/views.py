"""The pages of metadata schemas inside the admin."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from access import audit
from access.problems import Problem
from schemas import declaring
from schemas.definitions import STANDARD
from schemas.forms import DefinitionRows, SchemaForm, definition_rows
from schemas.models import MetadataSchema

LIST = "admin:schemas_metadataschema_changelist"
MOST = 200
may_see = permission_required("schemas.view_metadataschema", raise_exception=True)
may_add = permission_required("schemas.add_metadataschema", raise_exception=True)
may_change = permission_required("schemas.change_metadataschema", raise_exception=True)
may_delete = permission_required("schemas.delete_metadataschema", raise_exception=True)


@may_see
@require_GET
def schemas(request: HttpRequest) -> HttpResponse:
    found = list(MetadataSchema.objects.all()[:MOST])
    missing = sorted(set(STANDARD) - {schema.related_object for schema in found})
    context = {"title": "Metadata", "schemas": found, "missing": missing}
    return render(request, "schemas/list.html", context)


@may_add
@require_http_methods(["GET", "POST"])
def declare(request: HttpRequest) -> HttpResponse:
    form = SchemaForm(request.POST or None, initial={"related_object": request.GET.get("of", "")})
    rows = definition_rows(request.POST or None)
    if request.method == "POST" and form.is_valid() and rows.is_valid():
        told = form.cleaned_data
        saved = _saved(
            form,
            lambda: declaring.declare(
                told["related_object"], rows.declared({}), defined_only=told["allow_defined_only"]
            ),
        )
        if saved:
            return _done(request, saved, "declared")
    return _page(request, form, rows, "Declare metadata")


@may_change
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, key: str) -> HttpResponse:
    schema = _found(key)
    known = {"related_object": schema.related_object, "allow_defined_only": schema.allow_defined_only}
    form = SchemaForm({**request.POST.dict(), "related_object": schema.related_object} if request.POST else None)
    form.initial = known
    rows = definition_rows(request.POST or None, schema.properties)
    if request.method == "POST" and form.is_valid() and rows.is_valid():
        only = form.cleaned_data["allow_defined_only"]
        saved = _saved(form, lambda: declaring.change(schema, rows.declared(schema.properties), defined_only=only))
        if saved:
            return _done(request, saved, "changed")
    return _page(request, form, rows, f"Metadata of {schema.related_object}", schema)


@may_delete
@require_POST
def forget(request: HttpRequest, key: str) -> HttpResponse:
    schema = _found(key)
    declaring.delete(schema)
    return _done(request, schema, "deleted")


def _found(key: str) -> MetadataSchema:
    return get_object_or_404(MetadataSchema, pk=int(key) if key.isdecimal() and len(key) < 19 else 0)


def _saved(form: SchemaForm, save: Callable[[], MetadataSchema]) -> MetadataSchema | None:
    """Save, or put the reason why not on the form."""
    try:
        return save()
    except Problem as problem:
        form.add_error(None, f"{problem.sentence}.")
        return None


def _done(request: HttpRequest, schema: MetadataSchema, verb: str) -> HttpResponse:
    summary = f"The metadata schema of {schema.related_object} was {verb}"
    audit.record(verb, "metadata_schema", schema.public_id, summary, person=audit.person_of(request))
    ends = {"deleted": "What objects carry stays with them.", "declared": "It holds from now on."}
    messages.success(request, f"{summary}. {ends.get(verb, '')}".strip())
    return redirect(LIST)


def _page(
    request: HttpRequest, form: SchemaForm, rows: DefinitionRows, title: str, schema: MetadataSchema | None = None
) -> HttpResponse:
    context = {"title": title, "form": form, "rows": rows, "schema": schema, "kinds": STANDARD}
    is_wrong = bool(form.errors) or (rows.is_bound and not rows.is_valid())
    return render(request, "schemas/form.html", context, status=400 if is_wrong else 200)
