"""Distributions as their messages need them, kept in the process with campaign, tier, segment and channels.

One cheap query asks which versions of the rows stand now, as this transaction sees them; only what differs is read
again. A row's place and the transaction that wrote it change with every update, so nobody has to remember to say what
changed. What is kept is shared: nobody may change it.
"""

from collections.abc import Iterable

from access import statements
from distributions.models import Distribution

KEPT_MOST = 1_000

VERSIONS = """
SELECT d.id, concat_ws(':', d.xmin, d.ctid, s.xmin, s.ctid, c.xmin, c.ctid, t.xmin, t.ctid, (
    SELECT string_agg(concat_ws(':', w.id, w.xmin, w.ctid, n.xmin, n.ctid), ' ' ORDER BY w.id)
    FROM distributions_distributionchannel w LEFT JOIN distributions_connection n ON n.id = w.connection_id
    WHERE w.distribution_id = d.id))
FROM distributions_distribution d
LEFT JOIN segments_segment s ON s.id = d.segment_id LEFT JOIN campaigns_campaign c ON c.id = d.campaign_id
LEFT JOIN campaigns_promotiontier t ON t.id = d.promotion_tier_id
WHERE d.id = ANY((SELECT %s)::bigint[])
"""

_kept: dict[int, tuple[str, Distribution]] = {}


def distributions(keys: Iterable[int]) -> dict[int, Distribution]:
    """Return these distributions as they stand."""
    versions = _versions(set(keys))
    found = {key: kept[1] for key in versions if (kept := _kept.get(key)) and kept[0] == versions[key]}
    missing = versions.keys() - found.keys()
    if missing:
        found |= _read(missing, versions)
    return found


def _versions(keys: set[int]) -> dict[int, str]:
    with statements.cursor() as cursor:
        cursor.execute(VERSIONS, [list(keys)])
        return dict(cursor.fetchall())


def _read(keys: Iterable[int], versions: dict[int, str]) -> dict[int, Distribution]:
    """Read distributions; what changed since its version was read is kept under the older one, and so read again."""
    wanted = Distribution.objects.filter(id__in=keys).select_related(*Distribution.NAMED)
    read = {found.pk: found for found in wanted.prefetch_related("channels__connection")}
    if len(_kept) + len(read) > KEPT_MOST:
        _kept.clear()
    for key, found in read.items():
        _kept[key] = (versions[key], found)
    return read
