"""Plain JSON endpoints, for the paths that are called most: no framework between the socket and the capability."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from access import problems, strict_json
from access.problems import Problem

HEADER_MOST = 8 * 1024

View = Callable[..., HttpResponse]


def endpoint(*methods: str) -> Callable[[View], View]:
    """Let a view answer these methods alone, and every refusal in the one shape of problems.

    There is no session behind these paths, so there is nothing that a forged request could borrow.
    """

    def dress(view: View) -> View:
        @csrf_exempt
        @wraps(view)
        def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method not in methods:
                return _not_allowed(request, methods)
            try:
                _require_short_headers(request)
                return view(request, *args, **kwargs)
            except Exception as error:
                problem = problems.of(error)
                if problem is None:
                    raise
                return problems.as_response(problem, request)

        return answer

    return dress


def post_endpoint(view: View) -> View:
    """Let a view answer POST alone."""
    return endpoint("POST")(view)


def told(body: dict[str, Any]) -> HttpResponse:
    return HttpResponse(strict_json.dump(body), content_type="application/json")


def _require_short_headers(request: HttpRequest) -> None:
    for name, value in request.META.items():
        if len(name) > HEADER_MOST or (type(value) is str and len(value) > HEADER_MOST):
            raise Problem(431, "headers_too_large", "Request header fields too large")


def _not_allowed(request: HttpRequest, methods: tuple[str, ...]) -> HttpResponse:
    problem = Problem(405, "method_not_allowed", "Method not allowed", f"Use {' or '.join(methods)}")
    response = problems.as_response(problem, request)
    response["Allow"] = ", ".join(methods)
    return response
