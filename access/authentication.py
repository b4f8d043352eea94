"""Who calls? Keys are looked up at most every two seconds; an id that is not known is asked for anew each time."""

import time
from typing import Any, cast

from django.http import HttpRequest
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from access import keys, metering
from access.keys import Caller
from access.models import ApiKey
from access.problems import Problem, unauthorized

TRUST_SECONDS = 2.0
REMEMBERED_MOST = 1000

_remembered: dict[tuple[str, str], tuple[float, Caller]] = {}
_origins: tuple[float, frozenset[str]] = (0.0, frozenset())


def server_caller(request: HttpRequest, scope: str) -> Caller:
    """Return who calls with a server key that may do this; raise a Problem otherwise."""
    caller = _server_caller(request)
    if caller is None:
        raise unauthorized("Give a valid pair of X-App-Id and X-App-Token")
    metering.charge(request, caller)
    require_scope(caller, scope)
    return caller


def client_caller(request: HttpRequest, scope: str) -> Caller:
    """Return who calls with a browser key from one of its origins; raise a Problem otherwise."""
    app_id = request.META.get("HTTP_X_CLIENT_APPLICATION_ID", "")
    caller = _caller(app_id, request.META.get("HTTP_X_CLIENT_TOKEN", ""), ApiKey.Kind.CLIENT)
    if caller is None:
        raise unauthorized("Give a valid pair of X-Client-Application-Id and X-Client-Token")
    if not allows_origin(caller.origins, request.META.get("HTTP_ORIGIN", "")):
        raise unauthorized("This key may not be used from this origin")
    metering.charge(request, caller)
    if not caller.may(scope):
        raise unauthorized("This key may not do this; its switch is off")
    return caller


def caller_of(request: Request) -> Caller:
    """Return who called a view that asks for a key."""
    return cast(Caller, request.auth)


def require_scope(caller: Caller, scope: str) -> None:
    if not caller.may(scope):
        raise Problem(403, "missing_required_permission", "The key lacks a permission", f"It needs the scope {scope}")


def allows_origin(origins: frozenset[str], origin: str) -> bool:
    """Compare exactly: scheme, host and port; the opaque origin ``null`` is nobody's."""
    return bool(origin) and origin != "null" and (origin in origins or "*" in origins)


def some_key_allows_origin(origin: str) -> bool:
    """Tell whether a preflight from this origin gets leave: it does not say yet with which key it will come."""
    global _origins
    until, origins = _origins
    if time.monotonic() > until:
        origins = keys.origins_of_live_keys()
        _origins = (time.monotonic() + TRUST_SECONDS, origins)
    return allows_origin(origins, origin)


def forget() -> None:
    """Ask the database for every key again."""
    global _origins
    _remembered.clear()
    _origins = (0.0, frozenset())


def _server_caller(request: HttpRequest) -> Caller | None:
    """Return the caller of the server's headers; for the management API some clients have a pair of their own."""
    meta = request.META
    app_id, token = meta.get("HTTP_X_APP_ID", ""), meta.get("HTTP_X_APP_TOKEN", "")
    if not app_id:
        app_id, token = meta.get("HTTP_X_MANAGEMENT_ID", ""), meta.get("HTTP_X_MANAGEMENT_TOKEN", "")
    return _caller(app_id, token, ApiKey.Kind.SERVER)


def _caller(app_id: str, token: str, kind: str) -> Caller | None:
    caller = _remember(app_id, kind) if app_id and token and "\0" not in app_id else None
    return caller if caller is not None and caller.has_token(token) else None


def _remember(app_id: str, kind: str) -> Caller | None:
    now = time.monotonic()
    until, caller = _remembered.get((app_id, kind), (0.0, None))
    if caller is not None and now < until:
        return caller
    caller = keys.find(app_id, kind)
    if caller is None:
        _remembered.pop((app_id, kind), None)
        return None
    if len(_remembered) >= REMEMBERED_MOST:
        _remembered.clear()
    _remembered[app_id, kind] = (now + TRUST_SECONDS, caller)
    return caller


class Program:
    """Who a request of the API comes from, where the framework asks for a person."""

    is_authenticated = True
    is_active = True
    is_anonymous = False


class ServerKeyAuthentication(BaseAuthentication):
    """``X-App-Id`` and ``X-App-Token`` of a server key."""

    def authenticate(self, request: Request) -> tuple[Program, Caller]:
        caller = _server_caller(request._request)
        if caller is None:
            raise unauthorized("Give a valid pair of X-App-Id and X-App-Token")
        metering.charge(request._request, caller)
        return Program(), caller


class HasScope(BasePermission):
    """The key may do what the view names as its ``required_scope``."""

    def has_permission(self, request: Request, view: Any) -> bool:
        require_scope(caller_of(request), view.required_scope)
        return True
