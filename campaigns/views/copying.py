"""Where a mail's "copy the code" leads: mails run no script, so a page of ours does the copying."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from access import project
from campaigns import pictures


@require_safe
def copy_code(request: HttpRequest, signed: str) -> HttpResponse:
    """Show a code with a button that copies it, to whoever was given the address, as the customer in her mail was."""
    code = pictures.code_of(pictures.COPY, signed)
    if code is None:
        raise Http404
    brand = project.current()
    response = render(request, "campaigns/copy.html", {"code": code, "brand": brand.brand_name, "shop": brand.website})
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = "no-referrer"
    return response
