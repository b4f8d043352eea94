"""Redeeming: judged while the codes are locked, taken by conditional updates, written and told in one transaction.

Exactly as many succeed as may. A refusal is written down and told as well, and changes nothing else.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from access.problems import Problem
from access.strict_json import moment
from campaigns import balances
from campaigns.arithmetic.undoing import as_one
from campaigns.facts import named
from campaigns.models import Redemption
from campaigns.promotions import finding
from campaigns.promotions.representation import stack_reference, tier_reference
from campaigns.redeeming import (
    asking,
    candidates,
    facts,
    holding,
    people,
    rewarding,
    telling,
    tracking_ids,
    trying,
    writing,
)  # fmt: skip
from campaigns.redeeming.asking import WishedOrder
from campaigns.redeeming.situations import Situation
from campaigns.redeeming.trying import Attempt, Tried
from campaigns.redeeming.wishes import VOUCHER, Asker, Wish
from campaigns.representation import campaign_reference
from customers import profiles
from events import following
from events.tracking import Fact, track_many
from orders import placing
from orders.models import Order
from orders.placing import Told
from orders.reading import told as orders_told
from orders.representation import order_json
from schemas import checking

RELATED = {VOUCHER: Redemption.Related.VOUCHER}


@dataclass(frozen=True)
class Redeemed:
    """What became of a wish: redemptions, or the refused one with the problem that is answered."""

    attempt: Attempt
    situation: Situation
    redemptions: list[Redemption]
    parent: Redemption | None = None
    order: dict[str, Any] | None = None
    problem: Problem | None = None


@transaction.atomic
def redeem(wish: Wish, asker: Asker) -> Redeemed:
    """Redeem a wish, or write down why not; the caller raises ``problem`` once this is committed.

    Everybody locks in one order, so that nobody waits in a ring: the turn at the order's name, customers, codes,
    counts, the order.
    """
    checking.check("redemption", wish.metadata)
    order = asking.order_of(wish, held=True)
    customer = people.hold(wish, order, asker)
    found = candidates.find(wish.redeemables, held=True)
    candidates.hold_counts(found)
    situation = asking.situation_of(wish, asker, order, customer=customer, vouchers=candidates.vouchers_of(found))
    foreign = people.refusal(order, wish, customer)
    attempt = trying.attempt(found, situation) if foreign is None else trying.refused(found, situation, foreign)
    if not telling.is_valid(attempt, situation):
        return _refuse(attempt, situation)
    if not any(each.candidate.offer for each in attempt.applicable):
        return _carry_out(attempt, situation, order)
    try:
        with following.attempt():
            return _carry_out(attempt, situation, order)
    except Problem as problem:
        # What a reward promises can be gone, as the codes of its campaign.
        balances.read_again([each.voucher for each in attempt.applicable if each.voucher])
        return _refuse(trying.refused([each.candidate for each in attempt.applicable], situation, problem), situation)


def _carry_out(attempt: Attempt, situation: Situation, order: WishedOrder | None) -> Redeemed:
    applied = attempt.applicable
    holding.release([each.voucher for each in applied if each.voucher], situation.session_key)
    parent = _parent(situation) if len(applied) > 1 else None
    made = [_redemption(each, situation, parent) for each in applied]
    for redemption, each in zip(made, applied, strict=True):
        _pay(redemption, each, situation)
    written = [parent, *made] if parent else made
    placed, facts = _place(attempt, situation, order, written)
    for redemption in written:
        redemption.order, redemption.order_public_id = placed, placed["id"] if placed else ""
    writing.keep(written)
    writing.know_relations(written)
    finding.load_told([each.candidate.tier for each in applied if each.candidate.tier])
    track_many([*facts, *_facts("succeeded", made, situation)], now=situation.now)
    rewarding.tell("completed", made, situation.asker.origin)
    return Redeemed(attempt, situation, made, parent, placed)


def _pay(redemption: Redemption, tried: Tried, situation: Situation) -> None:
    card, offer = tried.voucher, tried.candidate.offer
    if tried.credits and card is not None:
        balances.redeem(card, tried.credits, redemption.public_id)
    if offer is not None and card is not None:
        redemption.reward = rewarding.take(offer, redemption, card, situation.asker.origin)


def _parent(situation: Situation) -> Redemption:
    parent = _blank(situation, related=Redemption.Related.REDEMPTION)
    parent.related_object_id, parent.counted_on = parent.public_id, None
    return parent


def _blank(situation: Situation, *, related: str = Redemption.Related.VOUCHER) -> Redemption:
    asker, wish = situation.asker, situation.wish
    return Redemption(
        related_object_type=related,
        customer=situation.customer,
        tracking_id=tracking_ids.told(wish) or "",
        metadata=dict(wish.metadata),
        session_key=situation.session_key or "",
        channel_type=asker.channel_type,
        channel_id=asker.channel_id,
        api_key_id=asker.key_id,
        counted_on=situation.now.astimezone(situation.zone).date(),
        created_at=situation.now,
    )


def _redemption(tried: Tried, situation: Situation, parent: Redemption | None) -> Redemption:
    asked, thing, cart = tried.candidate.asked, tried.thing, tried.cart
    made = _blank(situation, related=RELATED.get(asked.object, Redemption.Related.PROMOTION_TIER))
    made.parent, made.voucher = parent, tried.voucher
    made.promotion_tier, made.promotion_stack = tried.candidate.tier, tried.candidate.stack
    made.related_object_id = thing.public_id if thing else asked.id
    made.campaign = thing.campaign if thing else None
    made.amount = tried.credits
    made.order_amount = cart.initial_amount if cart else 0
    made.discount_amount = cart.total_applied_discount_amount if cart else 0
    return made


def _place(
    attempt: Attempt, situation: Situation, order: WishedOrder | None, redemptions: Sequence[Redemption]
) -> tuple[dict[str, Any] | None, list[Fact]]:
    """Store the order as paid, as the discounts left it; return it with what it was redeemed by, and what to tell."""
    if order is None or attempt.before is None or attempt.after is None:
        return None, []
    origin, (first, *others) = situation.asker.origin, redemptions
    told = Told(origin.source, origin.group_id, redemption=telling.reference(first))
    placed = placing.place(
        people.names_alone(order.said),
        as_one(attempt.before, attempt.after),
        customer=situation.customer,
        known=order.known,
        status=Order.Status.PAID,
        told=told,
    )
    shown = orders_told([placed.order])[0] if order.known else order_json(placed.order)
    shown["redemptions"] = {**shown["redemptions"], first.public_id: facts.of_order(first, others)}
    return shown, placed.facts(told)


def _refuse(attempt: Attempt, situation: Situation) -> Redeemed:
    """Write down the first part that cannot be redeemed, and why."""
    first = (attempt.inapplicable or list(attempt.tried))[0]
    problem = first.problem or Problem(400, "invalid_redeemables", first.skipped_because.replace("_", " ").capitalize())
    failed = _redemption(first, situation, None)
    failed.result, failed.status = Redemption.Result.FAILURE, Redemption.Status.FAILED
    failed.failure_code, failed.failure_message = _failure_code(problem), (first.rule_message or problem.sentence)[:500]
    failed.amount, failed.discount_amount, failed.counted_on = None, 0, None
    failed.save(force_insert=True)
    track_many(_facts("failed", [failed], situation), now=situation.now)
    return Redeemed(attempt, situation, [failed], problem=_answered(problem, failed))


def _failure_code(problem: Problem) -> str:
    """Return under which name a refusal is kept: what is not there has one of its own in lists of redemptions."""
    return "resource_not_found" if problem.status == 404 else problem.key


def _answered(problem: Problem, failed: Redemption) -> Problem:
    """Name the failed redemption in what is answered; what is not there is named itself."""
    if problem.status == 404:
        return problem
    told = (problem.status, problem.key, problem.message, problem.details)
    return Problem(*told, resource_id=failed.public_id, resource_type="redemption")


def _facts(verb: str, redemptions: list[Redemption], situation: Situation) -> list[Fact]:
    return [fact(f"redemption.{verb}", redemption, situation.asker) for redemption in redemptions]


def fact(name: str, redemption: Redemption, asker: Asker, **more: Any) -> Fact:
    """Say what became of a redemption, with all that it was about."""
    customer, voucher = redemption.customer, redemption.voucher
    tier, stack = redemption.promotion_tier, redemption.promotion_stack
    told = {
        "customer": profiles.simple(customer) if customer else None,
        "order": redemption.order,
        "voucher": None,
        **(named(voucher) if voucher else {"campaign": campaign_reference(tier.campaign) if tier else None}),
        "holder": profiles.other(voucher.holder, customer) if voucher and voucher.holder else None,
        "promotion_tier": tier_reference(tier) if tier else None,
        "promotion_stack": stack_reference(stack) if stack else None,
        "redemption": telling.reference(redemption),
        "created_at": moment(redemption.created_at),
        **more,
    }
    return asker.origin.fact(name, redemption.public_id, told, redemption.customer_id)
