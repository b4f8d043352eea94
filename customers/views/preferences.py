"""The page on which a customer says what she wants to get: no login, her signed address is enough."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from access import project
from customers import preferring


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows what holds; POST writes down what she chose, and with ``nothing`` that she wants none of it."""
    customer = preferring.customer_of(token)
    if customer is None:
        raise Http404
    if request.method == "POST":
        allowed = [] if "nothing" in request.POST else request.POST.getlist("allow")
        preferring.choose(customer, allowed, request.META.get("REMOTE_ADDR"))
        return redirect(f"{request.path}?saved=1")
    brand = project.current()
    context = {
        "ways": preferring.ways(customer),
        "is_saved": "saved" in request.GET,
        "brand": brand.brand_name,
        "privacy_policy": brand.privacy_policy,
    }
    return render(request, "customers/preferences.html", context)
