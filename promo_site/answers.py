"""What is answered where no view could: programs get the error body of the API, people get a page."""

from django.http import HttpRequest, HttpResponse
from django.views import defaults

from access import problems
from access.problems import Problem

API = ("/v1/", "/client/v1/", "/management/v1/")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    if not request.path_info.startswith(API):
        return defaults.page_not_found(request, exception)
    problem = Problem(404, "not_found", "Resource not found", "There is no such address")
    return problems.as_response(problem, request)


def server_error(request: HttpRequest) -> HttpResponse:
    if not request.path_info.startswith(API):
        return defaults.server_error(request)
    return problems.as_response(Problem(500, "internal_error", "Internal error"), request)
