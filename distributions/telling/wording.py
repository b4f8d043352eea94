"""A distribution in one paragraph that can be read aloud: when, to whom, what, by which way, with what exceptions."""

from campaigns import incentives
from campaigns.promotions.showing import gives_in_words
from distributions.models import Distribution

WAYS = {"email": "by e-mail", "webhook": "to your webhook", "mailbox": "into the built-in mailbox"}
OFTEN = {
    Distribution.Frequency.ONCE: "once per customer, ever",
    Distribution.Frequency.EVERY_ENTRY: "each time",
    Distribution.Frequency.EVERY_EVENT: "for every such event, not only the first",
}


def in_words(distribution: Distribution, *, currency: str) -> str:
    """Return the paragraph; what is not decided yet is named as such."""
    is_manual = distribution.type == Distribution.Type.MANUAL
    story = _once(distribution, currency) if is_manual else _each_time(distribution, currency)
    return " ".join(filter(None, [*story, _shortage(distribution), *_exceptions(distribution)]))


def _once(distribution: Distribution, currency: str) -> list[str]:
    inside = f"“{distribution.segment}”" if distribution.segment else "a segment you have not chosen yet"
    gift, ways = _gift(distribution, currency), _ways(distribution)
    return [f"When you set it live, everybody who is in {inside} then gets {gift} {ways}, once."]


def _each_time(distribution: Distribution, currency: str) -> list[str]:
    gift, ways = _gift(distribution, currency), _ways(distribution)
    first = f"When {_trigger(distribution)}, {_waiting(distribution)}{gift} {ways}, {_often(distribution)}."
    return [first, _members(distribution)]


def trigger_in_words(distribution: Distribution) -> str:
    """Return what it waits for, as a short phrase."""
    return _trigger(distribution)


def _trigger(distribution: Distribution) -> str:
    segment = f"“{distribution.segment}”" if distribution.segment else "a segment you have not chosen yet"
    if distribution.type == Distribution.Type.MANUAL:
        return "it is set live, once"
    if distribution.trigger_event in ("", "customer.segment.entered"):
        return f"a customer enters {segment}"
    if distribution.trigger_event == "customer.segment.left":
        return f"a customer leaves {segment}"
    inside = f" while the customer is in {segment}" if distribution.segment else ""
    return f"“{distribution.trigger_event}” happens{inside}"


def _waiting(distribution: Distribution) -> str:
    if not distribution.delay_minutes:
        return "send "
    again = ", look again whether the customer still belongs," if distribution.recheck else ""
    return f"wait {duration(distribution.delay_minutes)}{again} and send "


def _gift(distribution: Distribution, currency: str) -> str:
    if distribution.action == Distribution.Action.MESSAGE:
        return "a message without a code"
    if distribution.action == Distribution.Action.PROMOTION:
        return _promotion(distribution, currency)
    if distribution.campaign is None:
        return "a unique code of a campaign you have not chosen yet"
    campaign = distribution.campaign
    worth = incentives.in_words(campaign.voucher_kind, campaign.incentive, currency)
    return f"a unique code of “{distribution.campaign}” ({worth})"


def _promotion(distribution: Distribution, currency: str) -> str:
    tier = distribution.promotion_tier
    if tier is None:
        return "word of a promotion you have not chosen yet"
    return f"word of “{tier}” ({gives_in_words(tier, currency)}) of the promotion “{tier.campaign}”"


def _ways(distribution: Distribution) -> str:
    ways = [WAYS.get(channel.type, f"by {channel.type}") for channel in distribution.channels.all()]
    return listed(ways) or "by a channel you have not chosen yet"


def _often(distribution: Distribution) -> str:
    often = OFTEN[Distribution.Frequency(distribution.frequency)]
    if distribution.cooldown_days:
        return f"{often}, but at most once in {amount(distribution.cooldown_days, 'day')}"
    return often


def _members(distribution: Distribution) -> str:
    if distribution.trigger_event != "customer.segment.entered":
        return ""
    if distribution.include_current_members:
        return "Customers who are in the segment already get it at once."
    return "Customers who are in the segment already get nothing until they enter it anew."


def _shortage(distribution: Distribution) -> str:
    if not distribution.gives_codes:
        return ""
    if distribution.when_pool_empty == Distribution.PoolEmpty.SKIP:
        return "When no code is left, nothing is sent."
    return "When no code is left, messages wait for new codes."


def _exceptions(distribution: Distribution) -> list[str]:
    quiet, held_out = distribution.quiet_hours, distribution.holdout_percent
    return [
        f"Nobody gets it once “{distribution.stop_if_event}” has happened." if distribution.stop_if_event else "",
        f"Between {quiet['from']} and {quiet['to']} messages wait for the morning." if quiet else "",
        f"{held_out}% of the customers are held out for comparison." if held_out else "",
    ]


def duration(minutes: int) -> str:
    """Return a span in the largest unit that fits: 45 minutes, 2 hours, 3 days."""
    for unit, length in (("day", 1440), ("hour", 60)):
        if minutes and minutes % length == 0:
            return amount(minutes // length, unit)
    return amount(minutes, "minute")


def amount(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def listed(parts: list[str]) -> str:
    """Join as people do: a, b and c."""
    return " and ".join(filter(None, [", ".join(parts[:-1]), *parts[-1:]]))
