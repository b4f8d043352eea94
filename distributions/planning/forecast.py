"""What SET LIVE will do, in numbers: who gets it at once, how many a day, and how long the codes last."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from campaigns import levels
from campaigns.models import Campaign
from customers.models import Customer
from distributions.enrolment.standing import ENTERED, LEFT
from distributions.models import Distribution, DistributionChannel
from events import volumes
from events.clock import database_now
from segments.models import Entry, Membership

LOOKING_BACK = timedelta(days=7)


@dataclass(frozen=True)
class Forecast:
    """``per_day`` is what the last days were; ``reachable`` is who of the members now has the channels' address."""

    now: int
    current_members: int
    reachable: int
    per_day: float
    free_codes: int | None
    runway_days: int | None


def forecast(distribution: Distribution) -> Forecast:
    """Count as of now. A pool that fills itself has no runway; one without a code has none to count."""
    now = database_now()
    members = _members(distribution)
    per_day = _per_day(distribution, now)
    immediately = members if _includes_members(distribution) else 0
    free = _free_codes(distribution)
    return Forecast(
        now=immediately,
        current_members=members,
        reachable=_reachable(distribution),
        per_day=per_day,
        free_codes=free,
        runway_days=_runway(distribution, max((free or 0) - immediately, 0), per_day) if free is not None else None,
    )


def _includes_members(distribution: Distribution) -> bool:
    is_manual = distribution.type == Distribution.Type.MANUAL
    return is_manual or (distribution.include_current_members and distribution.trigger_event == ENTERED)


def _members(distribution: Distribution) -> int:
    if distribution.segment_id is None:
        return 0
    return Membership.objects.filter(segment_id=distribution.segment_id, is_member=True).count()


def _reachable(distribution: Distribution) -> int:
    """Count the members to whom each channel has a way; only e-mail asks for an address."""
    if distribution.segment_id is None:
        return 0
    members = Customer.objects.filter(memberships__segment_id=distribution.segment_id, memberships__is_member=True)
    kinds = {channel.type for channel in distribution.channels.all()}
    if kinds == {DistributionChannel.Type.EMAIL}:
        members = members.exclude(Q(email=None) | Q(email=""))
    return members.count()


def _per_day(distribution: Distribution, now: datetime) -> float:
    """Return what the trigger brought per day lately, to one decimal place below ten."""
    if distribution.type == Distribution.Type.MANUAL:
        return 0
    since = now - LOOKING_BACK
    if distribution.trigger_event in (ENTERED, LEFT) and distribution.segment_id is not None:
        lately = Q(entered_at__gte=since) if distribution.trigger_event == ENTERED else Q(left_at__gte=since)
        moves = Entry.objects.filter(lately, segment_id=distribution.segment_id)
        return _rounded(moves.count() / LOOKING_BACK.days)
    volume = volumes.recent(now).get(distribution.trigger_event, volumes.Volume())
    return _rounded(volume.count / volumes.WINDOW.days)


def _rounded(rate: float) -> float:
    return round(rate) if rate >= 10 or rate == round(rate) else round(rate, 1)


def _free_codes(distribution: Distribution) -> int | None:
    if not distribution.gives_codes or distribution.campaign is None:
        return None
    return levels.of(distribution.campaign).free


def _runway(distribution: Distribution, left: int, per_day: float) -> int | None:
    campaign = distribution.campaign
    if campaign is None or campaign.type == Campaign.Type.AUTO_UPDATE or not per_day:
        return None
    return int(left / per_day)
