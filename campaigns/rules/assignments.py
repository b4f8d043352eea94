"""Rules are put on campaigns, codes and more, and taken off: the one writer of assignments; and asked for, set-wise."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q

from access.problems import Problem, not_found
from campaigns.models import Campaign, PromotionTier, RuleAssignment, ValidationRule, Voucher
from campaigns.rules import telling
from campaigns.rules.origins import NOBODY, By
from campaigns.rules.parsing import parse
from campaigns.rules.tree import RuleSet

On = RuleAssignment.On
# What an assignment points at.
Ruled = Campaign | Voucher | PromotionTier


@dataclass(frozen=True)
class Assigned:
    """A rule on something, read and ready to be judged."""

    rule_id: str
    assignment_id: str
    rule_set: RuleSet


def rules_of(things: Iterable[Any]) -> dict[str, list[Assigned]]:
    """Return the rules on each of these, by its public id, nearest first: its own, then its campaign's.

    Takes vouchers, campaigns and whatever else has a public id. One query, however many they are.
    """
    wanted = {thing.public_id: _names(thing) for thing in things}
    if not wanted:
        return {}
    found: dict[tuple[str, Any], list[Assigned]] = defaultdict(list)
    for use in _on({name for names in wanted.values() for name in names}):
        found[_name(use)].append(Assigned(use.rule.public_id, use.public_id, read(use.rule)))
    return {public_id: [each for name in names for each in found[name]] for public_id, names in wanted.items()}


def put_on(thing: Ruled, rule_ids: Iterable[str], *, by: By = NOBODY) -> list[RuleAssignment]:
    """Put the rules of these ids on something as it is made or changed; raise a Problem for one unknown."""
    return [assign(find(rule_id), on(thing), by=by) for rule_id in dict.fromkeys(rule_ids)]


@transaction.atomic
def set_on(thing: Ruled, rule_ids: Collection[str], *, by: By = NOBODY) -> None:
    """Let exactly these rules be on a campaign, a code or a tier; what is on it already stays untouched."""
    uses = RuleAssignment.objects.filter(**{on(thing).related_object_type: thing}).select_related("rule")
    for use in uses.exclude(rule__public_id__in=rule_ids):
        take_off(use, by=by)
    known = set(uses.values_list("rule__public_id", flat=True))
    put_on(thing, [rule_id for rule_id in rule_ids if rule_id not in known], by=by)


@transaction.atomic
def assign(rule: ValidationRule, where: RuleAssignment, *, by: By = NOBODY) -> RuleAssignment:
    """Put a rule where an unsaved assignment says; raise a Problem where it is there already."""
    held = ValidationRule.objects.select_for_update(no_key=True).filter(pk=rule.pk).first()
    if held is None:
        raise not_found("validation_rules", rule.public_id)
    where.rule = held
    try:
        with transaction.atomic():
            where.save(force_insert=True)
    except IntegrityError as error:
        raise _refusal(where) from error
    use: RuleAssignment = RuleAssignment.objects.with_names().get(pk=where.pk)
    telling.tell_put_on(use, by)
    by.note("assigned", rule, f"Put the validation rule {rule.name} on {use.related_object_id}")
    return use


@transaction.atomic
def take_off(use: RuleAssignment, *, by: By = NOBODY) -> None:
    """Take a rule off; whoever comes second finds nothing left to do."""
    held = RuleAssignment.objects.select_for_update().filter(pk=use.pk)
    if not held:
        return
    telling.tell_taken_off(RuleAssignment.objects.filter(pk=use.pk), by)
    held.delete()
    by.note("unassigned", use.rule, f"Took the validation rule {use.rule.name} off {use.related_object_id}")


def on(thing: Ruled) -> RuleAssignment:
    """Return an unsaved assignment to a campaign, a code or a tier."""
    if isinstance(thing, PromotionTier):
        kind = On.PROMOTION_TIER
    else:
        kind = On.CAMPAIGN if isinstance(thing, Campaign) else On.VOUCHER
    return RuleAssignment(related_object_type=kind, related_object_id=thing.public_id, **{kind.value: thing})


def find(rule_id: str) -> ValidationRule:
    rule = ValidationRule.objects.named(rule_id).first()
    if rule is None:
        raise not_found("validation_rules", rule_id)
    return rule


def read(rule: ValidationRule) -> RuleSet:
    """Return a stored rule, ready to be judged or said."""
    return parse({"rules": rule.rules, "applicable_to": rule.applicable_to, "error": {"message": rule.message or None}})


def _names(thing: Any) -> list[tuple[str, Any]]:
    """Return by which columns, with which values, the rules on a thing are found."""
    if isinstance(thing, Voucher):
        own = ("voucher_id", thing.pk)
        return [own, ("campaign_id", thing.campaign_id)] if thing.campaign_id else [own]
    if isinstance(thing, PromotionTier):
        return [("promotion_tier_id", thing.pk), ("campaign_id", thing.campaign_id)]
    return [("campaign_id", thing.pk)] if isinstance(thing, Campaign) else [("related_object_id", thing.public_id)]


def _name(use: RuleAssignment) -> tuple[str, Any]:
    if use.voucher_id:
        return ("voucher_id", use.voucher_id)
    if use.promotion_tier_id:
        return ("promotion_tier_id", use.promotion_tier_id)
    return ("campaign_id", use.campaign_id) if use.campaign_id else ("related_object_id", use.related_object_id)


def _on(names: Collection[tuple[str, Any]]) -> Any:
    values: dict[str, list[Any]] = defaultdict(list)
    for column, value in names:
        values[column].append(value)
    anywhere = Q(*[(f"{column}__in", given) for column, given in values.items()], _connector=Q.OR)
    return RuleAssignment.objects.filter(anywhere).select_related("rule").order_by("id")


def _refusal(where: RuleAssignment) -> Problem:
    same = RuleAssignment.objects.filter(
        rule=where.rule, related_object_type=where.related_object_type, related_object_id=where.related_object_id
    ).first()
    if same is None:
        return not_found(where.related_object_type, where.related_object_id)
    details = f"Duplicated validation_rules_assignment exists with id {same.public_id}"
    kind = "validation_rules_assignment"
    return Problem(
        409, "duplicate_found", "Duplicate resource found", details, resource_id=same.public_id, resource_type=kind
    )
