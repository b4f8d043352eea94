"""The pictures of codes that customers' mails show, open to whoever has the address."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from campaigns import drawing, pictures
from campaigns.views.finding import whole

TYPES = {"png": "image/png", "svg": "image/svg+xml"}
SIZE = 10
LARGEST = 100


@require_GET
def code_picture(request: HttpRequest, kind: str, signed: str, form: str) -> HttpResponse:
    """Show a code as QR code or barcode to whoever was given its address, as the customer in her mail was."""
    code = pictures.code_of(kind, signed) if kind in pictures.KINDS and form in TYPES else None
    if code is None or (kind == "barcode" and not pictures.has_barcode(code)):
        raise Http404
    size = min(whole(request.GET.get("size", ""), SIZE), LARGEST)
    response = HttpResponse(drawing.draw(kind, code, form, size), content_type=TYPES[form])
    response["Cache-Control"] = "private, max-age=86400, immutable"
    response["X-Robots-Tag"] = "noindex"
    return response
