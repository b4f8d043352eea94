"""The unsubscribe page: a mail program or a person asks, without login, cookie or token."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from access import project
from distributions import unsubscribing


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """GET asks whether it is meant, for programs look at every link; POST acts, from the page or with one click."""
    delivery_id = unsubscribing.delivery_of(token)
    if delivery_id is None:
        raise Http404
    is_done = request.method == "POST"
    if is_done:
        unsubscribing.unsubscribe(delivery_id, request.META.get("REMOTE_ADDR"))
    context = {
        "is_done": is_done,
        "brand": project.current().brand_name,
        "preferences_url": unsubscribing.preferences_of(delivery_id),
    }
    return render(request, "distributions/unsubscribe.html", context)
