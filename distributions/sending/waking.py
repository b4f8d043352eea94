"""Messages that wait for codes look again as soon as their campaign has some.

One statement for all campaigns at hand, by the index of who waits: it costs nothing by the code, and next to nothing
where nobody waits. Those it does not reach have their patience's end and the sweep.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Final

from django.db import connection

# Of each distribution, of those who have not waited for long; the others are due already.
AT_ONCE: Final = 1_000

WAKE = """
WITH live AS (
    SELECT s.id FROM distributions_distribution s JOIN campaigns_campaign c ON c.id = s.campaign_id
    WHERE c.public_id = ANY(%(campaigns)s) AND s.status = 'LIVE'
), patient AS (
    SELECT found.id FROM live, LATERAL (
        SELECT d.id FROM distributions_delivery d
        WHERE d.distribution_id = live.id AND d.state = 'WAITING_CODE' AND d.due_at > %(now)s
        ORDER BY d.due_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED
    ) AS found
), woken AS (
    UPDATE distributions_delivery d SET due_at = %(now)s FROM patient WHERE d.id = patient.id
)
SELECT EXISTS (
    SELECT 1 FROM live JOIN distributions_delivery d ON d.distribution_id = live.id AND d.state = 'WAITING_CODE'
)
"""


def wake(campaigns: Collection[str], now: datetime) -> bool:
    """Let who waits for codes of these campaigns, by their public ids, be due now; tell whether anybody waits."""
    with connection.cursor() as cursor:
        cursor.execute(WAKE, {"campaigns": sorted(campaigns), "now": now, "limit": AT_ONCE})
        return bool(cursor.fetchone()[0])
