"""The shelf of templates: each drawn for choosing, and one's own taken off it."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from access.problems import Problem
from designs import compiling, gallery, shelving
from designs.models import OwnTemplate
from distributions.composing import sampling
from distributions.views import previews, showing


@permission_required("distributions.view_distribution", raise_exception=True)
@require_GET
@previews.SEALED
def template_body(_request: HttpRequest, key: str) -> HttpResponse:
    """Show a template of the gallery, or one of one's own, with samples in the place of its fields."""
    own = OwnTemplate.objects.filter(public_id=key).first()
    found = gallery.design(key)
    if own is None and found is None:
        raise Http404
    html = own.html if own is not None else compiling.compile_design(compiling.tidy(found.mjml if found else ""))
    return HttpResponse(showing.as_shown(sampling.filled(html)), content_type="text/html; charset=utf-8")


@permission_required("distributions.change_distribution", raise_exception=True)
@require_POST
def remove_template(request: HttpRequest, key: str) -> HttpResponse:
    """Take one of one's own templates off the shelf, and go back to where the person was."""
    try:
        shelving.take_off(key)
    except Problem as problem:
        messages.error(request, problem.sentence)
    back = request.POST.get("next", "")
    here = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()})
    return redirect(back if here else reverse("admin:distributions_distribution_changelist"))
