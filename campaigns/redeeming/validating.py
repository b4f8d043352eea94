"""Whether a wish could be redeemed, and what it would come to; a session may hold what was found."""

from typing import Any

from django.db import transaction

from access.identifiers import new_public_id
from campaigns.facts import named
from campaigns.models import Voucher
from campaigns.redeeming import asking, candidates, holding, telling, trying
from campaigns.redeeming.situations import Situation
from campaigns.redeeming.trying import Attempt
from campaigns.redeeming.wishes import Asker, Wish
from customers import profiles
from events.tracking import track


@transaction.atomic
def validate(wish: Wish, asker: Asker) -> dict[str, Any]:
    """Judge a wish, tell it as an event, and answer; a refusal is an answer, too."""
    found = candidates.find(wish.redeemables, held=wish.session is not None)
    if wish.session is not None:
        candidates.hold_counts(found)
    situation, _ = asking.situation_of(wish, asker)
    attempt = trying.attempt(found, situation)
    is_valid = telling.is_valid(attempt, situation)
    answer = {
        "id": new_public_id("valid"),
        "valid": is_valid,
        **telling.redeemables(attempt, situation),
        "order": telling.cart_json(attempt.after, situation) if attempt.after and is_valid else None,
        "tracking_id": wish.tracking_id,
        "session": _session(attempt, situation) if is_valid else None,
        "stacking_rules": situation.stacking.as_json(),
    }
    _tell(attempt, situation, answer)
    return answer


def _session(attempt: Attempt, situation: Situation) -> dict[str, Any] | None:
    session = situation.wish.session
    if session is None:
        return None
    amounts = [(each.voucher, each.credits or 0) for each in attempt.applicable if each.voucher is not None]
    return holding.as_json(session, holding.hold(session, amounts, situation.now))


def _tell(attempt: Attempt, situation: Situation, answer: dict[str, Any]) -> None:
    """Say once for the whole wish how it ended, with the code that decided it."""
    deciding = (attempt.applicable if answer["valid"] else attempt.inapplicable) or attempt.tried
    voucher: Voucher | None = deciding[0].voucher if deciding else None
    problem = deciding[0].problem if deciding else None
    validation = {
        "id": answer["id"],
        "valid": answer["valid"],
        "code": deciding[0].candidate.asked.id if deciding else None,
        "key": problem.key if problem else None,
        "object": "validation",
    }
    customer = situation.customer
    verb = "succeeded" if answer["valid"] else "failed"
    told = {"customer": profiles.simple(customer) if customer else None, "validation": validation}
    entity = voucher.public_id if voucher else ""
    origin = situation.asker.origin
    track(origin.fact(f"voucher.validation.{verb}", entity, {**told, **(named(voucher) if voucher else {})},
                      customer.pk if customer else None))  # fmt: skip
