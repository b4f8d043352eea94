"""What follows where nobody knows whether a message arrived: by what its provider promises, else by what was wanted."""

from distributions.channels import PROVIDERS
from distributions.channels.providers import Idempotency
from distributions.deliveries import as_json
from distributions.sending import retrying

# What the provider recognises as a repetition may be repeated; its key only while the provider remembers it, and no
# message that a tool itself writes to somebody. Of the rest, those whose provider can be asked are asked first
# (`enquiring`), and then the distribution's word decides, or where it said nothing, the channel's.
RESOLVE = """
WITH unknown AS (
    SELECT d.id, fate.is_safe, fate.is_over OR (NOT fate.is_safe AND fate.holds) AS gives_up
    FROM distributions_delivery d JOIN distributions_distribution s ON s.id = d.distribution_id
    JOIN distributions_message m ON m.delivery_id = d.id
    LEFT JOIN jsonb_to_recordset(%(carriers)s::jsonb)
        AS k (name text, is_natural bool, ttl float, asks bool, holds bool, most int) ON k.name = m.carrier,
    LATERAL (SELECT m.content -> 'message' IS NOT NULL AS is_written) AS said,
    LATERAL (SELECT
        coalesce(k.is_natural, false) AND NOT said.is_written
            OR coalesce((SELECT min(a.started_at) FROM distributions_attempt a
                WHERE a.delivery_id = d.id) + make_interval(secs => k.ttl) > %(now)s, false) AS is_safe,
        s.status NOT IN ('LIVE', 'PAUSED') OR d.attempt_count >= coalesce(k.most, 0) AS is_over,
        CASE s.uncertain WHEN '' THEN coalesce(k.holds, false) OR said.is_written
            ELSE s.uncertain = 'hold' END AS holds
    ) AS fate
    WHERE d.state = 'UNKNOWN' AND NOT d.parked AND d.due_at <= %(now)s AND (s.status <> 'PAUSED' OR d.is_test)
      AND (fate.is_safe OR NOT coalesce(k.asks, false) OR d.reason = 'looked_up')
    LIMIT %(limit)s FOR UPDATE OF d SKIP LOCKED
), moved AS (
    UPDATE distributions_delivery d
    SET state = CASE WHEN gives_up THEN 'UNCERTAIN' ELSE 'READY' END,
        may_repeat = may_repeat OR NOT (gives_up OR is_safe), due_at = %(now)s
    FROM unknown WHERE d.id = unknown.id RETURNING d.id
)
SELECT count(*) FROM moved
"""

# Seconds by which a key is forgotten by us before the provider forgets it.
KEY_MARGIN = 60.0


def carriers() -> str:
    """Return what each carrier's provider can promise, as the statement takes it."""
    told = [
        {
            "name": one.name,
            "is_natural": one.capabilities.idempotency == Idempotency.NATURAL,
            "ttl": one.capabilities.key_ttl.total_seconds() - KEY_MARGIN if one.capabilities.key_ttl else None,
            "asks": one.capabilities.can_look_up,
            "holds": one.uncertain == "hold",
            "most": retrying.MOST_ATTEMPTS.get(one.name, retrying.USUAL_MOST),
        }
        for one in PROVIDERS.values()
    ]
    return as_json(told)
