"""``/v1/async-actions``: how far bulk calls have come, and what became of their rows."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access.asking import moment_in
from access.authentication import caller_of
from access.keys import EVERYTHING
from access.listing import read_page
from access.problems import not_found
from access.strict_json import moment
from backlog.models import AsyncAction
from backlog.querysets import AsyncActionQuerySet


class AsyncActions(APIView):
    permission_classes = []

    def get(self, request: Request) -> Response:
        page = read_page(request)
        found, end = _visible_to(request), moment_in(request, "end_date")
        found = found.filter(created_at__lte=end) if end is not None else found
        rows = list(found.defer("result")[page.offset : page.offset + page.limit + 1])
        shown = [_as_json(action) for action in rows[: page.limit]]
        more = len(rows) > page.limit
        return Response({"object": "list", "data_ref": "async_actions", "async_actions": shown, "has_more": more})


class OneAsyncAction(APIView):
    permission_classes = []

    def get(self, request: Request, action_id: str) -> Response:
        action = _visible_to(request).named(action_id).first()
        if action is None:
            raise not_found("async_action", action_id)
        return Response(_as_json(action) | {"result": action.result})


def _visible_to(request: Request) -> AsyncActionQuerySet:
    """Return the actions of the kinds that the key may ask for itself."""
    caller = caller_of(request)
    found = AsyncAction.objects.all()
    return found if EVERYTHING in caller.scopes else found.filter(scope__in=caller.scopes)


def _as_json(action: AsyncAction) -> dict[str, Any]:
    verdicts = {AsyncAction.Status.DONE: "SUCCESS", AsyncAction.Status.FAILED: "FAILED"}
    return {
        "id": action.public_id,
        "type": action.type,
        "status": action.status,
        "operation_status": verdicts.get(AsyncAction.Status(action.status), "UNKNOWN"),
        "progress": action.progress,
        "processing_time": action.processing_ms,
        "request_id": action.request_id or None,
        "created_at": moment(action.created_at),
        "updated_at": moment(action.updated_at),
        "object": "async_action",
    }
