"""What there is to choose from in the wizard, each choice with the numbers that help choosing."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils import timezone

from access import project
from campaigns import incentives, levels
from campaigns.models import Campaign, PromotionTier
from campaigns.promotions.showing import gives_in_words, status_of
from distributions.channels import PROVIDERS, kind_of
from distributions.models import Connection, DistributionChannel
from events import catalogue
from events.models import EventDefinition
from segments import conditions
from segments.models import Segment
from segments.telling import sizes

LONGEST_LIST = 200


@dataclass(frozen=True)
class AccountChoice:
    """A connection as a card offers it, with what is known of its state."""

    public_id: str
    name: str
    state: str


@dataclass(frozen=True)
class ChannelChoice:
    kind: str
    label: str
    about: str
    accounts: list[AccountChoice]
    # What goes out where no account is chosen; "" where nothing can.
    without: str

    @property
    def is_connected(self) -> bool:
        return bool(self.without or self.accounts)


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


@dataclass(frozen=True)
class TierChoice:
    """A tier of a promotion as a card offers it."""

    public_id: str
    name: str
    promotion: str
    discount: str
    banner: str
    ends: str
    status: str


def channels() -> list[ChannelChoice]:
    """Return every channel with the accounts it can go out by."""
    accounts: dict[str, list[AccountChoice]] = defaultdict(list)
    for connection in Connection.objects.order_by("name"):
        accounts[connection.channel].append(
            AccountChoice(connection.public_id, connection.name, _state_of(connection))
        )  # fmt: skip
    kinds = [(kind, kind_of(kind)) for kind in DistributionChannel.Type]
    return [
        ChannelChoice(kind, kind.label, provider.about, accounts[kind], _without(kind))
        for kind, provider in kinds
        if provider is not None
    ]


def _without(kind: str) -> str:
    if kind != "email":
        return _built_in(kind)
    if settings.PROMO_MAIL_SERVER:
        return "This installation's mail server"
    return "The built-in mailbox: no mail server is set (EMAIL_URL)"


def _built_in(kind: str) -> str:
    provider = PROVIDERS.get(kind)
    return provider.label if provider is not None and provider.is_built_in else ""


def _state_of(connection: Connection) -> str:
    """Say in a few words whether an account works, and how fast it may be called."""
    tested = {True: "connected ✓", False: "last test failed", None: "not tested yet"}[connection.test_ok]
    provider = PROVIDERS.get(connection.provider)
    rate = connection.calls_per_second or (provider and provider.capabilities.calls_per_second)
    return f"{tested} · {rate:g}/s" if rate else tested


FREQUENCIES = (
    ("once", "Once per customer", "Ever, whatever happens later."),
    ("every_entry", "Each time it happens", "With a segment: each entry. Who stays inside gets nothing more."),
    ("every_event", "Every event", "With a segment: also each later event that its rule names, while inside."),
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
    """Return the campaigns with codes by name; their pools are counted in one query, over all of them."""
    with_codes = Campaign.objects.filter(active=True).exclude(campaign_type=Campaign.Kind.PROMOTION)
    rows = list(with_codes.order_by("name")[:LONGEST_LIST])
    known, currency = levels.of_all(rows), project.current().currency
    return [_campaign_choice(row, known[row.pk], currency) for row in rows]


def tiers() -> list[TierChoice]:
    """Return the tiers of the promotions that are enabled, promotion by promotion: one query."""
    rows = PromotionTier.objects.filter(active=True, campaign__active=True).select_related("campaign")
    currency = project.current().currency
    return [_tier_choice(row, currency) for row in rows.order_by("campaign__name", "hierarchy", "id")[:LONGEST_LIST]]


def _tier_choice(tier: PromotionTier, currency: str) -> TierChoice:
    return TierChoice(
        tier.public_id,
        tier.name,
        tier.campaign.name,
        gives_in_words(tier, currency),
        tier.banner,
        _end_in_words(tier.ends_at),
        status_of(tier, timezone.now()),
    )


def _end_in_words(ends: datetime | None) -> str:
    if ends is None:
        return ""
    return f"{'Ended' if ends < timezone.now() else 'Ends'} {ends:%d %b %Y}"


def _campaign_choice(campaign: Campaign, level: levels.Level, currency: str) -> CampaignChoice:
    return CampaignChoice(
        campaign.public_id,
        campaign.name,
        incentives.in_words(campaign.voucher_kind, campaign.incentive, currency),
        level.free,
        level.total,
        campaign.type == Campaign.Type.AUTO_UPDATE,
        _end_in_words(campaign.expiration_date),
    )
