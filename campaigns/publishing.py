"""Who gets which code, and when it is the same one again."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from django.db import transaction

from access.problems import Problem, not_found
from campaigns import pools
from campaigns.claiming import Row, claim, join, known, take_turns
from campaigns.facts import INSIDE, Origin
from campaigns.handing import hand
from campaigns.models import Campaign, Publication, Voucher
from customers.models import Customer
from customers.profiles import Profile
from events import tracking
from events.clock import database_now
from events.models import Event
from schemas import checking

# What an auto-updating pool makes at least when it ran dry.
REFILL = 200
MOST_AT_ONCE = 50


class Joining(Enum):
    """Whether a customer who holds a code of the campaign gets that one again."""

    NEVER = "never"
    WHILE_USABLE = "while usable"
    ALWAYS = "always"


@dataclass(frozen=True)
class Wanted:
    """One code for one customer. The source names the wish: asking again with it gives the same publication."""

    customer_id: int
    source_id: str
    metadata: Mapping[str, Any] = field(default_factory=dict)
    caused_by: Event | None = None


def publish_many(
    campaign: Campaign,
    wanted: Sequence[Wanted],
    *,
    channel: str,
    same_within: str = "",
    caused_by: Event | None = None,
) -> dict[str, Publication | None]:
    """Give each customer a code, by a fixed number of statements; None says that no code is free now.

    Idempotent per source. A ``join_once`` campaign gives a customer the code she has. With ``same_within`` she gets the
    code that a source beginning so gave her before, as long as it can still be used. Emits ``voucher.published`` for
    each code that gets a holder.
    """
    rows = [Row(n, w.customer_id, w.source_id, w.metadata, w.caused_by or caused_by) for n, w in enumerate(wanted)]
    again = Joining.WHILE_USABLE if same_within else Joining.NEVER
    with transaction.atomic(savepoint=False):
        published = _publish(campaign, rows, channel, Joining.ALWAYS if campaign.join_once else again, same_within)
    return {w.source_id: published.get(n) for n, w in enumerate(wanted)}


def publish(
    campaign: Campaign | None,
    customer: Customer,
    *,
    code: str | None = None,
    count: int = 1,
    source_id: str | None = None,
    channel: str = "API",
    metadata: Mapping[str, Any] | None = None,
    join_once: bool = False,
    origin: Origin = INSIDE,
) -> Publication:
    """Give a customer one code, this code, or several; raise Problem where that cannot be.

    Without a campaign, ``code`` names one that stands for itself.
    """
    if metadata:
        checking.check("publication", metadata)
    joining = Joining.ALWAYS if join_once or (campaign and campaign.join_once) else Joining.NEVER
    with transaction.atomic():
        earlier = _earlier(source_id, campaign, customer)
        if earlier is not None:
            return earlier
        said: dict[str, Any] = {"group_id": origin.group_id, "source": origin.source, "caused_by": origin.caused_by}
        first = Row(0, customer.pk, source_id, metadata or {}, **said)
        if campaign is None:
            return _publish_alone(first, code or "", channel, joining)
        if code is not None:
            published = _publish_this(campaign, first, code, channel, joining)
        else:
            further = [Row(n, customer.pk, None, metadata or {}, **said) for n in range(1, count)]
            published = _publish(campaign, [first, *further], channel, joining)
        return _as_asked(campaign, published, 1 if joining is Joining.ALWAYS else count)


@transaction.atomic
def publish_to(
    profile: Profile,
    campaign: Campaign | None,
    *,
    origin: Origin,
    key_id: int | None = None,
    keeps_contacts: bool = False,
    **how: Any,
) -> Publication:
    """Make or change the customer who is meant, and give her a code; neither where a Problem is raised."""
    identified = tracking.identify(
        profile, source=origin.source, group_id=origin.group_id, key_id=key_id, keeps_contacts=keeps_contacts
    )
    return publish(campaign, identified.customer, origin=origin, **how)


def _earlier(source_id: str | None, campaign: Campaign | None, customer: Customer) -> Publication | None:
    """Return what this source was given before; raise Problem where it was another wish."""
    if source_id is None:
        return None
    # Two calls with one source at the same time: the second waits here, and then finds the first one's publication.
    take_turns(campaign, [f"source:{source_id}"])
    earlier = Publication.objects.filter(source_id=source_id).with_names().first()
    asked = (customer.pk, campaign.pk if campaign else None)
    if earlier and (earlier.customer_id, earlier.campaign_id) != asked:
        details = f"The source {source_id} was published to another customer, or from another campaign."
        raise Problem(400, "duplicate_source_id", "Duplicate source id", details, resource_id=source_id)
    return earlier


def _publish(
    campaign: Campaign, rows: Sequence[Row], channel: str, joining: Joining, same_within: str = ""
) -> dict[int, Publication]:
    if joining is Joining.NEVER:
        # Nearly all sources are new; the claim itself finds those that are not.
        return _claim_or_refill(campaign, rows, channel)
    published = known(rows)
    open_rows = [row for row in rows if row.n not in published]
    if not open_rows:
        return published
    within = same_within if joining is Joining.WHILE_USABLE else ""
    take_turns(campaign, (f"customer:{row.customer_id}" for row in open_rows))
    published |= join(campaign, open_rows, channel, usable_within=within)
    published |= _claim_or_refill(campaign, _one_each(row for row in open_rows if row.n not in published), channel)
    left = [row for row in open_rows if row.n not in published]
    return published | (join(campaign, left, channel, usable_within=within) if left else {})


def give_new(campaign: Campaign, row: Row, channel: str) -> Publication | None:
    """Give a customer a code that she did not have before, whatever she holds; None where none is free now."""
    return _claim_or_refill(campaign, [row], channel).get(row.n)


def _one_each(rows: Iterable[Row]) -> list[Row]:
    """Keep the first row of each customer: her further ones join its code."""
    first: dict[int, Row] = {}
    for row in rows:
        first.setdefault(row.customer_id, row)
    return list(first.values())


def _claim_or_refill(campaign: Campaign, rows: Sequence[Row], channel: str) -> dict[int, Publication]:
    """Claim codes; where an auto-updating pool ran dry, make more and claim again."""
    claimed = claim(campaign, rows, channel)
    left = [row for row in rows if row.n not in claimed]
    if left and campaign.type == Campaign.Type.AUTO_UPDATE and _refill(campaign, left):
        claimed |= claim(campaign, left, channel)
    return claimed


def _refill(campaign: Campaign, left: Sequence[Row]) -> bool:
    """Make codes for these and some more, told as done by the first: whoever finds a pool dry fills it for all."""
    return bool(pools.make_now(campaign, max(len(left), REFILL), origin=left[0].origin))


def _publish_this(campaign: Campaign, row: Row, code: str, channel: str, joining: Joining) -> dict[int, Publication]:
    """Give this very code; to who holds it already, again, where that is what joining means."""
    claimed = claim(campaign, [row], channel, code=code)
    if claimed:
        return claimed
    voucher = Voucher.objects.filter(campaign=campaign, code=code).first()
    if voucher is None:
        raise not_found("voucher", code)
    if voucher.holder_id == row.customer_id and joining is Joining.ALWAYS:
        return join(campaign, [row], channel, usable_within="")
    raise _unsuitable(voucher)


def _publish_alone(row: Row, code: str, channel: str, joining: Joining) -> Publication:
    """Give a code that stands for itself; to who holds it already, again, where that is what joining means."""
    voucher = Voucher.objects.filter(campaign__isnull=True, code=code).first()
    if voucher is None:
        raise not_found("voucher", code)
    published = hand(voucher, row, channel)
    if published is None:
        voucher.refresh_from_db()
        if voucher.holder_id != row.customer_id or joining is not Joining.ALWAYS:
            raise _unsuitable(voucher)
        published = Publication.objects.filter(voucher=voucher, customer=row.customer_id).earliest("id")
    return Publication.objects.with_names().get(pk=published.pk)


def _unsuitable(voucher: Voucher) -> Problem:
    if voucher.holder_id is not None:
        key, message = "voucher_already_published", "Voucher has already been published"
    elif not voucher.active:
        key, message = "voucher_disabled", "Voucher is disabled"
    elif voucher.has_ended(database_now()):
        key, message = "voucher_expired", "Voucher has expired"
    else:
        key, message = "voucher_cannot_be_published", "Voucher is being published to somebody else"
    return Problem(400, key, message, resource_id=voucher.code, resource_type="voucher")


def _as_asked(campaign: Campaign, published: Mapping[int, Publication], count: int) -> Publication:
    """Return the publication with all its codes; raise Problem, which gives them back, where some are missing."""
    keys = list(dict.fromkeys(published[n].pk for n in sorted(published)))
    if len(keys) < count:
        details = f"The campaign {campaign.name} has no code that can be given now."
        raise Problem(400, "no_voucher_suitable_for_publication", "No voucher suitable for publication", details)
    if len(keys) > 1:
        Publication.objects.filter(pk__in=keys[1:]).update(part_of=keys[0])
    return Publication.objects.with_names().get(pk=keys[0])
