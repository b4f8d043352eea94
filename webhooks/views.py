"""Webhooks on the screen: where they go, which events they carry, what was sent and what was answered."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import orjson
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from access import audit
from access.identifiers import uuid_of
from access.problems import Problem
from backlog import doorbell
from webhooks import keeping, listing, repeating, signing
from webhooks.forms import SendoutFilter, WebhookForm, form_of
from webhooks.models import Sendout, Webhook
from webhooks.tasks import send_webhooks

LIST = "admin:webhooks_webhook_changelist"
ONE = "admin:webhooks_webhook_change"
SENDOUT = "admin:webhooks_sendout_change"
SENT_AGAIN = "It is sent once more, with the same words and the same id."
SENT_LATER = (
    "Its webhook is off: it is sent once more as soon as that is turned on, with the same words and the same id."
)

may_see = permission_required("webhooks.view_webhook", raise_exception=True)
may_add = permission_required("webhooks.add_webhook", raise_exception=True)
may_change = permission_required("webhooks.change_webhook", raise_exception=True)
may_delete = permission_required("webhooks.delete_webhook", raise_exception=True)
may_look = permission_required("webhooks.view_sendout", raise_exception=True)
may_repeat = permission_required("webhooks.change_sendout", raise_exception=True)


@may_see
@require_GET
def webhooks(request: HttpRequest) -> HttpResponse:
    kept = Webhook.objects.kept()[: keeping.WEBHOOKS_MOST]
    told = {"title": "Webhooks", "webhooks": kept, "secret": signing.row_of_secret()}
    return render(request, "webhooks/list.html", told)


@may_add
@never_cache
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    form = WebhookForm(request.POST or None)
    is_first = signing.row_of_secret() is None
    made = _saved(form, keeping.create)
    if made is None:
        return _form_page(request, form, "New webhook")
    _note(request, "created", made)
    if is_first:
        return _show_once(request, signing.secret())
    messages.success(request, "It is told of events from now on, signed with the secret that you have.")
    return redirect(LIST)


@may_see
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, key: str) -> HttpResponse:
    webhook = _found(key)
    may_save = request.user.has_perm("webhooks.change_webhook")
    form = form_of(webhook, request.POST if request.POST and may_save else None)
    changed = _saved(form, lambda body: keeping.change(webhook, body))
    if changed is None:
        return _form_page(request, form, webhook.target_url, webhook)
    _note(request, "changed", changed)
    doorbell.ring_on_commit(send_webhooks)
    messages.success(request, "The webhook is saved.")
    return redirect(LIST)


@may_delete
@require_POST
def delete(request: HttpRequest, key: str) -> HttpResponse:
    webhook = _found(key)
    keeping.delete(webhook)
    _note(request, "deleted", webhook)
    messages.success(request, "The webhook is deleted. Nothing more is sent to it.")
    return redirect(LIST)


@may_change
@require_POST
def test(request: HttpRequest, pk: int) -> HttpResponse:
    sent = repeating.send_test(_found(str(pk)), person=audit.person_of(request))
    doorbell.ring_on_commit(send_webhooks)
    return redirect(SENDOUT, sent.pk)


@may_change
@never_cache
@require_POST
def exchange(request: HttpRequest) -> HttpResponse:
    secret = signing.exchange()
    audit.record("rotated", "webhook_secret", "1", "Webhook secret rotated", person=audit.person_of(request))
    return _show_once(request, secret, is_exchange=True)


@may_look
@require_GET
def sendouts(request: HttpRequest) -> HttpResponse:
    query = request.GET.copy()
    before = _as_id(str(query.pop("before", [""])[-1]))
    form = SendoutFilter(request.GET)
    told = {name: part for name, part in form.cleaned_data.items() if part} if form.is_valid() else {}
    context = {"title": "Webhook log", "form": form, "is_narrowed": bool(told), "query": query.urlencode()}
    page = listing.page_of(told, before)
    return render(request, "webhooks/sendouts.html", {**context, "page": page, "searched": listing.SEARCHED})


@may_look
@require_GET
def sendout(request: HttpRequest, key: str) -> HttpResponse:
    """Show one sendout; the page's own request asks only for what can change."""
    found = _sendout(key)
    is_fragment = "X-Requested-With" in request.headers
    told = {"sendout": found, "attempts": found.attempts.order_by("number"), "is_open": found.state in Sendout.OPEN}
    if is_fragment:
        return render(request, "webhooks/_sendout.html", told)
    context = {"title": found.type, "body": _in_lines(found.body)}
    return render(request, "webhooks/sendout.html", {**context, **told})


@may_repeat
@require_POST
def again(request: HttpRequest, pk: UUID) -> HttpResponse:
    found = get_object_or_404(Sendout.objects.select_related("webhook"), pk=pk)
    try:
        repeating.send_again(found, person=audit.person_of(request))
    except Problem as problem:
        messages.error(request, problem.sentence)
    else:
        doorbell.ring_on_commit(send_webhooks)
        messages.success(request, SENT_AGAIN if found.may_leave else SENT_LATER)
    return redirect(SENDOUT, pk)


def _saved(form: WebhookForm, save: Callable[[dict[str, Any]], Webhook]) -> Webhook | None:
    """Save what a posted form says, or put the reason why not on it."""
    if not form.is_bound or not form.is_valid():
        return None
    try:
        return save(form.body())
    except Problem as problem:
        is_about_address = problem.details.startswith("target_url: ")
        form.add_error("target_url" if is_about_address else None, problem.sentence.removeprefix("Target_url: "))
        return None


def _form_page(request: HttpRequest, form: WebhookForm, title: str, webhook: Webhook | None = None) -> HttpResponse:
    told = {"title": title, "form": form, "groups": form.groups(), "webhook": webhook}
    return render(request, "webhooks/form.html", told, status=400 if form.errors else 200)


def _show_once(request: HttpRequest, secret: str, *, is_exchange: bool = False) -> HttpResponse:
    told = {"title": "Keep this secret now", "secret": secret, "is_exchange": is_exchange}
    return render(request, "webhooks/secret.html", told)


def _note(request: HttpRequest, verb: str, webhook: Webhook) -> None:
    summary = f"Webhook to {webhook.target_url} {verb}"
    audit.record(verb, "webhook", webhook.public_id, summary, person=audit.person_of(request))


def _found(key: str) -> Webhook:
    is_number = key.isascii() and key.isdecimal() and len(key) < 19
    return get_object_or_404(Webhook.objects.kept(), pk=int(key) if is_number else 0)


def _sendout(key: str) -> Sendout:
    found = _as_id(key)
    if found is None:
        raise Http404
    return get_object_or_404(Sendout.objects.select_related("webhook"), pk=found)


def _as_id(text: str) -> UUID | None:
    try:
        return uuid_of(text)
    except ValueError:
        return None


def _in_lines(body: str) -> str:
    return orjson.dumps(orjson.loads(body), option=orjson.OPT_INDENT_2).decode() if body else ""
