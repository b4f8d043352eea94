"""GET /healthz: does everything work, and if not, what does not?"""

import logging

from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET
from redis import RedisError

from promo_site import watch

logger = logging.getLogger(__name__)


@require_GET
@never_cache
def healthz(_request: HttpRequest) -> JsonResponse:
    """Answer 200 where database, broker and at least one worker per queue work, else 503 with what does not."""
    database = _database()
    broker, workers = _broker_and_workers()
    working = database == "ok" and broker == "ok" and workers >= watch.WORKERS_NEEDED
    report = {"status": "ok" if working else "failing", "database": database, "broker": broker, "workers": workers}
    return JsonResponse(report, status=200 if working else 503)


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        logger.exception("The database does not answer")
        return "unreachable"
    return "ok"


def _broker_and_workers() -> tuple[str, int]:
    try:
        return "ok", watch.living_workers()
    except RedisError:
        logger.exception("The broker does not answer")
        return "unreachable", 0
