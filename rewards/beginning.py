"""The points with which a card begins: they lapse as others do, counted from the day on which somebody got the card."""

from zoneinfo import ZoneInfo

from access import project
from access.identifiers import uuid_of
from campaigns import lapsing, moving
from campaigns.incentives import LOYALTY
from events.pipeline import Batch

PUBLISHED = "voucher.published"


def let_first_points_lapse(batch: Batch) -> None:
    """Set the days of the points on cards that were given just now: no query where no such card was."""
    told = [event.properties.get("voucher") or {} for event in batch.events if event.name == PUBLISHED]
    keys = {uuid_of(card["id"]) for card in told if card.get("type") == LOYALTY and _lapse(card["loyalty_card"])}
    if not keys:
        return
    today = batch.now.astimezone(ZoneInfo(project.current().time_zone)).date()
    cards = [card for card in moving.hold(keys) if card.lapses is None and card.left_it < (card.loaded or 0)]
    moving.begin_lapsing([(card, lapsing.day_of(card.incentive["expiration_rules"], today)) for card in cards])


def _lapse(terms: dict[str, object]) -> bool:
    return bool(terms.get("points")) and bool(terms.get("expiration_rules"))
