"""Stacks come to be, change and go: the one writer of them; every change is told as an event."""

from collections.abc import Sequence

from django.db import transaction
from django.db.models.functions import Now

from access.problems import Problem, invalid_payload, not_found
from access.strict_json import moment
from campaigns import categories
from campaigns.facts import INSIDE, Origin
from campaigns.models import Campaign, PromotionStack, PromotionTier, StackedTier
from campaigns.promotions import telling
from campaigns.promotions.terms import StackTerms
from events.clock import database_now


@transaction.atomic
def create(campaign: Campaign, said: StackTerms, *, origin: Origin = INSIDE) -> PromotionStack:
    """Put tiers of a promotion on one stack, in this order."""
    if not said.name:
        raise invalid_payload("name is required: how the stack is called")
    if said.tiers is None:
        raise invalid_payload("tiers.ids is required: which tiers are applied together")
    category = categories.resolve(said.category)
    stack = PromotionStack.objects.create(campaign=campaign, name=said.name, category=category)
    _put(stack, said.tiers)
    made = _loaded(stack)
    telling.tell_stack("created", made, origin)
    return made


@transaction.atomic
def change(stack: PromotionStack, said: StackTerms, *, origin: Origin = INSIDE) -> PromotionStack:
    """Change what is said to be other than it is; no change tells nothing."""
    held = _held(stack)
    known = _loaded(held)
    fields = {"name": said.name} if said.name and said.name != known.name else {}
    ids = tuple(place.tier.public_id for place in known.stacked.all())
    category = None if said.drops_category else categories.resolve(said.category) or known.category
    moved = said.tiers is not None and said.tiers != ids
    if not fields and not moved and category == known.category:
        return known
    if said.tiers is not None and moved:
        StackedTier.objects.filter(stack=held).delete()
        _put(held, said.tiers)
    PromotionStack.objects.filter(pk=held.pk).update(**fields, category=category, updated_at=Now())
    changed = _loaded(held)
    telling.tell_stack("updated", changed, origin)
    return changed


@transaction.atomic
def delete(stack: PromotionStack, *, origin: Origin = INSIDE) -> None:
    """Take a stack out of sight; its tiers go on by themselves."""
    held = _held(stack)
    telling.tell_stack("deleted", _loaded(held), origin, deleted_at=moment(database_now()))
    PromotionStack.objects.filter(pk=held.pk).update(category=None, deleted_at=Now(), updated_at=Now())


def _put(stack: PromotionStack, ids: Sequence[str]) -> None:
    """Let these tiers be on the stack; they are held, so that none of them goes meanwhile."""
    rows = PromotionTier.objects.select_for_update(no_key=True, of=("self",)).filter(campaign=stack.campaign_id)
    known = {tier.public_id: tier for tier in rows.filter(public_id__in=ids).order_by("pk")}
    if missing := next((each for each in ids if each not in known), None):
        raise not_found("promotion_tier", missing)
    StackedTier.objects.bulk_create(
        [StackedTier(stack=stack, tier=known[each], place=place) for place, each in enumerate(ids, start=1)]
    )


def _held(stack: PromotionStack) -> PromotionStack:
    rows = PromotionStack.objects.select_for_update(no_key=True, of=("self",))
    held: PromotionStack | None = rows.filter(pk=stack.pk).first()
    if held is None:
        raise not_found("promotion_stack", stack.public_id)
    return held


def _loaded(stack: PromotionStack) -> PromotionStack:
    found: PromotionStack = PromotionStack.objects.with_names().get(pk=stack.pk)
    return found


def refuse_other_kinds(campaign: Campaign) -> None:
    """Raise Problem where a campaign is no promotion."""
    if campaign.campaign_type != Campaign.Kind.PROMOTION:
        details = f"A campaign of the type {campaign.campaign_type} has no tiers."
        raise Problem(400, "invalid_campaign_params", "The campaign is not valid", details)
