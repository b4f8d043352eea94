"""What there is to choose from in the wizard, each choice with the numbers that help choosing."""

from dataclasses import dataclass

from django.conf import settings
from django.utils import timezone

from access import project
from campaigns import incentives, levels
from campaigns.models import Campaign
from events import catalogue
from events.models import EventDefinition
from segments import conditions
from segments.models import Segment
from segments.telling import sizes

LONGEST_LIST = 200


@dataclass(frozen=True)
class ChannelChoice:
    kind: str
    label: str
    icon: str
    about: str
    is_connected: bool = True


@dataclass(frozen=True)
class SegmentChoice:
    public_id: str
    name: str
    type: str
    size: str
    sentence: str
    is_filling: bool


@dataclass(frozen=True)
class CampaignChoice:
    public_id: str
    name: str
    discount: str
    free: int
    total: int
    makes_more: bool
    ends: str

    @property
    def is_low(self) -> bool:
        return not self.makes_more and self.free * 10 < self.total


def channels() -> list[ChannelChoice]:
    mail = "Over your mail server." if settings.PROMO_MAIL_SERVER else (
        "No mail server is connected (EMAIL_URL), so letters arrive in the built-in mailbox."
    )  # fmt: skip
    return [
        ChannelChoice("email", "E-mail", "mail", mail),
        ChannelChoice(
            "webhook", "Webhook", "webhook", "A signed request to an address of yours, with code and customer."
        ),
        ChannelChoice(
            "mailbox", "Built-in mailbox", "inbox", "Shown here in the browser only. Good for trying things out."
        ),
        *[
            ChannelChoice(kind, label, icon, "This installation has no account there.", False)
            for kind, label, icon in UNCONNECTED
        ],
    ]


FREQUENCIES = (
    ("once", "Once per customer", "Ever, whatever happens later."),
    ("every_entry", "Each time it happens", "With a segment: each entry. Who stays inside gets nothing more."),
    ("every_event", "Every event", "With a segment: also each later event that its rule names, while inside."),
)
UNCONNECTED = (
    ("sms", "SMS", "sms"),
    ("mailchimp", "Mailchimp", "campaign"),
    ("intercom", "Intercom", "forum"),
    ("braze", "Braze", "hub"),
    ("activecampaign", "ActiveCampaign", "conversion_path"),
)


def segments() -> list[SegmentChoice]:
    """Return the segments by name, with their sizes counted in one query."""
    rows = list(Segment.objects.order_by("name")[:LONGEST_LIST])
    counted = sizes.sizes([row.pk for row in rows], timezone.now())
    return [
        SegmentChoice(
            row.public_id,
            row.name,
            row.get_type_display(),
            counted[row.pk].in_words,
            in_words(row),
            row.fill in (Segment.Fill.WAITING, Segment.Fill.RUNNING),
        )
        for row in rows
    ]


def in_words(segment: Segment) -> str:
    """Say a segment's rule; a filter that cannot be read any more says so instead of breaking the page."""
    if segment.filter is None:
        return "A fixed list of customers."
    try:
        return conditions.sentence(conditions.parse(segment.filter))
    except conditions.ConditionError as error:
        return f"Its rule cannot be read: {error}"


def event_names() -> list[str]:
    """Return the names worth typing: the shop's own events first, then the built-in ones."""
    own = EventDefinition.objects.order_by("name").values_list("name", flat=True)[:LONGEST_LIST]
    return [*own, *sorted(name for name, event in catalogue.KNOWN.items() if event.has_customer)]


def campaigns() -> list[CampaignChoice]:
    """Return the campaigns by name; their pools are counted in one query, over all of them."""
    rows = list(Campaign.objects.filter(active=True).order_by("name")[:LONGEST_LIST])
    known, currency = levels.of_all(rows), project.current().currency
    return [_campaign_choice(row, known[row.pk], currency) for row in rows]


def _campaign_choice(campaign: Campaign, level: levels.Level, currency: str) -> CampaignChoice:
    ends = campaign.expiration_date
    over = ends is not None and ends < timezone.now()
    return CampaignChoice(
        campaign.public_id,
        campaign.name,
        incentives.in_words(campaign.voucher_kind, campaign.incentive, currency),
        level.free,
        level.total,
        campaign.type == Campaign.Type.AUTO_UPDATE,
        f"{'Ended' if over else 'Ends'} {ends:%d %b %Y}" if ends else "",
    )
