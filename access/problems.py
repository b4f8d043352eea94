"""What a caller is told when a request is refused: one shape, for every endpoint, from one place."""

import logging
from typing import Any

from django.core.exceptions import ObjectDoesNotExist, PermissionDenied, RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from rest_framework import exceptions, status
from rest_framework.request import Request
from rest_framework.response import Response

from access import strict_json
from access.identifiers import new_request_id

UNAVAILABLE = status.HTTP_503_SERVICE_UNAVAILABLE

logger = logging.getLogger(__name__)


class Problem(Exception):
    """A refusal as the caller will read it: status, a key for programs, a sentence for people."""

    def __init__(
        self,
        status: int,
        key: str,
        message: str,
        details: str = "",
        *,
        resource_id: str | None = None,
        resource_type: str | None = None,
        extra: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.key = key
        self.message = message
        self.details = details
        self.resource_id = resource_id
        self.resource_type = resource_type
        self.extra = extra or {}

    @property
    def sentence(self) -> str:
        """Return what a person at a screen reads."""
        said = self.details or self.message
        return said[:1].upper() + said[1:]

    def body(self, request_id: str | None = None) -> dict[str, Any]:
        """Return the error body; inside a batch's results the request is named once, outside."""
        told = {"code": self.status, "key": self.key, "message": self.message, "details": self.details or None}
        named = {"request_id": request_id, "resource_id": self.resource_id, "resource_type": self.resource_type}
        return {name: value for name, value in {**told, **named}.items() if value is not None} | self.extra


def not_found(resource_type: str, resource_id: str) -> Problem:
    details = f"Cannot find {resource_type} with id {resource_id}"
    return Problem(
        404, "not_found", "Resource not found", details, resource_id=resource_id, resource_type=resource_type
    )


def invalid_payload(details: str) -> Problem:
    return Problem(400, "invalid_payload", "Payload is invalid", details)


def invalid_query(details: str) -> Problem:
    return Problem(400, "invalid_query_params", "Query parameters are invalid", details)


def too_large(why: str) -> Problem:
    shape = {"statusCode": 413, "error": "Request Entity Too Large"}
    return Problem(413, "payload_too_large", why, extra=shape)


def unauthorized(details: str) -> Problem:
    return Problem(401, "unauthorized", "Unauthorized", details)


def unavailable() -> Problem:
    return Problem(UNAVAILABLE, "temporarily_unavailable", "The request could not be stored now; send it again")


def request_id_of(request: HttpRequest | Request) -> str:
    """Return the one name of this request, made when it is first asked for."""
    plain = request._request if isinstance(request, Request) else request
    return plain.META.setdefault("promo.request_id", new_request_id())


def as_response(problem: Problem, request: HttpRequest | Request) -> HttpResponse:
    """Answer a plain view's request with a refusal."""
    content = strict_json.dump(problem.body(request_id_of(request)))
    response = HttpResponse(content, content_type="application/json", status=problem.status)
    if problem.status == UNAVAILABLE:
        response["Retry-After"] = "1"
    return response


def answer(error: Exception, context: dict[str, Any]) -> Response | None:
    """Turn what an API view raised into the error body; what is nobody's fault but ours stays an exception."""
    problem = _gone(error, context) if isinstance(error, ObjectDoesNotExist) else of(error)
    if problem is None:
        return None
    response = Response(problem.body(request_id_of(context["request"])), status=problem.status)
    if problem.status == UNAVAILABLE:
        response["Retry-After"] = "1"
    return response


def _gone(error: Exception, context: dict[str, Any]) -> Problem:
    """Say that what the address names was removed by somebody between two looks at it."""
    resource_type = type(error).__qualname__.partition(".")[0].lower()
    return not_found(resource_type, str(next(iter(context["kwargs"].values()), "")))


def of(error: Exception) -> Problem | None:
    """Return the refusal that an exception means, or None where it is a fault of ours."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, OperationalError | InterfaceError):
        logger.exception("The database does not answer")
        return unavailable()
    return _of_body(error) or _of_framework(error)


def _of_body(error: Exception) -> Problem | None:
    if isinstance(error, strict_json.NotJSON):
        return invalid_payload(str(error))
    if isinstance(error, strict_json.UnreadableForm):
        return Problem(415, "unsupported_media_type", "Unsupported media type", str(error))
    if isinstance(error, strict_json.TooLarge | RequestDataTooBig):
        return too_large(str(error))
    return None


def _of_framework(error: Exception) -> Problem | None:
    if isinstance(error, Http404):
        return Problem(404, "not_found", "Resource not found")
    if isinstance(error, exceptions.NotAuthenticated | exceptions.AuthenticationFailed):
        return unauthorized(str(error.detail))
    if isinstance(error, exceptions.PermissionDenied | PermissionDenied):
        return Problem(403, "forbidden", "The key lacks the permission for this operation")
    if isinstance(error, exceptions.ValidationError):
        return invalid_payload(_sentences(error.detail))
    if isinstance(error, exceptions.APIException):
        return Problem(error.status_code, _key_of(error), str(error.detail))
    return None


def _key_of(error: exceptions.APIException) -> str:
    code = error.get_codes()
    return "invalid_payload" if code == "parse_error" else str(code)


def _sentences(detail: Any, path: str = "") -> str:
    """Flatten a serializer's errors: ``brand.website: Enter a valid URL.``"""
    if isinstance(detail, dict):
        return " ".join(_sentences(part, f"{path}.{name}" if path else str(name)) for name, part in detail.items())
    if isinstance(detail, list):
        return " ".join(_sentences(part, path) for part in detail)
    return f"{path}: {detail}"
