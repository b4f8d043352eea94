"""Who makes a change to rules: a program by its key, a person in the admin, or the product itself."""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User

from access import audit
from campaigns.models import ValidationRule
from events.models import Event
from events.tracking import Fact


@dataclass(frozen=True)
class By:
    source: str = Event.Source.INTERNAL
    group_id: str = ""
    key_id: int | None = None
    person: User | None = None

    def note(self, verb: str, rule: ValidationRule, summary: str) -> None:
        """Write down what was done to a rule."""
        record = audit.record
        record(verb, "validation_rule", rule.public_id, summary, person=self.person, key_id=self.key_id)

    def fact(self, name: str, entity_id: str, properties: dict[str, Any]) -> Fact:
        return Fact(name, entity_id=entity_id, properties=properties, source=self.source, group_id=self.group_id)


NOBODY = By()
