"""How long points that come onto a card can be used: by its program's rules, up to a day of their own, or for ever."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from access import project
from access.clock import database_now
from access.problems import Problem
from campaigns import lapsing, values
from campaigns.incentives import LOYALTY
from campaigns.models import Voucher

BY_RULES, ON_A_DAY, NEVER = "PROGRAM_RULES", "CUSTOM_DATE", "NON_EXPIRING"


@dataclass(frozen=True)
class Expiring:
    """What a caller says of it."""

    type: str = BY_RULES
    day: date | None = None

    def day_for(self, voucher: Voucher) -> date | None:
        """Return the last day of use of points that come onto this card now; what is not a loyalty card has none."""
        rules = voucher.incentive.get("expiration_rules") if voucher.kind == LOYALTY else None
        if self.type == ON_A_DAY:
            return self.day
        return lapsing.day_of(rules, today()) if rules and self.type == BY_RULES else None


AS_USUAL = Expiring()


def today() -> date:
    """Return the day by the project's calendar."""
    return database_now().astimezone(ZoneInfo(project.current().time_zone)).date()


def read(given: Mapping[str, Any]) -> Expiring:
    """Read ``expiration_type`` and ``expiration_date`` of a body."""
    kind = given.get("expiration_type") or BY_RULES
    if kind not in (BY_RULES, ON_A_DAY, NEVER):
        raise _refused(f"expiration_type must be one of {BY_RULES}, {ON_A_DAY}, {NEVER}.")
    if kind != ON_A_DAY:
        return Expiring(kind)
    day = values.moment(given.get("expiration_date"), "expiration_date").date()
    if day < today():
        raise _refused("expiration_date must not lie in the past.")
    return Expiring(kind, day)


def _refused(details: str) -> Problem:
    return Problem(400, "invalid_add_balance_params", "The balance cannot be changed", details)
