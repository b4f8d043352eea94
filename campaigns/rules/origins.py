"""Who makes a change to rules: where it comes from, as for everything else, and who is to be noted for it."""

from dataclasses import dataclass

from django.contrib.auth.models import User

from access import audit
from campaigns.facts import INSIDE, Origin
from campaigns.models import ValidationRule


@dataclass(frozen=True)
class By(Origin):
    """A program by its key, a person in the admin, or the product itself."""

    key_id: int | None = None
    person: User | None = None

    @classmethod
    def within(cls, origin: Origin) -> "By":
        """Return who puts rules on what is made, as a part of its making."""
        return cls(origin.source, origin.group_id, origin.caused_by)

    def note(self, verb: str, rule: ValidationRule, summary: str) -> None:
        """Write down what was done to a rule."""
        record = audit.record
        record(verb, "validation_rule", rule.public_id, summary, person=self.person, key_id=self.key_id)


NOBODY = By.within(INSIDE)
