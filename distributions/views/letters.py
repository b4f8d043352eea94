"""One message: what it said, each attempt, the chain of causes behind it; and the mailbox that shows many."""

import json
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from access.problems import Problem
from distributions import links
from distributions.models import Delivery, Message
from distributions.sending import resolving
from distributions.telling import doubts, tracing
from distributions.telling.reasons import in_words
from distributions.views import showing
from distributions.views.answering import person_of, uuid_or_404
from distributions.views.previews import SEALED
from events.models import Event

MAILBOX_LENGTH = 50
FEEDBACK_LENGTH = 50


@permission_required("distributions.view_delivery", raise_exception=True)
@require_GET
def letter(request: HttpRequest, delivery_id: str) -> HttpResponse:
    delivery = get_object_or_404(_in_full(), pk=uuid_or_404(delivery_id))
    cause = Event.objects.filter(pk=delivery.cause_event_id).select_related("customer").first()
    message = getattr(delivery, "message", None)
    context = {
        "title": f"Message to {delivery.customer}",
        "delivery": delivery,
        "reason": in_words(delivery.reason) if delivery.reason else "",
        "message": message,
        "attempts": delivery.attempts.order_by("number"),
        "feedback": delivery.feedback.order_by("at")[:FEEDBACK_LENGTH],
        "trace": tracing.follow(tracing.root_of(cause), only=delivery).steps if cause else [],
        "doubt": doubts.of(delivery, message) if message and delivery.state in resolving.DOUBTFUL else None,
        "may_be_repeated": resolving.may_be_repeated(delivery),
        "may_be_sent_once_more": resolving.may_be_sent_once_more(delivery),
        "told": _told(message) if message else {},
    }
    return render(request, "distributions/letter.html", context)


@permission_required("distributions.view_delivery", raise_exception=True)
@require_GET
@SEALED
def letter_body(request: HttpRequest, delivery_id: UUID) -> HttpResponse:
    """Answer with the message as it was rendered, for the sandboxed frame."""
    delivery = get_object_or_404(_in_full(), pk=delivery_id)
    message = getattr(delivery, "message", None)
    shown = showing.as_shown(links.without_picture(message.html)) if message else ""
    return HttpResponse(shown, content_type="text/html; charset=utf-8")


@permission_required("distributions.change_delivery", raise_exception=True)
@require_POST
def decide(request: HttpRequest, delivery_id: UUID, verdict: str) -> HttpResponse:
    """End the doubt about a message whose outcome nobody knows."""
    delivery = get_object_or_404(Delivery, pk=delivery_id)
    if verdict not in VERDICTS:
        raise Http404
    decision, sentence = VERDICTS[verdict]
    try:
        decision(delivery, person=person_of(request))
    except Problem as problem:
        messages.error(request, problem.details or problem.message)
    else:
        messages.success(request, sentence)
    return redirect("admin:distributions_delivery_change", delivery_id)


VERDICTS = {
    "send-again": (resolving.send_again, "It is sent once more, with the same words and the same code."),
    "once-more": (resolving.send_once_more, "It is sent once more, with the same words and the same code."),
    "delivered": (resolving.mark_delivered, "It counts as delivered and is not sent again."),
}


@permission_required("distributions.view_delivery", raise_exception=True)
@require_GET
def mailbox(request: HttpRequest) -> HttpResponse:
    """Show what the built-in mailbox received, newest first; the page's own request asks only for the list."""
    context: dict[str, Any] = {"title": "Mailbox", "deliveries": _received()}
    is_fragment = "X-Requested-With" in request.headers
    return render(request, "distributions/_mailbox.html" if is_fragment else "distributions/mailbox.html", context)


def _told(message: Message) -> dict[str, Any]:
    """Return what a tool was told, or a webhook's body laid out for reading; what was sent has no line breaks."""
    if message.carrier == "webhook" and message.text:
        return {"body": json.dumps(json.loads(message.text), indent=2, ensure_ascii=False)}
    return dict(message.content or {})


def _in_full() -> Any:
    related = ("customer", "distribution", "channel", "voucher", "message__connection", "reception")
    return Delivery.objects.select_related(*related)


def _received() -> list[Delivery]:
    """Return what the mailbox took, newest first; it is found by the messages, which know who carried them."""
    taken = Message.objects.filter(carrier="mailbox", delivery__state=Delivery.State.SENT).order_by("-created_at")
    related = taken.select_related("delivery__customer", "delivery__voucher", "delivery__distribution")
    return [message.delivery for message in related[:MAILBOX_LENGTH]]
