"""Project webhooks over REST, below the one project."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access import audit, project
from access.authentication import caller_of
from access.listing import envelope, read_page, shown_on, total_of
from access.problems import not_found
from access.strict_json import moment
from webhooks import keeping, signing
from webhooks.models import Webhook

# How many a list has where nobody says: generated clients of this list cannot say.
USUAL = 100


class Webhooks(APIView):
    required_scope = "settings"

    def get(self, request: Request, project_id: str) -> Response:
        _require_project(project_id)
        kept = Webhook.objects.kept()
        shown, _ = shown_on(kept, read_page(request, USUAL))
        return Response(envelope("data", [as_json(webhook) for webhook in shown], total_of(kept)))

    def post(self, request: Request, project_id: str) -> Response:
        _require_project(project_id)
        made = keeping.create(request.data)
        _note(request, "created", made)
        return Response(_with_secret(made))


class OneWebhook(APIView):
    required_scope = "settings"

    def get(self, _request: Request, project_id: str, webhook_id: str) -> Response:
        return Response(_with_secret(_found(project_id, webhook_id)))

    def put(self, request: Request, project_id: str, webhook_id: str) -> Response:
        changed = keeping.change(_found(project_id, webhook_id), request.data)
        _note(request, "changed", changed)
        return Response(as_json(changed))

    def delete(self, request: Request, project_id: str, webhook_id: str) -> Response:
        gone = _found(project_id, webhook_id)
        keeping.delete(gone)
        _note(request, "deleted", gone)
        return Response(status=204)


def as_json(webhook: Webhook) -> dict[str, Any]:
    return {
        "id": webhook.public_id,
        "object": "webhook",
        "created_at": moment(webhook.created_at),
        "updated_at": webhook.updated_at and moment(webhook.updated_at),
        "target_url": webhook.target_url,
        "events": webhook.events,
        "active": webhook.is_active,
        "disabled_reason": webhook.ended or None,
    }


def _with_secret(webhook: Webhook) -> dict[str, Any]:
    return as_json(webhook) | {"secret": signing.secret()}


def _note(request: Request, verb: str, webhook: Webhook) -> None:
    key_id = caller_of(request).key_id
    audit.record(verb, "webhook", webhook.public_id, f"Webhook to {webhook.target_url} {verb}", key_id=key_id)


def _require_project(project_id: str) -> None:
    if project_id != project.current().public_id:
        raise not_found("project", project_id)


def _found(project_id: str, webhook_id: str) -> Webhook:
    _require_project(project_id)
    found = Webhook.objects.kept().filter(public_id=webhook_id).first() if "\0" not in webhook_id else None
    if found is None:
        raise not_found("webhook", webhook_id)
    return found
