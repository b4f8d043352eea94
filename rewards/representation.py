"""Earning rules and pending points as the API tells them. What is told is loaded before."""

from collections.abc import Iterable, Mapping
from typing import Any

from access.strict_json import moment
from campaigns import validity
from campaigns.models import RuleAssignment
from events.models import EventDefinition
from rewards.models import EarningRule, PendingPoints


def rules_on(things: Iterable[Any]) -> dict[str, str]:
    """Return the validation rule on each of these, by public id: one query."""
    names = [thing.public_id for thing in things]
    uses = RuleAssignment.objects.filter(related_object_id__in=names).order_by("id")
    return dict(uses.values_list("related_object_id", "rule__public_id")) if names else {}


def schemas_of(rules: Iterable[EarningRule]) -> dict[str, str]:
    """Return the ids of the schemas of these rules' events, by the events' names: one query."""
    names = {rule.event for rule in rules}
    return dict(EventDefinition.objects.filter(name__in=names).values_list("name", "public_id")) if names else {}


def earning_rules_json(rules: Iterable[EarningRule]) -> list[dict[str, Any]]:
    """Tell rules with their campaigns and segments loaded: two further queries."""
    listed = list(rules)
    on, schemas = rules_on(listed), schemas_of(listed)
    return [earning_rule_json(rule, on.get(rule.public_id), schemas) for rule in listed]


def earning_rule_json(
    rule: EarningRule, validation_rule_id: str | None = None, schemas: Mapping[str, str] | None = None
) -> dict[str, Any]:
    schema = (schemas or {}).get(rule.event)
    return {
        "id": rule.public_id,
        "created_at": moment(rule.created_at),
        "updated_at": moment(rule.updated_at) if rule.updated_at else None,
        "validation_rule_id": validation_rule_id,
        "loyalty": rule.loyalty,
        "event": rule.event,
        "custom_event": {"schema_id": schema} if schema else None,
        "segment": {"id": rule.segment.public_id} if rule.segment else None,
        "loyalty_tier": None,
        "pending_points": {"period_type": "DAY", "period_value": rule.pending_days} if rule.pending_days else None,
        "expiration_rules": rule.expiration_rules,
        "source": source_json(rule),
        "active": rule.active,
        "start_date": moment(rule.start_date) if rule.start_date else None,
        "expiration_date": moment(rule.expiration_date) if rule.expiration_date else None,
        **validity.as_json(rule.validity),
        "metadata": rule.metadata,
        "object": "earning_rule",
    }


def source_json(rule: EarningRule) -> dict[str, Any]:
    return {"banner": rule.banner or None, "object_id": rule.campaign.public_id, "object_type": "campaign"}


def rule_reference(rule: EarningRule) -> dict[str, Any]:
    """Return what movements and events say of the rule by which something was earned."""
    return {"id": rule.public_id, "source": source_json(rule), "object": "earning_rule"}


def pending_json(entry: PendingPoints) -> dict[str, Any]:
    """Tell points that wait; their card, its campaign and its holder must be loaded."""
    voucher = entry.voucher
    return {
        "id": entry.public_id,
        "voucher_id": voucher.public_id,
        "campaign_id": voucher.campaign.public_id if voucher.campaign else None,
        "customer_id": voucher.holder.public_id if voucher.holder else None,
        "order_id": entry.order_public_id or None,
        "points": entry.points,
        "activates_at": entry.activates_on.isoformat(),
        "details": entry.details,
        "created_at": moment(entry.created_at),
        "updated_at": moment(entry.updated_at) if entry.updated_at else None,
        "object": "pending_points",
    }
