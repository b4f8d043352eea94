"""To whom a referral code was handed on: added, listed and removed. The one writer of its holders, beside winning."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from access import limits
from access.problems import Problem, invalid_payload, not_found
from access.strict_json import moment
from campaigns import wallet
from campaigns.facts import Origin
from campaigns.models import Voucher
from customers import profiles
from customers.profiles import Profile
from events.tracking import identify
from rewards.models import ReferralHolder

MOST = 100
REFERRER, REFEREE = "REFERRER", "REFEREE"


def read(data: object) -> tuple[list[Profile], dict[str, Any]]:
    given = {name: value for name, value in limits.mapping(data, "The body").items() if value is not None}
    listed = given.get("holders")
    if not isinstance(listed, list) or not 1 <= len(listed) <= MOST:
        raise invalid_payload(f"holders must be a list of 1 to {MOST} customers")
    return [profiles.parse(each) for each in listed], limits.metadata(given.get("metadata", {}), "metadata")


@transaction.atomic
def add(
    code: Voucher, people: Sequence[Profile], metadata: dict[str, Any], *, origin: Origin, key_id: int | None = None
) -> list[ReferralHolder]:
    """Hand a code on to these customers, who may be new; whoever has it already keeps it."""
    found = [identify(each, source=origin.source, group_id=origin.group_id, key_id=key_id).customer for each in people]
    if any(customer.pk == code.holder_id for customer in found):
        details = "The referrer holds the code already."
        raise Problem(400, "invalid_customer", "The customer is not valid", details, resource_id=code.code)
    rows = [ReferralHolder(voucher=code, customer=customer, metadata=metadata) for customer in found]
    ReferralHolder.objects.bulk_create(rows, ignore_conflicts=True)
    return list(ReferralHolder.objects.filter(voucher=code, customer__in=found).select_related("customer"))


def remove(code: Voucher, holder_id: str) -> None:
    """Take a code from whom it was handed on to; the referrer keeps it."""
    found = ReferralHolder.objects.filter(voucher=code, public_id=holder_id) if "\0" not in holder_id else None
    if found is None or not found.delete()[0]:
        raise not_found("redeemable_holder", holder_id)


def listed(code: Voucher) -> list[dict[str, Any]]:
    """Tell who holds a code: the referrer first, then to whom it was handed on."""
    held = ReferralHolder.objects.filter(voucher=code).select_related("customer")
    own = (
        [_told(code, wallet.holding_id(code), code.holder.public_id, REFERRER, code.published_at, {})]
        if code.holder
        else []
    )
    return own + [as_json(code, each) for each in held]


def as_json(code: Voucher, holder: ReferralHolder) -> dict[str, Any]:
    return _told(code, holder.public_id, holder.customer.public_id, REFEREE, holder.created_at, holder.metadata)


def _told(code: Voucher, name: str, customer: str, role: str, since: Any, metadata: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": name,
        "created_at": moment(since or code.created_at),
        "redeemable_id": code.public_id,
        "redeemable_object": "voucher",
        "customer_id": customer,
        "holder_role": role,
        "campaign_id": code.campaign.public_id if code.campaign else None,
        "campaign_type": "REFERRAL_PROGRAM",
        "voucher_type": code.kind,
        "metadata": metadata,
        "object": "redeemable_holder",
    }
