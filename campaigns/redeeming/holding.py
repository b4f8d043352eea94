"""Uses of a code that sessions hold until they redeem or their time is over. The one writer of session locks."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from access import statements
from access.identifiers import new_public_id
from access.problems import Problem, not_found
from campaigns.models import SessionLock, Voucher
from campaigns.redeeming.wishes import Session

# One value: by code, how many uses and how much of it other sessions hold at this moment.
HELD = """
SELECT json_object_agg(voucher_id, json_build_array(uses, amount))::text FROM (
    SELECT voucher_id, count(*) AS uses, sum(amount) AS amount FROM campaigns_sessionlock
    WHERE voucher_id = ANY(%(vouchers)s::uuid[]) AND expires_at > clock_timestamp() AND key <> %(key)s
    GROUP BY voucher_id
) AS held
"""


@dataclass(frozen=True)
class Held:
    """What other sessions hold of a code: uses, and credits or points."""

    uses: int = 0
    amount: int = 0


NOTHING = Held()


def by_others(vouchers: Collection[Voucher], key: str | None) -> dict[UUID, Held]:
    """Return what sessions other than this one hold of these codes now: one query, none where there is no code."""
    if not vouchers:
        return {}
    with statements.cursor(planned_once=False) as cursor:
        cursor.execute(HELD, asked(vouchers, key))
        return read(cursor.fetchone()[0])


def asked(vouchers: Collection[Voucher], key: str | None) -> dict[str, Any]:
    """Return the parameters of ``HELD``, for those who ask it together with something else."""
    return {"vouchers": [voucher.pk for voucher in vouchers], "key": key or ""}


def read(told: str | None) -> dict[UUID, Held]:
    """Return what ``HELD`` told."""
    return {UUID(voucher): Held(*of_code) for voucher, of_code in json.loads(told or "{}").items()}


def hold(session: Session, amounts: Sequence[tuple[Voucher, int]], now: datetime) -> str:
    """Hold these codes for a session, in the place of what it held before; the codes' rows must be locked."""
    key = session.key or new_public_id("ssn")
    SessionLock.objects.filter(voucher__in=[voucher for voucher, _ in amounts], expires_at__lte=now).delete()
    SessionLock.objects.bulk_create(
        [SessionLock(voucher=voucher, key=key, amount=a, expires_at=now + session.lasts) for voucher, a in amounts],
        update_conflicts=True,
        unique_fields=["voucher", "key"],
        update_fields=["amount", "expires_at"],
    )
    return key


def let_go(voucher: Voucher, key: str) -> None:
    """Release what a session holds of a code; raise a Problem where it holds nothing."""
    deleted, _ = SessionLock.objects.filter(voucher=voucher, key=key).delete()
    if not deleted:
        raise not_found("session", key)


def release(vouchers: Collection[Voucher], key: str | None) -> None:
    """Let go of what a session held, as it redeemed."""
    if key:
        SessionLock.objects.filter(voucher__in=[voucher.pk for voucher in vouchers], key=key).delete()


def as_json(session: Session, key: str) -> dict[str, Any]:
    return {"key": key, "type": "LOCK", "ttl": session.ttl, "ttl_unit": session.unit}


def refusal(voucher: Voucher, held: Held) -> Problem | None:
    """Say why the code has no use left for this session."""
    if voucher.quantity is None or voucher.redeemed_quantity + held.uses < voucher.quantity:
        return None
    message = "The voucher was redeemed as often as it may be"
    return Problem(400, "quantity_exceeded", message, resource_id=voucher.code, resource_type="voucher")
