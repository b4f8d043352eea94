"""The code desk: paste a code or an e-mail address, see who got what, why, and by which message."""

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from distributions.telling import custody
from events.clock import database_now

TEXT_MOST = 255


@permission_required("distributions.view_delivery", raise_exception=True)
@permission_required("campaigns.view_campaign", raise_exception=True)
@require_GET
def desk(request: HttpRequest) -> HttpResponse:
    asked = request.GET.get("q", "").replace("\0", "").strip()[:TEXT_MOST]
    found = custody.find(asked, database_now())
    context = {"title": "Code desk", "asked": asked, "found": found, "most": custody.MOST}
    return render(request, "distributions/desk.html", context)
