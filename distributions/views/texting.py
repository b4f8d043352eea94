"""Where Twilio calls: what became of a message, and what somebody answered. Signed requests; TwiML back."""

from urllib.parse import parse_qsl
from xml.sax.saxutils import escape

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseForbidden
from django.shortcuts import get_object_or_404
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from access import project
from backlog import doorbell
from customers.replies import Wish
from distributions.feedback import twilio
from distributions.models import Connection, delivery_id_of
from distributions.tasks import send_due

MOST_PARAMETERS = 200


@csrf_exempt
@require_POST
def status(request: HttpRequest, message_id: str) -> HttpResponse:
    """Take what became of a message; an unknown message is 404, an unsigned word 403."""
    delivery_id = delivery_id_of(message_id)
    connection = twilio.connection_of(delivery_id) if delivery_id else None
    if connection is None or delivery_id is None:
        raise Http404
    said = _said(request, connection)
    if said is None:
        return HttpResponseForbidden()
    twilio.take_status(delivery_id, said)
    doorbell.ring_on_commit(send_due)
    return HttpResponse(status=204)


@csrf_exempt
@require_POST
def reply(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take an answer, and say once what follows from it."""
    connection = get_object_or_404(Connection, public_id=public_id, provider=twilio.PROVIDER)
    said = _said(request, connection)
    if said is None:
        return HttpResponseForbidden()
    wish = twilio.take_reply(said)
    # Where Twilio has read the wish itself, it has answered too.
    words = "" if said.get("OptOutType") else _words(wish)
    return HttpResponse(_twiml(words), content_type="text/xml; charset=utf-8")


def _said(request: HttpRequest, connection: Connection) -> dict[str, str] | None:
    """Return the parameters of a genuine request, None of any other."""
    try:
        said = parse_qsl(request.body.decode(), keep_blank_values=True, max_num_fields=MOST_PARAMETERS)
    except ValueError:
        return None
    url = f"{settings.PROMO_PUBLIC_URL}{request.get_full_path()}"
    is_genuine = twilio.is_genuine(connection, url, said, request.headers.get("X-Twilio-Signature", ""))
    return {name: value.replace("\x00", "") for name, value in said} if is_genuine else None


def _words(wish: Wish | None) -> str:
    """Return what the law wants to be said back, in the shop's name and without a word of advertising."""
    shop = project.current()
    name = shop.brand_name or "this shop"
    if wish is Wish.STOP:
        return f"You will get no more text messages from {name}. Reply START to get them again."
    if wish is Wish.START:
        return f"You will get text messages from {name} again. Reply STOP to end them, HELP for help."
    if wish is Wish.HELP:
        where = f" {shop.website}" if shop.website else ""
        return f"This is {name}.{where} Reply STOP to end these text messages. Message and data rates may apply."
    return ""


def _twiml(words: str) -> str:
    said = f"<Message>{escape(words)}</Message>" if words else ""
    return f'<?xml version="1.0" encoding="UTF-8"?><Response>{said}</Response>'
