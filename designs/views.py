"""Pictures over HTTP: shown to everybody who has the address, taken from people who may write messages."""

from typing import Any

from csp.decorators import csp
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified, JsonResponse
from django.views.decorators.http import require_http_methods, require_safe

from access import audit
from access.problems import Problem, as_response
from designs import images
from designs.models import Image

# Nothing that was uploaded may ever act as a page.
SEALED: Any = csp({"default-src": ["'none'"], "sandbox": [""]})
FOR_EVER = "public, max-age=31536000, immutable"


@require_safe
@SEALED
def image(request: HttpRequest, digest: str, kind: str) -> HttpResponse:
    """Show a picture; the same address means the same bytes for ever."""
    if request.headers.get("If-None-Match") == f'"{digest}"':
        return HttpResponseNotModified(headers={"Cache-Control": FOR_EVER, "ETag": f'"{digest}"'})
    found = Image.objects.filter(digest=digest, kind=kind).first()
    if found is None:
        raise Http404
    headers = {
        "Cache-Control": FOR_EVER, "ETag": f'"{digest}"', "Cross-Origin-Resource-Policy": "cross-origin",
        "Content-Disposition": f'inline; filename="{digest[:12]}.{kind}"',
    }  # fmt: skip
    return HttpResponse(bytes(found.content), content_type=images.TYPES[kind], headers=headers)


# Whoever may write messages may show pictures in them.
@permission_required("distributions.change_distribution", raise_exception=True)
@require_http_methods(["GET", "POST"])
def uploads(request: HttpRequest) -> HttpResponse:
    """Tell the newest pictures, or take new ones; each is told as the editor's picture chooser reads it."""
    if request.method == "GET":
        return JsonResponse({"data": [_told(one) for one in images.newest()]})
    person = audit.person_of(request)
    try:
        taken = [images.store(file, file.name or "", person) for file in request.FILES.getlist("image")[:20]]
    except Problem as problem:
        return as_response(problem, request)
    if not taken:
        return as_response(Problem(400, "image_refused", "The picture cannot be taken", "No picture came."), request)
    return JsonResponse({"data": [_told(one) for one in taken]})


def _told(one: Image) -> dict[str, object]:
    return {
        "type": "image", "src": images.path(one), "name": one.name or one.digest[:12],
        "width": one.width, "height": one.height,
    }  # fmt: skip
