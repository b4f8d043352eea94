"""A customer goes: by deletion, which keeps what the shop has to answer for, or by erasure, which keeps nothing of her.

Either way an empty row stays, so that a code she got is never anybody else's. Apps above forget their part, in the
same transaction, by functions that the setting ``CUSTOMER_ERASERS`` names.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.conf import settings
from django.db import OperationalError, connection, transaction
from django.db.models.functions import Now
from django.utils.module_loading import import_string
from psycopg.errors import DeadlockDetected

from access.clock import database_now
from customers import suppressing
from customers.models import Consent, Customer, Erasure, Suppression

# A request that found her just before may still write of her: no statement of it outlives this.
LOOK_AGAIN = timedelta(minutes=1)
TRIES_MOST = 4

Gone = TypeVar("Gone")


@dataclass(frozen=True)
class Departure:
    """Who goes, as she was, and how; ``is_first`` says that she had not gone before."""

    customer: Customer
    is_permanent: bool
    is_first: bool = True
    source: str = "API"
    group_id: str = ""
    key_id: int | None = None


def delete(customer: Customer, **by: Any) -> bool:
    """Delete a customer: her profile, memberships and open messages go; the history and her codes stay.

    Return whether it was this call that did it.
    """
    return _patiently(lambda: _delete(customer, by))


def erase(customer: Customer, **by: Any) -> Erasure | None:
    """Erase all that is known of a customer, also of one who was deleted before; asking again changes nothing."""
    return _patiently(lambda: _erase(customer, by))


def _patiently(go: Callable[[], Gone]) -> Gone:
    """Try again where a message of hers was just being prepared, and the two waited for each other in a ring."""
    for _ in range(TRIES_MOST - 1):
        try:
            with transaction.atomic():
                return go()
        except OperationalError as error:
            if not isinstance(error.__cause__, DeadlockDetected) or connection.in_atomic_block:
                raise
    with transaction.atomic():
        return go()


def _delete(customer: Customer, by: dict[str, Any]) -> bool:
    held = _locked(customer)
    if held is None or held.deleted_at is not None:
        return False
    _forget(Departure(held, is_permanent=False, **by))
    return True


def _erase(customer: Customer, by: dict[str, Any]) -> Erasure | None:
    held = _locked(customer)
    if held is None:
        return None
    known = Erasure.objects.filter(customer=held).first()
    if known is not None:
        return known
    counts = _forget(Departure(held, is_permanent=True, is_first=held.deleted_at is None, **by))
    made = Erasure.objects.create(customer=held, counts=counts, look_again_at=Now() + LOOK_AGAIN)
    made.refresh_from_db()
    return made


def has_due(now: datetime) -> bool:
    return Erasure.objects.filter(look_again_at__lte=now).exists()


def look_again() -> int:
    """Erase what was still written of an erased customer while it happened; return how many were looked at."""
    looked_at = 0
    while _look_at_one():
        looked_at += 1
    return looked_at


@transaction.atomic
def _look_at_one() -> bool:
    due = Erasure.objects.filter(look_again_at__lte=database_now()).order_by("look_again_at")
    erasure = due.select_for_update(skip_locked=True).first()
    if erasure is None:
        return False
    held = _locked(erasure.customer)
    if held is not None:
        _forget(Departure(held, is_permanent=True, is_first=False))
    Erasure.objects.filter(pk=erasure.pk).update(look_again_at=None)
    return True


def _locked(customer: Customer) -> Customer | None:
    """Hold her row against everybody, those included who are about to refer to it."""
    return Customer.everybody.select_for_update().filter(pk=customer.pk).first()


def _forget(departure: Departure) -> dict[str, int]:
    """Let every app forget its part, then empty her row; return how much was forgotten."""
    counts: dict[str, int] = {}
    for path in settings.CUSTOMER_ERASERS:
        for name, count in import_string(path)(departure).items():
            counts[name] = counts.get(name, 0) + count
    _forget_here(departure)
    return counts


def _forget_here(departure: Departure) -> None:
    customer = departure.customer
    if departure.is_permanent:
        _stop_channels(customer)
        Suppression.objects.filter(customer=customer).update(customer=None, source="")
        Consent.objects.filter(customer=customer).delete()
    Customer.everybody.filter(pk=customer.pk).update(
        source_id=None, name=None, email=None, phone=None, birthdate=None, description=None,
        address=None, metadata={}, refuses=[], deleted_at=customer.deleted_at or Now(),
    )  # fmt: skip


def _stop_channels(customer: Customer) -> None:
    """Keep the hashes of her addresses, so that an old list that comes in again does not write to her."""
    for channel, address in (("email", customer.email), ("sms", customer.phone)):
        if address:
            suppressing.suppress(channel, address, Suppression.Reason.ERASED)
