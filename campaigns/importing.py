"""Codes made elsewhere come in, row by row accounted for."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.db import transaction

from access.problems import Problem, invalid_payload
from backlog import asking
from backlog.models import AsyncAction
from backlog.rows import Outcome, Refusal, Row
from campaigns import bringing, particulars, pools
from campaigns.facts import INSIDE, Origin
from campaigns.models import Campaign
from campaigns.particulars import Particulars

MOST_ROWS = 100_000
# A report names so many refused rows; the rest are counted.
REPORTED = 1_000


@dataclass(frozen=True)
class RefusedRow:
    """A row that did not come in, and why, for the person who wrote the file."""

    line: int
    code: str
    reason: str


@dataclass(frozen=True)
class Report:
    """What became of a file or a list."""

    rows: int
    added: int
    refused_count: int
    refused: tuple[RefusedRow, ...]

    @property
    def in_words(self) -> str:
        rest = f"; {self.refused_count:,} did not" if self.refused_count else ""
        return f"{self.added:,} of {self.rows:,} code{'' if self.rows == 1 else 's'} came in{rest}."


def import_codes(
    campaign: Campaign, brought: Sequence[tuple[int, object]], *, kind: str, origin: Origin = INSIDE
) -> tuple[AsyncAction, Report]:
    """Take these codes, each with the line it stood on, into the pool; one bad row never spoils its neighbours."""
    if len(brought) > MOST_ROWS:
        raise invalid_payload(f"At most {MOST_ROWS:,} codes can be imported at once")
    with transaction.atomic():
        added, refused = _take_in(campaign, brought, origin)
        report = Report(len(brought), added, len(refused), tuple(refused[:REPORTED]))
        about, group_id = campaign.public_id, origin.group_id
        action = asking.note(kind, asdict(report), scope="campaigns", about=about, group_id=group_id)
    return action, report


def order(
    kind: str, rows: Sequence[Row], *, origin: Origin, campaign: Campaign | None = None, key_id: int | None = None
) -> AsyncAction:
    """Order rows to be taken in, slice by slice."""
    if len(rows) > MOST_ROWS:
        raise invalid_payload(f"At most {MOST_ROWS:,} codes can be imported at once")
    about = campaign.public_id if campaign else ""
    return asking.ask(
        kind, rows, scope="campaigns", about=about, group_id=origin.group_id, key_id=key_id, source=origin.source
    )


def perform(action: AsyncAction, rows: Sequence[Row]) -> Outcome:
    """Take in a slice of what was ordered; into a campaign where the order names one."""
    origin = Origin(action.source, action.request_id)
    campaign = Campaign.objects.filter(public_id=action.about).first() if action.about else None
    if action.about and campaign is None:
        return Outcome(refused=[Refusal(row.line, "", "The campaign was deleted.") for row in rows])
    added, refused = _take_in(campaign, [(row.line, row.said) for row in rows], origin)
    return Outcome(added, [Refusal(row.line, row.code, row.reason) for row in refused])


def _take_in(
    campaign: Campaign | None, brought: Sequence[tuple[int, object]], origin: Origin
) -> tuple[int, list[RefusedRow]]:
    lines, refused = _readable(campaign, brought)
    rows = [said for _, said in lines.values()]
    if campaign is None:
        stored = bringing.take_in(rows, origin)
    else:
        stored = set(bringing.store(campaign, rows))
        pools.count_in(campaign, sorted(stored), origin)
    refused += [
        RefusedRow(line, code, "This code exists already.") for code, (line, _) in lines.items() if code not in stored
    ]
    return len(stored), sorted(refused, key=lambda row: row.line)


def _readable(
    campaign: Campaign | None, brought: Sequence[tuple[int, object]]
) -> tuple[dict[str, tuple[int, Particulars]], list[RefusedRow]]:
    lines: dict[str, tuple[int, Particulars]] = {}
    refused = []
    for line, value in brought:
        row = value if isinstance(value, dict) else {"code": value}
        code = row.get("code")
        try:
            said = _particulars(campaign, row)
        except Problem as problem:
            refused.append(RefusedRow(line, str(code)[:255], problem.sentence.rstrip(".") + "."))
            continue
        if said.code in lines:
            refused.append(RefusedRow(line, said.code, f"This code stands on line {lines[said.code][0]} already."))
        elif said.code is not None:
            lines[said.code] = (line, said)
    return lines, refused


def _particulars(campaign: Campaign | None, row: dict[str, Any]) -> Particulars:
    said = particulars.parse(row) if campaign is None else bringing.within(campaign, row)
    bringing.refuse_rules(said)
    if said.code is None:
        raise invalid_payload("code must be a text of 1 to 255 characters")
    return said
