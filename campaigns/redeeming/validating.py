"""Whether a wish could be redeemed, and what it would come to; a session may hold what was found."""

from contextlib import nullcontext
from typing import Any

from django.db import transaction

from access.identifiers import new_public_id
from campaigns.facts import named
from campaigns.models import PromotionTier
from campaigns.promotions.representation import tier_reference
from campaigns.redeeming import asking, candidates, counting, holding, people, telling, tracking_ids, trying
from campaigns.redeeming.counting import Thing
from campaigns.redeeming.situations import Situation
from campaigns.redeeming.trying import Attempt
from campaigns.redeeming.wishes import Asker, Wish
from campaigns.representation import campaign_reference
from customers import profiles
from events.recording import Beside
from events.tracking import track


def validate(wish: Wish, asker: Asker) -> dict[str, Any]:
    """Judge a wish, tell it as an event, and answer; a refusal is an answer, too.

    All that is written is one statement; only what a session holds has to be locked, held and told together.
    """
    with transaction.atomic() if wish.session else nullcontext():
        return _validated(wish, asker)


def _validated(wish: Wish, asker: Asker) -> dict[str, Any]:
    found = candidates.find(wish.redeemables, held=wish.session is not None)
    if wish.session is not None:
        candidates.hold_counts(found)
    order = asking.order_of(wish)
    situation = asking.situation_of(wish, asker, order, vouchers=candidates.vouchers_of(found))
    foreign = people.refusal(order, wish, situation.customer)
    attempt = trying.attempt(found, situation) if foreign is None else trying.refused(found, situation, foreign)
    is_valid = telling.is_valid(attempt, situation)
    answer = {
        "id": new_public_id("valid"),
        "valid": is_valid,
        **telling.redeemables(attempt, situation),
        "order": telling.cart_json(attempt.after, situation) if attempt.after and is_valid else None,
        "tracking_id": tracking_ids.told(wish),
        "session": _session(attempt, situation) if is_valid else None,
        "stacking_rules": situation.stacking.as_json(),
    }
    _tell(attempt, situation, answer)
    return answer


def _counted(attempt: Attempt, situation: Situation, *, is_valid: bool) -> Beside:
    """Count the question once for each campaign that it was about."""
    campaigns = {each.thing.campaign_id for each in attempt.tried if each.thing and each.thing.campaign_id}
    day = situation.now.astimezone(situation.zone).date()
    return counting.validations(campaigns, day, succeeded=int(is_valid), failed=int(not is_valid))


def _session(attempt: Attempt, situation: Situation) -> dict[str, Any] | None:
    session = situation.wish.session
    if session is None:
        return None
    amounts = [(each.voucher, each.credits or 0) for each in attempt.applicable if each.voucher is not None]
    return holding.as_json(session, holding.hold(session, amounts, situation.now))


def _tell(attempt: Attempt, situation: Situation, answer: dict[str, Any]) -> None:
    """Say once for the whole wish how it ended, with the code that decided it, and count it."""
    deciding = (attempt.applicable if answer["valid"] else attempt.inapplicable) or attempt.tried
    thing = deciding[0].thing if deciding else None
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
    entity = thing.public_id if thing else ""
    said = {**told, **_about(thing)}
    fact = situation.asker.origin.fact(f"voucher.validation.{verb}", entity, said, customer.pk if customer else None)
    track(fact, now=situation.now, beside=_counted(attempt, situation, is_valid=answer["valid"]))


def _about(thing: Thing | None) -> dict[str, Any]:
    """Name what the event is about: a code or a tier, with its campaign."""
    if isinstance(thing, PromotionTier):
        return {"campaign": campaign_reference(thing.campaign), "promotion_tier": tier_reference(thing)}
    return named(thing) if thing else {}
