"""Pages for API keys and the project's settings. A token is shown once, on the answer to the request that made it."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from access import audit, keys, project
from access.forms import KeyForm, LimitForm, ProjectForm
from access.models import ApiKey

may_see = permission_required("access.view_apikey", raise_exception=True)
may_add = permission_required("access.add_apikey", raise_exception=True)
may_change = permission_required("access.change_apikey", raise_exception=True)
may_set = permission_required("access.change_project", raise_exception=True)


def state_of(key: ApiKey) -> str:
    now = timezone.now()
    if key.revoked_at or (key.expires_at and key.expires_at <= now):
        return "Ended"
    return "Ending" if key.expires_at else "In use"


@may_add
@never_cache
@require_http_methods(["GET", "POST"])
def add_key(request: HttpRequest) -> HttpResponse:
    form = KeyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        limit = told["calls_per_minute"]
        issued = keys.issue(told["name"], told["kind"], told["scopes"], told["origins"], calls_per_minute=limit)
        _note(request, "created", issued.key)
        return _show_once(request, issued)
    return render(
        request, "access/key_form.html", {"title": "New API key", "form": form}, status=400 if form.errors else 200
    )


@may_see
@require_GET
def key_page(request: HttpRequest, object_id: str) -> HttpResponse:
    key = get_object_or_404(ApiKey, pk=object_id if object_id.isdecimal() else 0)
    return _key_page(request, key, _limit_form(key))


@may_change
@require_POST
def limit(request: HttpRequest, pk: int) -> HttpResponse:
    key = get_object_or_404(ApiKey, pk=pk)
    form = _limit_form(key, request.POST)
    if not form.is_valid():
        return _key_page(request, key, form)
    keys.limit(key, form.cleaned_data["calls_per_minute"])
    _note(request, "limited", key)
    messages.success(request, "The limit counts within two seconds.")
    return redirect("admin:access_apikey_change", pk)


@may_change
@never_cache
@require_POST
def rotate(request: HttpRequest, pk: int) -> HttpResponse:
    key = get_object_or_404(ApiKey, pk=pk, revoked_at=None)
    issued = keys.rotate(key)
    _note(request, "rotated", key)
    return _show_once(request, issued, predecessor=key)


@may_change
@require_POST
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    key = get_object_or_404(ApiKey, pk=pk)
    keys.revoke(key)
    _note(request, "revoked", key)
    messages.success(request, f"{key.name} is revoked. Programs that use it are refused from now on.")
    return redirect("admin:access_apikey_changelist")


@may_set
@require_http_methods(["GET", "POST"])
def project_page(request: HttpRequest) -> HttpResponse:
    current = project.current()
    form = ProjectForm(request.POST or None, instance=current)
    if request.method == "POST" and form.is_valid():
        changed = {name: form.cleaned_data[name] for name in form.changed_data}
        project.change(**changed)
        audit.record(
            "changed",
            "project",
            current.public_id,
            f"Changed {', '.join(changed) or 'nothing'}",
            person=audit.person_of(request),
        )
        messages.success(request, "The settings are saved.")
        return redirect("admin:access_project_changelist")
    return render(
        request, "access/project.html", {"title": "Project", "form": form}, status=400 if form.errors else 200
    )


def _limit_form(key: ApiKey, posted: QueryDict | None = None) -> LimitForm:
    return LimitForm(posted, initial={"calls_per_minute": key.calls_per_minute})


def _key_page(request: HttpRequest, key: ApiKey, form: LimitForm) -> HttpResponse:
    told = {"title": key.name, "key": key, "state": state_of(key), "form": form}
    return render(request, "access/key.html", told, status=400 if form.errors else 200)


def _show_once(request: HttpRequest, issued: keys.IssuedKey, *, predecessor: ApiKey | None = None) -> HttpResponse:
    context = {
        "title": "Keep this token now",
        "issued": issued,
        "predecessor": predecessor,
        "public_url": settings.PROMO_PUBLIC_URL,
        "is_client": issued.key.kind == ApiKey.Kind.CLIENT,
    }
    return render(request, "access/key_token.html", context)


def _note(request: HttpRequest, verb: str, key: ApiKey) -> None:
    audit.record(verb, "api_key", key.app_id, f"API key {key.name} {verb}", person=audit.person_of(request))
