"""The statements by which codes get holders: set by set, so that no two customers ever share one.

A claim skips codes that others are claiming. Finding none may therefore be temporary: the answer is "not now",
never "exhausted".
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from access import statements, turns
from access.identifiers import new_public_id
from access.instances import loaded
from access.strict_json import moment
from campaigns import facts
from campaigns.facts import Origin
from campaigns.models import Campaign, Publication, Voucher
from campaigns.representation import publication_reference
from events.models import Event
from events.tracking import Fact, track_many

# Takes the next free codes in the pool's order, gives one to each row, and writes both sides of it. Rows whose source
# another transaction publishes at this moment wait for it and then drop out with their code untouched. Rows are
# written in the order of their sources, so that two such transactions cannot wait for one another.
CLAIM = """
WITH wanted AS (
    SELECT w.*, row_number() OVER (ORDER BY w.source_id, w.n) AS turn
    FROM jsonb_to_recordset(%(rows)s::jsonb)
         AS w(n int, customer_id bigint, source_id text, public_id text, metadata jsonb)
), free AS (
    SELECT v.id FROM campaigns_voucher v JOIN campaigns_campaign c ON c.id = v.campaign_id
    WHERE v.campaign_id = %(campaign)s AND v.holder_id IS NULL AND v.active AND v.redeemed_quantity = 0
      AND (v.expires_at IS NULL OR v.expires_at > statement_timestamp())
      AND (c.expiration_date IS NULL OR c.expiration_date > statement_timestamp())
      AND (%(code)s::text IS NULL OR v.code = %(code)s)
    ORDER BY v.id LIMIT (SELECT count(*) FROM wanted) FOR UPDATE OF v SKIP LOCKED
), turns AS (
    SELECT id, row_number() OVER (ORDER BY id) AS turn FROM free
), given AS (
    INSERT INTO campaigns_publication (public_id, voucher_id, campaign_id, customer_id, source_id, channel, metadata)
    SELECT w.public_id, t.id, %(campaign)s, w.customer_id, w.source_id, %(channel)s, w.metadata
    FROM wanted w JOIN turns t USING (turn) ORDER BY turn
    ON CONFLICT (source_id) DO NOTHING
    RETURNING id, public_id, voucher_id, customer_id, created_at
), held AS (
    UPDATE campaigns_voucher v SET holder_id = given.customer_id, published_at = statement_timestamp(),
           expires_at = coalesce(statement_timestamp() + %(lasts)s::interval, v.expires_at)
    FROM given WHERE v.id = given.voucher_id
    RETURNING given.public_id, given.id, given.created_at AS given_at,
              v.id AS voucher_id, v.code, v.published_at, v.expires_at, v.own_terms, v.balance, v.created_at
)
SELECT w.n, held.id, public_id, given_at, voucher_id, code, published_at, expires_at, own_terms, balance, created_at
FROM held JOIN wanted w USING (public_id) ORDER BY w.n
"""

# Gives a further publication to the code that its customer holds already.
JOIN = """
INSERT INTO campaigns_publication (public_id, voucher_id, campaign_id, customer_id, source_id, channel, metadata)
SELECT w.public_id, w.voucher_id, %(campaign)s, w.customer_id, w.source_id, %(channel)s, w.metadata
FROM jsonb_to_recordset(%(rows)s::jsonb)
     AS w(voucher_id uuid, customer_id bigint, source_id text, public_id text, metadata jsonb)
