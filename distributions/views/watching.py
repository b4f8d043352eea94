"""A mail's picture and links: no login, nothing but a signed token, and the reader is never kept waiting by us."""

import base64
import logging
from collections.abc import Callable

from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from distributions import links
from distributions.feedback import watching

PICTURE = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")

logger = logging.getLogger(__name__)


@never_cache
@require_safe
def picture(request: HttpRequest, token: str) -> HttpResponse:
    """Answer with the dot, and note that the mail was opened."""
    delivery_id = links.opened(token)
    if delivery_id is None:
        raise Http404
    _note(request, lambda: watching.note_opening(delivery_id, request.headers))
    return HttpResponse(PICTURE, content_type="image/gif")


@never_cache
@require_safe
def click(request: HttpRequest, token: str) -> HttpResponse:
    """Lead to where the signed address says, and to nowhere else; note the click."""
    target = request.GET.get("to", "")
    place = links.place_of(token, target)
    if place is None:
        raise Http404
    _note(request, lambda: watching.note_click(place, request.headers))
    answer = HttpResponseRedirect(target)
    answer["Referrer-Policy"] = "no-referrer"
    return answer


def _note(request: HttpRequest, note: Callable[[], None]) -> None:
    """Note what a reader did. Programs that only ask whether something is there, and our own people, are no readers."""
    if request.method == "HEAD":
        return
    try:
        if not request.user.is_staff:
            note()
    except DatabaseError:
        logger.exception("What a reader did could not be noted")
