"""The stations of the wizard: what each is called, where it is, and what it still lacks."""

from collections import defaultdict
from dataclasses import dataclass

from django.urls import reverse

from distributions.models import Distribution
from distributions.planning.lifecycle import Missing, missing

LABELS = {
    "type": "Type",
    "name": "Name",
    "channel": "Channel",
    "audience": "Audience",
    "campaign": "Campaign",
    "message": "Message",
    "review": "Review",
}
KEYS = list(LABELS)


@dataclass(frozen=True)
class Step:
    """One station as the stepper shows it."""

    number: int
    key: str
    label: str
    url: str
    issues: list[str]
    is_current: bool

    @property
    def is_done(self) -> bool:
        return not self.issues


def address(distribution: Distribution, key: str) -> str:
    return reverse("admin:distributions_distribution_step", args=[distribution.pk, key])


def after(key: str) -> str:
    return KEYS[min(KEYS.index(key) + 1, len(KEYS) - 1)]


def before(key: str) -> str | None:
    return KEYS[KEYS.index(key) - 1] if key != KEYS[0] else None


def stepper(distribution: Distribution, current: str) -> list[Step]:
    """Return all stations with what they lack; the review lacks whatever any other one lacks."""
    lacking = issues_by_step(missing(distribution))
    count = sum(map(len, lacking.values()))
    if "channel" in lacking:
        lacking["message"] = ["Comes after the channel"]
    if count:
        lacking["review"] = [f"{count} thing{'' if count == 1 else 's'} still missing"]
    return [
        Step(number, key, label, address(distribution, key), lacking[key], key == current)
        for number, (key, label) in enumerate(LABELS.items(), 1)
    ]


def first_steps() -> list[Step]:
    """Return the stations of a distribution that does not exist yet: only the first can be visited."""
    return [Step(number, key, LABELS[key], "", [""], key == "type") for number, key in enumerate(KEYS, 1)]


def issues_by_step(found: list[Missing]) -> dict[str, list[str]]:
    issues: dict[str, list[str]] = defaultdict(list)
    for one in found:
        issues[one.step].append(one.message)
    return issues
