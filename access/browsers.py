"""Endpoints for a shop's pages: asked from another origin, with a key that everybody can read.

A preflight gets leave where some key may be used from its origin; with which key a page comes is judged when it comes.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from access import authentication, metering
from access.endpoints import endpoint

ALLOWED_HEADERS = (
    "Content-Type, Idempotency-Key, X-Client-Application-Id, X-Client-Token, X-Voucherify-Channel, "
    "X-Voucherify-API-Version, X-Voucherify-Double-Opt-In"
)

View = Callable[..., HttpResponse]


def client_endpoint(*methods: str) -> Callable[[View], View]:
    """Let a view answer pages by these methods; it calls ``client_caller`` itself, with the switch that it needs."""

    def dress(view: View) -> View:
        answer = endpoint(*methods)(view)

        @csrf_exempt
        @wraps(view)
        def answer_page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            is_preflight = request.method == "OPTIONS"
            response = HttpResponse(status=204) if is_preflight else answer(request, *args, **kwargs)
            return _with_leave(request, response, methods)

        return answer_page

    return dress


def _with_leave(request: HttpRequest, response: HttpResponse, methods: tuple[str, ...]) -> HttpResponse:
    origin = request.META.get("HTTP_ORIGIN", "")
    response["Vary"] = "Origin"
    if authentication.some_key_allows_origin(origin):
        response["Access-Control-Allow-Origin"] = origin
        response["Access-Control-Expose-Headers"] = metering.HEADERS
        if request.method == "OPTIONS":
            response["Access-Control-Allow-Methods"] = ", ".join([*methods, "OPTIONS"])
            response["Access-Control-Allow-Headers"] = ALLOWED_HEADERS
            response["Access-Control-Max-Age"] = "600"
    return response
