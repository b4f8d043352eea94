"""Validation rules and their assignments as the API tells them. Asks the database nothing."""

from collections.abc import Iterable
from typing import Any

from access.strict_json import moment
from campaigns.models import RuleAssignment, ValidationRule


def rule_json(rule: ValidationRule, uses: int) -> dict[str, Any]:
    """Tell a rule; ``uses`` is the number of its assignments."""
    return {
        "id": rule.public_id,
        "name": rule.name,
        "rules": rule.rules,
        **({"error": {"message": rule.message}} if rule.message else {}),
        "applicable_to": rule.applicable_to,
        "type": rule.type,
        "context_type": rule.context_type,
        "created_at": moment(rule.created_at),
        "updated_at": moment(rule.updated_at) if rule.updated_at else None,
        "assignments_count": uses,
        "object": "validation_rules",
    }


def rule_reference(rule: ValidationRule) -> dict[str, Any]:
    """Return what events say of a rule: all but where else it is used."""
    told = rule_json(rule, 0)
    del told["assignments_count"]
    return told


def assignment_json(assignment: RuleAssignment) -> dict[str, Any]:
    """Tell an assignment; its rule must be loaded."""
    return {
        "id": assignment.public_id,
        "rule_id": assignment.rule.public_id,
        "related_object_id": assignment.related_object_id,
        "related_object_type": assignment.related_object_type,
        "created_at": moment(assignment.created_at),
        "validation_status": "VALID",
        "validation_omitted_rules": [],
        "object": "validation_rules_assignment",
    }


def assignments_json(assignments: Iterable[RuleAssignment]) -> dict[str, Any]:
    """Tell the rules on a campaign or a code, within its own JSON; their rules must be loaded."""
    listed = [assignment_json(each) for each in assignments]
    return {"object": "list", "data_ref": "data", "data": listed, "total": len(listed)}
