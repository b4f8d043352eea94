"""Which message brought a redemption about: the last one that carried its code to its holder.

What it was worth is counted for each order once, however many codes of a distribution one order used.
"""

from collections.abc import Collection
from uuid import UUID

from access import statements

CREDIT = """
WITH redeemed AS (
    SELECT r.id, r.created_at, r.order_amount, r.discount_amount,
        coalesce(nullif(r.order_public_id, ''), r.id::text) AS order_key, v.id AS voucher_id, v.holder_id
    FROM campaigns_redemption r JOIN campaigns_voucher v ON v.id = r.voucher_id
    WHERE r.id = ANY(%s::uuid[]) AND NOT r.is_rollback AND r.result = 'SUCCESS' AND v.holder_id IS NOT NULL
), credited AS (
    SELECT redeemed.*, message.id AS delivery_id, message.distribution_id,
        row_number() OVER (PARTITION BY message.distribution_id, order_key ORDER BY redeemed.id) AS nth
    FROM redeemed, LATERAL (
        SELECT d.id, d.distribution_id FROM distributions_delivery d
        WHERE d.customer_id = redeemed.holder_id AND d.voucher_id = redeemed.voucher_id AND NOT d.is_test
          AND d.state IN ('SENT', 'UNKNOWN', 'UNCERTAIN')
        ORDER BY d.sent_at DESC NULLS LAST, d.id DESC LIMIT 1
    ) AS message
)
INSERT INTO distributions_attribution (redemption_id, delivery_id, distribution_id, revenue, discount_amount, at)
SELECT id, delivery_id, distribution_id, CASE WHEN nth = 1 THEN order_amount ELSE 0 END, discount_amount,
    created_at
FROM credited ON CONFLICT (redemption_id) DO NOTHING
"""

TAKE_BACK = """
UPDATE distributions_attribution SET taken_back_at = statement_timestamp()
WHERE redemption_id = ANY(%s::uuid[]) AND taken_back_at IS NULL
"""


def credit(redemption_ids: Collection[UUID]) -> None:
    """Credit redemptions to the messages that brought them about; of one that none did, nothing is kept."""
    with statements.cursor(planned_once=False) as cursor:
        cursor.execute(CREDIT, [list(redemption_ids)])


def take_back(redemption_ids: Collection[UUID]) -> None:
    """Count redemptions no more, for they were taken back."""
    with statements.cursor() as cursor:
        cursor.execute(TAKE_BACK, [list(redemption_ids)])
