"""What the rule builder can speak of: names by what they are about, comparisons by kind of value, segments, money."""

from typing import Any, Final

from access import project
from campaigns import discounts
from campaigns.models import ValidationRule
from campaigns.rules import belonging, moments
from campaigns.rules.assignments import read
from campaigns.rules.names import NAMES, Name
from campaigns.rules.operators import ALLOWED, WORDS
from campaigns.rules.targets import EFFECTS, OBJECTS
from campaigns.rules.wording import EFFECTS as EFFECT_WORDS
from campaigns.rules.wording import OBJECTS as OBJECT_WORDS
from campaigns.rules.wording import Speech, sentences

# The first beginning that fits tells where a name stands in the builder's list.
GROUPS: Final = (
    ("customer.", "Customer"),
    ("publication.", "Customer"),
    ("order.items.", "Items"),
    ("order.", "Order"),
    ("product.", "Products"),
    ("sku.", "Products"),
    ("campaign.", "Budget"),
    ("redemption.count", "How often"),
    ("", "Redemption"),
)


def vocabulary() -> dict[str, Any]:
    """Return all that a rule may name: two queries."""
    currency = project.current().currency
    return {
        "names": [_name(name) for name in NAMES.values()],
        "operators": {
            kind: [[each, WORDS[each]] for each in WORDS if each in allowed] for kind, allowed in ALLOWED.items()
        },
        "segments": [{"id": id, "name": name} for id, name in belonging.names().items()],
        "objects": [[each, OBJECT_WORDS[each]] for each in OBJECTS],
        "effects": [[each, EFFECT_WORDS[each].strip(" ()") or "every unit"] for each in EFFECTS],
        "week": [[day, name] for day, name in enumerate(moments.WEEK)],
        "currency": {"code": currency, "decimals": 0 if currency in discounts.WITHOUT_CENTS else 2},
    }


def speech(segments: list[str]) -> Speech:
    """Return how the project speaks: its currency, and the names of these segments."""
    currency = project.current().currency
    return Speech(lambda cents: discounts.money(cents, currency), belonging.names(segments) if segments else {})


def said(rules: list[ValidationRule]) -> dict[int, list[str]]:
    """Return what each rule says, by its number: two queries, however many they are."""
    if not rules:
        return {}
    spoken = speech(sorted({segment for rule in rules for segment in rule.segments}))
    return {rule.pk: sentences(read(rule), spoken) for rule in rules}


def _name(name: Name) -> dict[str, Any]:
    group = next(group for beginning, group in GROUPS if name.name.startswith(beginning))
    return {
        "name": name.name,
        "label": name.label[:1].upper() + name.label[1:] + (" metadata" if name.needs_property else ""),
        "group": group,
        "kind": name.kind,
        "property": name.needs_property,
        "inside": [] if not name.inside else list(name.inside),
        "alone": not name.only_inside,
    }
