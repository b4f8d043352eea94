"""The signing secret of a webhook: shown or exchanged by who may change its distribution, and that is written down."""

from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from access import audit, sealing
from distributions.models import Distribution, DistributionChannel
from distributions.planning import channel_drafts
from distributions.views import composing
from distributions.views.answering import person_of


@permission_required("distributions.change_distribution", raise_exception=True)
@never_cache
@require_POST
def reveal(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    distribution, channel = _webhook(pk, kind)
    summary = f"Showed the webhook secret of {distribution}"
    audit.record("reveal", "distribution", distribution.public_id, summary, person=person_of(request))
    return composing.with_secret(request, distribution, channel, sealing.unseal(channel.sealed_secret))


@permission_required("distributions.change_distribution", raise_exception=True)
@never_cache
@require_POST
def exchange(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    distribution, channel = _webhook(pk, kind)
    fresh = channel_drafts.exchange_secret(channel)
    summary = f"Exchanged the webhook secret of {distribution}"
    audit.record("rotate", "distribution", distribution.public_id, summary, person=person_of(request))
    return composing.with_secret(request, distribution, channel, fresh)


def _webhook(pk: int, kind: str) -> tuple[Distribution, DistributionChannel]:
    distribution = get_object_or_404(Distribution.objects.prefetch_related("channels__connection"), pk=pk)
    channel = get_object_or_404(distribution.channels, type=kind)
    if not channel.sealed_secret:
        raise Http404
    return distribution, channel
