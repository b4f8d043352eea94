"""Which rules ask about a segment: it has to stay while they do."""

from campaigns.models import ValidationRule


def rules_about(segment: str) -> list[str]:
    """Say in words which validation rule needs a segment."""
    return [
        f"The validation rule {rule.name} asks about it." for rule in ValidationRule.objects.asking_about(segment)[:1]
    ]
