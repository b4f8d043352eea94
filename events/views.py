"""The pages of events in the admin: the list, one event with its chain, and the event schema."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from access.paging import page_of
from access.problems import Problem
from customers.models import Customer
from customers.wording import in_words
from events import chains, definitions, lines, volumes
from events.catalogue import KNOWN
from events.clock import database_now
from events.filtersets import EventFilterSet
from events.forms import DefinitionForm, property_rows
from events.models import Event, EventDefinition, PendingEvent

MOST_DEFINITIONS = 1_000
# A rare name is looked for among this many of the latest events, so that no page waits for the whole table.
SEARCHED = 200_000
# The tabs of a timeline: the API's word for each, and a person's.
CATEGORIES = {"": "Everything", "ACTION": "What she did", "EFFECT": "What followed"}

may_see = permission_required("events.view_event", raise_exception=True)
may_see_schema = permission_required("events.view_eventdefinition", raise_exception=True)
may_declare = permission_required("events.add_eventdefinition", raise_exception=True)
may_change = permission_required("events.change_eventdefinition", raise_exception=True)
may_delete = permission_required("events.delete_eventdefinition", raise_exception=True)


def as_event_id(text: str) -> UUID | None:
    """Return the id of an event from its address, ``evt_...`` or bare."""
    try:
        return UUID(text.removeprefix("evt_"))
    except ValueError:
        return None


@may_see
@require_GET
def event_list(request: HttpRequest) -> HttpResponse:
    narrowed = EventFilterSet(request.GET, Event.objects.all())
    told = narrowed.form.cleaned_data if narrowed.is_valid() else {}
    is_searched = bool(told.get("name") or told.get("source")) and not told.get("customer")
    searched = SEARCHED if is_searched else 0
    query = request.GET.copy()
    before = as_event_id(str(query.pop("before", [""])[-1]))
    context = {
        "title": "Events",
        "form": narrowed.form,
        "is_narrowed": any(told.values()),
        "searched": searched,
        "events": page_of(narrowed.qs.select_related("customer"), before, searched=searched),
        "query": query.urlencode(),
        "names": EventDefinition.objects.values_list("name", flat=True)[:MOST_DEFINITIONS],
        "internal": KNOWN,
    }
    return render(request, "events/list.html", context)


@may_see
@require_GET
def event_page(request: HttpRequest, key: str) -> HttpResponse:
    event_id = as_event_id(key)
    if event_id is None:
        raise Http404
    event = get_object_or_404(Event.objects.select_related("customer"), pk=event_id)
    context = {
        "title": event.name,
        "event": event,
        "properties": [(name, in_words(value)) for name, value in sorted(event.properties.items())],
        "internal": KNOWN.get(event.name),
        "causes": chains.causes(event),
        "effects": chains.effects(event),
        "pending": PendingEvent.objects.filter(pk=event_id).first(),
    }
    return render(request, "events/event.html", context)


@may_see
@require_GET
def timeline_page(request: HttpRequest, key: str) -> HttpResponse:
    """Show all that one customer did and all that followed, page by page."""
    customer = Customer.objects.named(key.replace("\0", ""))
    if customer is None:
        raise Http404
    category = request.GET.get("show", "")
    category = category if category in CATEGORIES else ""
    page = lines.page_of(customer, category=category, before=as_event_id(request.GET.get("before", "")))
    told = {"title": f"What happened to {customer}", "customer": customer, "page": page}
    return render(request, "events/timeline.html", {**told, "categories": CATEGORIES, "category": category})


@may_see_schema
@require_GET
def schema(request: HttpRequest) -> HttpResponse:
    recent = volumes.recent(database_now())
    found = [(one, recent.get(one.name, volumes.Volume())) for one in EventDefinition.objects.all()[:MOST_DEFINITIONS]]
    return render(request, "events/schema.html", {"title": "Event schema", "definitions": found})


@may_see_schema
@require_GET
def internal_events(request: HttpRequest) -> HttpResponse:
    recent = volumes.recent(database_now())
    subjects: dict[str, list[Any]] = {}
    for event in KNOWN.values():
        subjects.setdefault(event.subject, []).append((event, recent.get(event.name, volumes.Volume())))
    return render(request, "events/internal.html", {"title": "Internal events", "subjects": subjects})


@may_declare
@require_http_methods(["GET", "POST"])
def declare(request: HttpRequest) -> HttpResponse:
    form = DefinitionForm(request.POST or None, initial={"name": request.GET.get("name", "")})
    rows = property_rows(request.POST or None)
    is_complete = request.method == "POST" and form.is_valid() and rows.is_valid()
    if is_complete and _saved(form, lambda: definitions.declare(form.cleaned_data["name"], rows.declared())):
        messages.success(request, "It is declared. Events of that name are held to it from now on.")
        return redirect("admin:events_eventdefinition_changelist")
    return _definition_page(request, form, rows, title="Declare an event")


@may_change
@require_http_methods(["GET", "POST"])
def definition_page(request: HttpRequest, key: str) -> HttpResponse:
    definition = get_object_or_404(EventDefinition, pk=key if key.isdecimal() else 0)
    form = DefinitionForm({"name": definition.name})
    rows = property_rows(request.POST or None, definition.properties)
    is_complete = request.method == "POST" and form.is_valid() and rows.is_valid()
    if is_complete and _saved(form, lambda: definitions.change(definition, rows.declared())):
        messages.success(request, f"{definition.name} is saved.")
        return redirect("admin:events_eventdefinition_changelist")
    return _definition_page(request, form, rows, title=definition.name, definition=definition)


@may_delete
@require_POST
def forget(request: HttpRequest, key: str) -> HttpResponse:
    definition = get_object_or_404(EventDefinition, pk=key if key.isdecimal() else 0)
    definitions.delete(definition)
    messages.success(request, f"The declaration of {definition.name} is gone; its events stay.")
    return redirect("admin:events_eventdefinition_changelist")


def _saved(form: DefinitionForm, save: Any) -> bool:
    """Save, or put the reason why not on the form."""
    try:
        save()
    except Problem as problem:
        form.add_error(None, problem.sentence)
        return False
    return True


def _definition_page(
    request: HttpRequest, form: DefinitionForm, rows: Any, *, title: str, definition: EventDefinition | None = None
) -> HttpResponse:
    seen = volumes.properties_seen().get(definition.name, {}) if definition else {}
    declared = definition.properties if definition else {}
    context = {
        "title": title,
        "form": form,
        "rows": rows,
        "definition": definition,
        "undeclared": {name: kind for name, kind in seen.items() if name not in declared},
    }
    is_wrong = bool(form.errors) or (rows.is_bound and not rows.is_valid())
    return render(request, "events/definition.html", context, status=400 if is_wrong else 200)
