"""Plain JSON endpoints, for the paths that are called most: no framework between the socket and the capability."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from access import problems, strict_json
from access.problems import Problem

HEADER_MOST = 8 * 1024

View = Callable[[HttpRequest], HttpResponse]


def post_endpoint(view: View) -> View:
    """Let a view answer POST alone, and every refusal in the one shape of problems.

    There is no session behind these paths, so there is nothing that a forged request could borrow.
    """

    @csrf_exempt
    @wraps(view)
    def answer(request: HttpRequest) -> HttpResponse:
        if request.method != "POST":
            return _not_allowed(request)
        try:
            _require_short_headers(request)
            return view(request)
        except Exception as error:
            problem = problems.of(error)
            if problem is None:
                raise
            return problems.as_response(problem, request)

    return answer


def told(body: dict[str, Any]) -> HttpResponse:
    return HttpResponse(strict_json.dump(body), content_type="application/json")


def _require_short_headers(request: HttpRequest) -> None:
    for name, value in request.META.items():
        if len(name) > HEADER_MOST or (type(value) is str and len(value) > HEADER_MOST):
            raise Problem(431, "headers_too_large", "Request header fields too large")


def _not_allowed(request: HttpRequest) -> HttpResponse:
    problem = Problem(405, "method_not_allowed", "Method not allowed", "Use POST")
    response = problems.as_response(problem, request)
    response["Allow"] = "POST"
    return response
