"""A message as one real customer would receive it, in a frame that can run nothing and load nothing."""

import json
from typing import Any

from csp.decorators import csp
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from access import project
from access.problems import Problem, invalid_payload
from customers import telephones
from customers.models import Customer
from distributions.composing import proofreading, rendering
from distributions.models import Distribution, DistributionChannel
from distributions.planning import designing
from distributions.sending import previewing
from distributions.views import showing
from distributions.views.steps import address
from events.clock import database_now

# What somebody wrote is shown, never run: no script, no form, no request to anywhere but for our own pictures.
SEALED: Any = csp(
    {
        "sandbox": [""],
        "default-src": ["'none'"],
        "img-src": ["data:", "'self'"],
        "style-src": ["'unsafe-inline'"],
        "form-action": ["'none'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'self'"],
    }
)


@permission_required("distributions.view_distribution", raise_exception=True)
@require_GET
def preview(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """Answer with the viewer's inside: envelope, frame, plain text and checks."""
    distribution, channel = _channel(pk, kind)
    looked_at = _looked_at(request, channel)
    return render(request, "distributions/wizard/_preview.html", seen(request, distribution, looked_at))


@permission_required("distributions.view_distribution", raise_exception=True)
@require_GET
@SEALED
def body(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """Answer with the letter itself, for the sandboxed frame."""
    distribution, channel = _channel(pk, kind)
    rendered, _refusal = _rendered(distribution, _looked_at(request, channel), as_whom(request))
    html = showing.as_shown(rendered.html, is_dark="dark" in request.GET) if rendered else ""
    return HttpResponse(html, content_type="text/html; charset=utf-8")


@permission_required("distributions.change_distribution", raise_exception=True)
@require_POST
def send_test(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """Send the message once to an address of the person's own, with a marked sample code."""
    distribution, _channel_asked = _channel(pk, kind)
    to = request.POST.get("to", "").strip()
    try:
        if kind == DistributionChannel.Type.SMS:
            _check_number(to)
        elif kind != DistributionChannel.Type.WEBHOOK:
            validate_email(to)
        working = designing.as_it_stands if "working" in request.POST else None
        sent = previewing.send_test(distribution, to, customer=as_whom(request), only=kind, as_seen=working)
        _tell(request, sent, to)
    except ValidationError:
        messages.error(request, f"“{to}” is not an e-mail address, so no test was sent.")
    except Problem as problem:
        messages.error(request, problem.details or problem.message)
    if "working" in request.POST:
        return redirect("admin:distributions_distribution_design", pk, kind)
    return redirect(f"{address(distribution, 'message')}?channel={kind}")


def _check_number(to: str) -> None:
    """Raise where this is no number: a slip must not send the test to the customer who lends it her data."""
    if telephones.in_e164(to) is None:
        raise invalid_payload(f"“{to}” is no telephone number, so no test was sent. Write it as in +31611112222.")


def seen(request: HttpRequest, distribution: Distribution, channel: DistributionChannel) -> dict[str, Any]:
    """Return everything the viewer shows; words that cannot be rendered show the sentence that says why."""
    customer = as_whom(request)
    rendered, refusal = _rendered(distribution, channel, customer)
    return {
        "distribution": distribution,
        "channel": channel,
        "is_letter": channel.type != "webhook",
        "customer": customer,
        "neighbors": neighbors(customer),
        "asked": request.GET.get("as", ""),
        "working": "working" in request.GET,
        "rendered": rendered,
        "payload": _laid_out(rendered.text) if rendered and channel.type == "webhook" else "",
        "refusal": refusal,
        "checks": proofreading.proofs(channel, rendered, project.current()) if channel.type != "webhook" else [],
    }


def _rendered(
    distribution: Distribution, channel: DistributionChannel, customer: Customer | None
) -> tuple[rendering.Rendered | None, str]:
    """Return the message, or the sentence that says why it cannot be written."""
    try:
        return previewing.preview(distribution, channel, customer or made_up()), ""
    except Problem as problem:
        return None, problem.details or problem.message
    except rendering.TemplateError as error:
        return None, str(error)


def _laid_out(body: str) -> str:
    """Return a webhook's body with line breaks, for reading; what is sent has none."""
    return json.dumps(json.loads(body), indent=2, ensure_ascii=False)


def made_up() -> Customer:
    """Return somebody to write to before there is anybody; she is stored nowhere."""
    return Customer(pk=0, public_id="cust_sample", name="Ida Vos", email="ida@example.com", created_at=database_now())


def _tell(request: HttpRequest, results: list[previewing.TestResult], to: str) -> None:
    for result in results:
        where = "your webhook" if result.channel == "webhook" else to
        if result.is_sent:
            messages.success(
                request, f"A test went to {where}. It carries a sample code; none was taken from the pool."
            )
        else:
            messages.error(request, f"The test to {where} was not sent: {result.detail}")


def proofs_of(distribution: Distribution, channel: DistributionChannel) -> list[proofreading.Proof]:
    """Return what is to be said of a letter as the newest customer would receive it."""
    rendered, _refusal = _rendered(distribution, channel, Customer.objects.order_by("-pk").first())
    return proofreading.proofs(channel, rendered, project.current())


def _looked_at(request: HttpRequest, channel: DistributionChannel) -> DistributionChannel:
    """Return the channel as it is sent, or, where the editor asks, as its working copy would make it."""
    return designing.as_it_stands(channel) if "working" in request.GET else channel


def _channel(pk: int, kind: str) -> tuple[Distribution, DistributionChannel]:
    distribution = get_object_or_404(Distribution.objects.select_related(*Distribution.NAMED), pk=pk)
    return distribution, get_object_or_404(distribution.channels, type=kind)


def as_whom(request: HttpRequest) -> Customer | None:
    """Return the customer to look through the eyes of: the one searched for, the one stepped to, else the newest."""
    asked = request.GET.get("as", "").replace("\x00", "").strip()
    if asked:
        return Customer.objects.filter(
            Q(source_id=asked) | Q(public_id=asked) | Q(email__iexact=asked) | Q(name__istartswith=asked)
        ).first()
    known = request.GET.get("customer", "")
    if known.isdecimal() and len(known) < 19:
        return Customer.objects.filter(pk=int(known)).first()
    return Customer.objects.order_by("-pk").first()


def neighbors(customer: Customer | None) -> tuple[int | None, int | None]:
    """Return the customers before and after, in order of their arrival."""
    if customer is None:
        return None, None
    ids = Customer.objects.values_list("pk", flat=True)
    return (
        ids.filter(pk__lt=customer.pk).order_by("-pk").first(),
        ids.filter(pk__gt=customer.pk).order_by("pk").first(),
    )