ORDER BY w.source_id ON CONFLICT (source_id) DO NOTHING
"""

# In the order of the model's own fields.
VOUCHER_FIELDS = (
    "id", "code", "campaign_id", "active", "holder_id", "published_at", "balance", "own_terms", "expires_at",
    "created_at",
)  # fmt: skip
PUBLICATION_FIELDS = (
    "id", "public_id", "voucher_id", "campaign_id", "customer_id", "source_id", "part_of_id", "channel", "metadata",
    "created_at",
)  # fmt: skip


@dataclass(frozen=True)
class Row:
    """A wish on its way through the statements; a wish of the API may have no source."""

    n: int
    customer_id: int
    source_id: str | None
    metadata: Mapping[str, Any]
    caused_by: Event | None = None
    group_id: str = ""
    source: str = Event.Source.INTERNAL
    public_id: str = field(default_factory=lambda: new_public_id("pub"))

    @property
    def origin(self) -> Origin:
        return Origin(self.source, self.group_id, self.caused_by)

    def as_json(self, **more: Any) -> dict[str, Any]:
        told = {"n": self.n, "customer_id": self.customer_id, "source_id": self.source_id}
        return {**told, "public_id": self.public_id, "metadata": self.metadata, **more}


def claim(campaign: Campaign, rows: Sequence[Row], channel: str, *, code: str | None = None) -> dict[int, Publication]:
    """Give a free code, or this one, to each row as far as there are any, and tell it."""
    if not rows:
        return {}
    values: dict[str, Any] = {
        "rows": _dump([row.as_json() for row in rows]), "campaign": campaign.pk, "channel": channel,
        "code": code, "lasts": campaign.lasts_after_publishing,
    }  # fmt: skip
    with statements.cursor() as cursor:
        cursor.execute(CLAIM, values)
        records = cursor.fetchall()
    by_number = {row.n: row for row in rows}
    claimed = {record[0]: _publication(campaign, by_number[record[0]], channel, record) for record in records}
    tell([(by_number[n], publication) for n, publication in claimed.items()])
    # Missing are those without a code, and those whose source was published by somebody else in this moment.
    return claimed | (known([row for row in rows if row.n not in claimed]) if len(claimed) < len(rows) else {})


def _publication(campaign: Campaign, row: Row, channel: str, record: Sequence[Any]) -> Publication:
    """Build the objects of one record as a query would load them."""
    _, key, public_id, given_at, voucher_id, code, published_at, expires_at, own_terms, balance, created_at = record
    values = (
        voucher_id,
        code,
        campaign.pk,
        True,
        row.customer_id,
        published_at,
        balance,
        own_terms,
        expires_at,
        created_at,
    )
    voucher = loaded(Voucher, VOUCHER_FIELDS, values)
    told = (
        key,
        public_id,
        voucher_id,
        campaign.pk,
        row.customer_id,
        row.source_id,
        None,
        channel,
        row.metadata,
        given_at,
    )
    publication = loaded(Publication, PUBLICATION_FIELDS, told)
    voucher.campaign = publication.campaign = campaign
    publication.voucher = voucher
    return publication


def _dump(rows: list[dict[str, Any]]) -> str:
    return orjson.dumps(rows).decode()


def tell(published: Sequence[tuple[Row, Publication]]) -> None:
    """Record that codes got holders; the publications' vouchers must be loaded."""
    told = [
        Fact(
            "voucher.published",
            customer_id=publication.customer_id,
            entity_id=publication.voucher.public_id,
            properties={
                **facts.named(publication.voucher),
                "publication": publication_reference(publication),
                "created_at": moment(publication.created_at),
            },
            caused_by=row.caused_by,
            source=row.source,
            group_id=row.group_id,
        )
        for row, publication in published
    ]
    if told:
        track_many(told)


def known(rows: Sequence[Row]) -> dict[int, Publication]:
    """Return what these sources were given before."""
    sources = {row.source_id: row.n for row in rows if row.source_id is not None}
    found = Publication.objects.filter(source_id__in=list(sources))
    # Nearly always there is none, and then the names are not worth planning five joins.
    if not sources or not found.exists():
        return {}
    found = found.with_names()
    return {sources[publication.source_id or ""]: publication for publication in found}


def join(campaign: Campaign, rows: Sequence[Row], channel: str, *, usable_within: str) -> dict[int, Publication]:
    """Publish once more the newest code that each customer holds; who holds none stays open.

    Where ``usable_within`` is given, only codes count that can still be used and that a source beginning so gave.
    """
    vouchers = Voucher.objects.held_by(campaign, {row.customer_id for row in rows})
    if usable_within:
        vouchers = vouchers.usable().filter(publications__source_id__startswith=usable_within)
    held = {voucher.holder_id: voucher for voucher in vouchers if voucher.holder_id is not None}
    if not held:
        return {}
    joining = [row for row in rows if row.customer_id in held]
    named = [row.as_json(voucher_id=str(held[row.customer_id].pk)) for row in joining if row.source_id is not None]
    if named:
        with statements.cursor() as cursor:
            cursor.execute(JOIN, {"rows": _dump(named), "campaign": campaign.pk, "channel": channel})
    return known(joining) | _first_publications(held, [row for row in joining if row.source_id is None])


def _first_publications(held: Mapping[int, Voucher], rows: Sequence[Row]) -> dict[int, Publication]:
    """Answer wishes without a source with the publication by which the customer got her code."""
    if not rows:
        return {}
    vouchers = [held[row.customer_id].pk for row in rows]
    found = Publication.objects.filter(voucher__in=vouchers).with_names().order_by("-id")
    first = {publication.customer_id: publication for publication in found}
    return {row.n: first[row.customer_id] for row in rows}


def take_turns(campaign: Campaign | None, names: Iterable[str]) -> None:
    """Wait until nobody else publishes under these names of the campaign; held until the transaction ends."""
    turns.take(f"publishing:{campaign.pk if campaign else ''}", names)
