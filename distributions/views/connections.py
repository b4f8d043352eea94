"""Accounts with providers on the screen: which there are, whether they work, and their secrets, which only go in."""

from collections import defaultdict
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from access.problems import Problem
from distributions import connecting, listening
from distributions.account_forms import AccountForm
from distributions.channels import PROVIDERS, Provider
from distributions.connecting import By
from distributions.feedback import twilio
from distributions.models import Connection, DistributionChannel
from distributions.views.answering import in_words, person_of

LIST = "admin:distributions_connection_changelist"
ONE = "admin:distributions_connection_change"

may_see = permission_required("distributions.view_connection", raise_exception=True)
may_add = permission_required("distributions.add_connection", raise_exception=True)
may_change = permission_required("distributions.change_connection", raise_exception=True)
may_delete = permission_required("distributions.delete_connection", raise_exception=True)


@may_see
@require_GET
def connections(request: HttpRequest) -> HttpResponse:
    found = (
        Connection.objects.select_related("pace").prefetch_related("channels__distribution").order_by("channel", "pk")
    )
    for connection in found:
        _describe(connection)
    context = {"title": "Connections", "connections": found, "groups": _groups()}
    return render(request, "distributions/connections/list.html", context)


@may_add
@never_cache
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    provider = PROVIDERS.get(request.GET.get("provider", ""))
    if provider is None or provider.is_built_in:
        return redirect(LIST)
    form = AccountForm(provider, None, request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = _saved(form, lambda: connecting.create(provider, **form.wanted(), by=By(person_of(request))))
        if made is not None:
            _tell(request, connecting.test(made))
            return redirect(ONE, made.pk)
    return _page(request, provider, form, None)


@may_see
@never_cache
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, key: str) -> HttpResponse:
    connection = _found(key)
    provider = PROVIDERS.get(connection.provider)
    if provider is None:
        raise Http404
    may_save = request.user.has_perm("distributions.change_connection")
    form = AccountForm(provider, connection, request.POST if request.POST and may_save else None)
    if request.method == "POST" and form.is_valid():
        changed = _saved(form, lambda: connecting.change(connection, **form.wanted(), by=By(person_of(request))))
        if changed is not None:
            _tell(request, connecting.test(changed))
            return redirect(ONE, changed.pk)
    return _page(request, provider, form, connection)


@may_change
@require_POST
def test(request: HttpRequest, pk: int) -> HttpResponse:
    connection = _found(str(pk))
    _tell(request, connecting.test(connection))
    return redirect(ONE, connection.pk)


@may_delete
@require_POST
def delete(request: HttpRequest, key: str) -> HttpResponse:
    connection = _found(key)
    try:
        connecting.delete(connection, by=By(person_of(request)))
    except Problem as problem:
        messages.error(request, f"{problem.message}. {problem.details}")
        return redirect(ONE, connection.pk)
    messages.success(request, f"“{connection}” is no longer connected.")
    return redirect(LIST)


def _found(key: str) -> Connection:
    if not key.isdecimal() or len(key) > 18:
        raise Http404
    return get_object_or_404(Connection.objects.select_related("pace"), pk=int(key))


def _saved(form: AccountForm, save: Any) -> Connection | None:
    """Save what the form says; a refusal becomes the form's own sentence, and nothing is returned."""
    try:
        saved: Connection = save()
    except Problem as problem:
        form.add_error(*form.blamed(in_words(problem)))
        return None
    return saved


def _tell(request: HttpRequest, tested: connecting.Tested) -> None:
    tell = messages.success if tested.ok else messages.error
    tell(request, tested.message)


def _page(request: HttpRequest, provider: Provider, form: AccountForm, connection: Connection | None) -> HttpResponse:
    if connection is not None:
        _describe(connection)
    title = connection.name if connection else f"Connect {provider.label}"
    context = {"title": title, "provider": provider, "form": form, "connection": connection}
    if connection is not None and request.user.has_perm("distributions.change_connection"):
        context["feedback_address"] = listening.address_of(connection)
    return render(request, "distributions/connections/form.html", context)


def _describe(connection: Any) -> None:
    """Give a connection what its pages show beside its row."""
    provider = PROVIDERS.get(connection.provider)
    connection.label = provider.label if provider else connection.provider
    connection.channel_label = _channel_label(connection.channel)
    connection.usual_rate = provider.capabilities.calls_per_second if provider else None
    connection.resting = connecting.rest_of(connection)
    connection.reply_address = twilio.reply_address(connection)
    connection.used_by = sorted({channel.distribution for channel in connection.channels.all()}, key=str)


def _channel_label(channel: str) -> str:
    return str(DistributionChannel.Type(channel).label)


def _groups() -> list[tuple[str, list[Provider]]]:
    """Return all providers that can be connected, by channel."""
    groups: dict[str, list[Provider]] = defaultdict(list)
    for provider in PROVIDERS.values():
        if not provider.is_built_in:
            groups[_channel_label(provider.channel)].append(provider)
    return list(groups.items())
