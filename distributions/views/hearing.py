"""Where providers report what became of messages: no login, but an address that only the provider was told."""

import logging

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from distributions import listening
from distributions.channels.calls import CallError
from distributions.channels.mailing import reports, sns
from distributions.feedback import hearing

logger = logging.getLogger(__name__)


@csrf_exempt
@never_cache
@require_http_methods(["POST", "HEAD"])
def hear(request: HttpRequest, token: str) -> HttpResponse:
    """Answer 200 once everything is stored; 401 where it is not proven, 400 where it cannot be read.

    503 where that cannot be told now: the provider tries again then.
    """
    connection = listening.connection_of(token)
    if connection is None:
        raise Http404
    if request.method == "HEAD":
        return HttpResponse()
    try:
        hearing.hear(connection, request)
        if connection.provider == "ses":
            sns.confirm(request.body)
    except reports.UnprovenError as error:
        logger.warning("A report to %s is not proven: %s", connection.public_id, error)
        return HttpResponse("not proven", status=401, content_type="text/plain")
    except reports.UnreadableError as error:
        logger.warning("A report to %s cannot be read: %s", connection.public_id, error)
        return HttpResponse("not understood", status=400, content_type="text/plain")
    except CallError as error:
        logger.warning("A report to %s must be sent again: %s", connection.public_id, error)
        return HttpResponse("not now", status=503, content_type="text/plain")
    return HttpResponse("ok", content_type="text/plain")
