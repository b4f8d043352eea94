"""One redemption in the admin: what it did and for whom; taken back by a person who says why."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from access.problems import Problem
from campaigns import uses
from campaigns.forms.redemptions import TakeBackForm
from campaigns.models import Redemption
from campaigns.redeeming import returning
from campaigns.redeeming.returning import Said
from campaigns.redeeming.wishes import Asker
from campaigns.views.finding import may_change, may_see_redemptions, origin_of, record
from customers.wording import in_words

CHANNEL_MOST = Redemption._meta.get_field("channel_id").max_length


@may_see_redemptions
@require_GET
def page(request: HttpRequest, key: str) -> HttpResponse:
    return _show(request, _the_redemption(key))


@may_see_redemptions
@may_change
@require_POST
def take_back(request: HttpRequest, key: str) -> HttpResponse:
    """Take back a redemption, or all that were redeemed with it; the answer is its page."""
    redemption = _the_redemption(key)
    form = TakeBackForm(request.POST)
    if not form.is_valid():
        return _show(request, redemption, form=form)
    refused = _take_back(request, redemption.parent or redemption, form.cleaned_data["reason"])
    if refused is not None:
        return _show(request, _the_redemption(key), refused=refused)
    return redirect("admin:campaigns_redemption_change", redemption.public_id)


def _take_back(request: HttpRequest, whole: Redemption, reason: str) -> Problem | None:
    """Take it back and say so; return why not where it is refused."""
    try:
        returned = returning.take_back(whole.public_id, Said(reason=reason), _asker(request), as_stack=True)
    except Problem as problem:
        return problem
    if returned.problem is not None:
        return returned.problem
    said = f"Taken back: {', '.join(uses.named(each) for each in returned.rollbacks)}."
    record(request, "change", whole, f"{said} {reason}")
    messages.success(request, said)
    return None


def _show(request: HttpRequest, redemption: Redemption, **more: Any) -> HttpResponse:
    whole = redemption.parent or redemption
    uses.price([redemption])
    context = {
        "title": "Redemption",
        "redemption": redemption,
        "about": uses.named(redemption),
        "together": uses.together_with(redemption),
        "returns": uses.returns_of(whole),
        "obstacle": returning.obstacle(whole),
        "metadata": [(name, in_words(value)) for name, value in sorted(redemption.metadata.items())],
        "form": TakeBackForm(),
        **more,
    }
    return render(request, "campaigns/redemption.html", context, status=400 if more else 200)


def _the_redemption(key: str) -> Redemption:
    found = Redemption.objects.named(key).for_a_page().first()
    if found is None:
        raise Http404
    return found


def _asker(request: HttpRequest) -> Asker:
    login = request.user.get_username()
    return Asker(origin_of(request), channel_type="USER", channel_id=login[:CHANNEL_MOST], user_login=login)
