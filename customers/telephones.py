"""Telephone numbers in the one spelling that providers take and that all spellings of a number share: E.164.

A number written as at home is read for ``PROMO_PHONE_REGION``. Whether somebody answers there only the provider knows.
"""

from functools import lru_cache

import phonenumbers
from django.conf import settings


def in_e164(phone: str) -> str | None:
    """Return a number as ``+31611112222``; None where it cannot be one, for its signs or for its length."""
    return _parsed(phone.strip(), settings.PROMO_PHONE_REGION)


@lru_cache(maxsize=4096)
def _parsed(phone: str, region: str) -> str | None:
    if phone.startswith("00"):
        # An international call as dialled in most countries.
        phone = f"+{phone[2:]}"
    try:
        number = phonenumbers.parse(phone, region or None)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number) or number.extension:
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
