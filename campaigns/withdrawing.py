"""A code is taken out of use by a person who says why; its holder may get another one in the same moment."""

from django.db import transaction
from django.db.models.functions import Now

from access.problems import Problem
from campaigns import balances, facts
from campaigns.claiming import Row
from campaigns.facts import Origin
from campaigns.models import Campaign, Publication, Voucher, Withdrawal
from campaigns.publishing import give_new
from events.tracking import track

REASON_MOST = 400
CHANNEL = "Code desk"


@transaction.atomic
def void(voucher: Voucher, reason: str, *, by: str, origin: Origin) -> Withdrawal:
    """Take a code out of use for good. Raise Problem where it was voided before."""
    held = _held(voucher)
    return _withdraw(held, reason, by, origin)


@transaction.atomic
def replace(voucher: Voucher, reason: str, *, by: str, origin: Origin) -> Withdrawal:
    """Void a code and give its holder a new one of its campaign, with what was left on a card.

    Raise Problem, and leave all as it was, where nobody holds the code or its campaign has no other.
    """
    held = _held(voucher)
    if held.holder_id is None or held.campaign is None:
        raise _refused(held, "Only a code of a campaign that a customer holds can be replaced.")
    withdrawal = _withdraw(held, reason, by, origin)
    given = _give_another(held, held.campaign, held.holder_id, reason, origin)
    withdrawal.replacement = given.voucher
    withdrawal.save(update_fields=["replacement"])
    _move_what_is_left(held, given.voucher, by, origin)
    return withdrawal


def _held(voucher: Voucher) -> Voucher:
    """Lock the code: who redeems it at this moment comes before or finds it void."""
    held = Voucher.objects.select_for_update(of=("self",), no_key=True).with_names().get(pk=voucher.pk)
    if Withdrawal.objects.filter(pk=held.pk).exists():
        raise _refused(held, "This code was voided before.")
    return held


def _withdraw(held: Voucher, reason: str, by: str, origin: Origin) -> Withdrawal:
    was_active = held.active
    Voucher.objects.filter(pk=held.pk).update(active=False, updated_at=Now())
    held.active = False
    if was_active:
        track(facts.of_voucher("disabled", held, origin, reason=reason))
    return Withdrawal.objects.create(voucher=held, reason=reason[:REASON_MOST], by=by)


def _give_another(held: Voucher, campaign: Campaign, holder_id: int, reason: str, origin: Origin) -> Publication:
    metadata = {"replaces": held.code, "reason": reason}
    row = Row(
        0, holder_id, f"replaces:{held.public_id}", metadata,
        group_id=origin.group_id, source=origin.source, caused_by=origin.caused_by,
    )  # fmt: skip
    given = give_new(campaign, row, CHANNEL)
    if given is None:
        raise _refused(held, f"{campaign} has no free code. Add codes to it first.")
    return given


def _move_what_is_left(old: Voucher, new: Voucher, by: str, origin: Origin) -> None:
    if old.balance is None or new.balance is None or old.balance == new.balance:
        return
    balances.adjust(new, old.balance - new.balance, reason=f"In place of {old.code}", origin=origin, by=by)


def _refused(voucher: Voucher, details: str) -> Problem:
    message = "The code cannot be voided"
    return Problem(400, "invalid_voucher", message, details, resource_id=voucher.code, resource_type="voucher")
