"""Earning rules come to be, change, rest and go: the one writer of their rows. Each change is told as an event."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models.functions import Now

from access.problems import Problem, invalid_payload, not_found
from campaigns import validity
from campaigns.facts import INSIDE, Origin
from campaigns.models import Campaign, RuleAssignment
from campaigns.representation import campaign_reference
from campaigns.rules import assignments
from campaigns.rules.origins import By
from events.clock import database_now
from events.models import EventDefinition
from events.tracking import track, track_many
from rewards.earning.reading import Said, check_dates
from rewards.models import EarningRule
from rewards.representation import earning_rule_json, rules_on
from schemas import checking
from segments.models import Segment

RULES_MOST = 1_000


@transaction.atomic
def create_many(campaign: Campaign, wanted: Sequence[Said], *, origin: Origin = INSIDE) -> list[EarningRule]:
    """Add these rules to a loyalty program, all of them or none."""
    if campaign.campaign_type != Campaign.Kind.LOYALTY_PROGRAM:
        details = "Points are earned in campaigns of the type LOYALTY_PROGRAM."
        raise Problem(400, "invalid_campaign", "The campaign is not a loyalty program", details)
    Campaign.objects.select_for_update(no_key=True, of=("self",)).get(pk=campaign.pk)
    if EarningRule.objects.filter(campaign=campaign).count() + len(wanted) > RULES_MOST:
        raise invalid_payload(f"a program has at most {RULES_MOST:,} earning rules")
    made = [_create(campaign, said, origin) for said in wanted]
    track_many([_fact("assigned", rule, origin) for rule in made])
    return made


def _create(campaign: Campaign, said: Said, origin: Origin) -> EarningRule:
    segment = _segment(said.segment_id) if said.segment_id else None
    rule = EarningRule(
        campaign=campaign, event=_named(said.event), segment=segment, loyalty=said.loyalty, **(said.fields or {})
    )
    checking.check("earning_rule", rule.metadata)
    rule.created_at = database_now()
    rule.save(force_insert=True)
    if said.validation_rule_id:
        _put_on(rule, said.validation_rule_id, origin)
    return rule


def _named(event: str) -> str:
    """Return the event's name; an event may be named by the id of its schema."""
    if not event.startswith("ms_"):
        return event
    name = EventDefinition.objects.filter(public_id=event).values_list("name", flat=True).first()
    if name is None:
        raise not_found("event_schema", event)
    return name


def _segment(public_id: str) -> Segment:
    segment = Segment.objects.select_for_update(no_key=True).filter(public_id=public_id).first()
    if segment is None:
        raise not_found("segment", public_id)
    return segment


def _put_on(rule: EarningRule, rule_id: str, origin: Origin) -> None:
    where = RuleAssignment(related_object_type=RuleAssignment.On.EARNING_RULE, related_object_id=rule.public_id)
    assignments.assign(assignments.find(rule_id), where, by=By.within(origin))


@transaction.atomic
def change(rule: EarningRule, said: Said, *, origin: Origin = INSIDE) -> EarningRule:
    """Change what was said; what was earned stays as it is. No change tells nothing."""
    held = EarningRule.objects.select_for_update(no_key=True, of=("self",)).select_related("campaign").get(pk=rule.pk)
    wanted = {**(said.fields or {}), **({"loyalty": said.loyalty} if said.loyalty else {})}
    if "validity" in wanted:
        wanted["validity"] = validity.parse(wanted["validity"], held.validity)
    changes = {name: value for name, value in wanted.items() if getattr(held, name) != value}
    has_other_rule = said.validation_rule_id is not None and _swap(held, said.validation_rule_id, origin)
    if not changes and not has_other_rule:
        return held
    if "metadata" in changes:
        checking.check("earning_rule", changes["metadata"])
    for name, value in changes.items():
        setattr(held, name, value)
    check_dates(held.start_date, held.expiration_date, held.validity)
    held.updated_at = database_now()
    held.save(update_fields=[*changes, "updated_at"])
    track(_fact("updated", held, origin))
    return held


def _swap(rule: EarningRule, rule_id: str, origin: Origin) -> bool:
    """Let exactly this validation rule be on an earning rule; tell whether that is new."""
    uses = RuleAssignment.objects.filter(
        related_object_type=RuleAssignment.On.EARNING_RULE, related_object_id=rule.public_id
    ).select_related("rule")
    if [use.rule.public_id for use in uses] == [rule_id]:
        return False
    for use in uses:
        assignments.take_off(use, by=By.within(origin))
    _put_on(rule, rule_id, origin)
    return True


@transaction.atomic
def set_active(rule: EarningRule, *, active: bool, origin: Origin = INSIDE) -> EarningRule:
    """Switch a rule on or off; where it is so already nothing happens."""
    changed = EarningRule.objects.filter(pk=rule.pk, active=not active).update(active=active, updated_at=Now())
    rule.refresh_from_db(fields=["active", "updated_at"])
    if changed:
        track(_fact("enabled" if active else "disabled", rule, origin))
    return rule


@transaction.atomic
def delete(rule: EarningRule, *, origin: Origin = INSIDE) -> None:
    """Delete a rule; what was earned by it stays on the cards."""
    held = EarningRule.objects.select_for_update(of=("self",)).select_related("campaign").filter(pk=rule.pk).first()
    if held is None:
        return
    track(_fact("deleted", held, origin))
    for use in RuleAssignment.objects.filter(related_object_id=held.public_id).select_related("rule"):
        assignments.take_off(use, by=By.within(origin))
    held.delete()


def _fact(verb: str, rule: EarningRule, origin: Origin) -> Any:
    told = {
        "campaign": campaign_reference(rule.campaign),
        "earning_rule": earning_rule_json(rule, rules_on([rule]).get(rule.public_id)),
    }
    return origin.fact(f"campaign.earning_rule.{verb}", rule.public_id, told)
