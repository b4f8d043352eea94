"""What a caller says of a customer, checked; and what we tell of her."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from access import limits
from access.problems import invalid_payload
from access.strict_json import moment
from customers.facts import facts_of
from customers.models import Customer

ADDRESS = ("city", "state", "line_1", "line_2", "country", "postal_code")
TEXTS = {"name": 255, "description": limits.TEXT_LENGTH}
SAID_OF_A_CUSTOMER = ("name", "email", "phone", "birthdate", "description")

_email = re.compile(r"[^@\s<>()\[\],;:\\\"]{1,64}@[^@\s<>()\[\],;:\\\"]{1,190}")
_phone = re.compile(r"\+?[0-9][0-9 ()./-]{1,38}")


@dataclass(frozen=True, slots=True)
class Profile:
    """What was said: only what is in it was meant; a None in it erases. What erases goes before what is said."""

    public_id: str | None = None
    source_id: str | None = None
    fields: dict[str, Any] = field(default_factory=dict)
    address: dict[str, str | None] = field(default_factory=dict)
    metadata: dict[str, Any] = field(default_factory=dict)
    erases_address: bool = False
    erases_metadata: bool = False

    def as_a_whole(self) -> "Profile":
        """Return the same, said as all there is to say: what is not in it is erased."""
        fields = dict.fromkeys(SAID_OF_A_CUSTOMER) | self.fields
        return replace(self, fields=fields, erases_address=True, erases_metadata=True)

    @property
    def known_as(self) -> str:
        """Return by which name she is meant: our id, else the shop's."""
        return self.public_id or self.source_id or ""

    @property
    def is_name_alone(self) -> bool:
        """Tell whether nothing is said but who is meant."""
        said = self.fields or self.address or self.metadata or self.erases_address or self.erases_metadata
        return not said

    def about(self, public_id: str) -> "Profile":
        """Return the same said of one particular customer."""
        return replace(self, public_id=public_id, source_id=None)


def parse(data: object, *, nulls_erase: bool = False) -> Profile:
    """Return what an API's customer object says, or raise a Problem.

    A null means "not given", because generated clients send one for every field they were not told; only a partial
    update of one customer lets it erase.
    """
    given = limits.mapping(data, "customer")
    if not nulls_erase and None in given.values():
        given = {name: value for name, value in given.items() if value is not None}
    fields: dict[str, Any] = {}
    for name, value in given.items():
        if (read := _FIELDS.get(name)) is not None:
            if value is not None and value != "":
                fields["birthdate" if name == "birthday" else name] = read(value)
            elif nulls_erase:
                fields["birthdate" if name == "birthday" else name] = None
    address, metadata = given.get("address", {}), given.get("metadata", {})
    return Profile(
        public_id=limits.identifier(given["id"], "customer.id") if given.get("id") else None,
        source_id=limits.identifier(given["source_id"], "customer.source_id") if given.get("source_id") else None,
        fields=fields,
        address=_address(address, nulls_erase) if address else {},
        metadata=_metadata(metadata, nulls_erase) if metadata else {},
        erases_address=address is None,
        erases_metadata=metadata is None,
    )


def full(customer: Customer) -> dict[str, Any]:
    """Return all that the API tells of a customer."""
    return full_of([customer])[0]


def full_of(customers: Sequence[Customer]) -> list[dict[str, Any]]:
    """Return all that the API tells of these customers, in a fixed number of queries."""
    facts = facts_of({customer.pk for customer in customers})
    return [full_with(customer, facts[customer.pk]) for customer in customers]


def full_with(customer: Customer, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return the same, with what apps above know of her read before."""
    return {
        "id": customer.public_id,
        "source_id": customer.source_id,
        "object": "customer",
        "name": customer.name,
        "description": customer.description,
        "email": customer.email,
        "phone": customer.phone,
        "birthdate": customer.birthdate and customer.birthdate.isoformat(),
        "address": _whole_address(customer.address),
        "metadata": customer.metadata,
        "system_metadata": {},
        **facts,
        "assets": {"cockpit_url": None, "cockpit_preference_center_url": None},
        "created_at": moment(customer.created_at),
        "updated_at": customer.updated_at and moment(customer.updated_at),
    }


def reference(customer: Customer) -> dict[str, Any]:
    """Return whom something is about and nothing else, for what is kept beyond her."""
    return {"id": customer.public_id, "object": "customer"}


def simple(customer: Customer) -> dict[str, Any]:
    """Return the short form that is embedded in other objects."""
    return {
        "id": customer.public_id,
        "object": "customer",
        "source_id": customer.source_id,
        "name": customer.name,
        "email": customer.email,
        "metadata": customer.metadata,
    }


def other(customer: Customer, owner: Customer | None) -> dict[str, Any]:
    """Return somebody who has a part in what is kept as another's: her words would be out of reach of her erasure."""
    return simple(customer) if owner is not None and owner.pk == customer.pk else reference(customer)


def _email_address(value: Any) -> str:
    if type(value) is not str or not _email.fullmatch(value) or not value.isprintable():
        raise invalid_payload("customer.email must look like name@example.com")
    return value


def _phone_number(value: Any) -> str:
    if type(value) is not str or not _phone.fullmatch(value):
        raise invalid_payload("customer.phone must be a telephone number such as +31611112222")
    return value


def _birthdate(value: Any) -> str:
    try:
        day = date.fromisoformat(value) if type(value) is str and len(value) == 10 else None
    except ValueError:
        day = None
    if day is None or not 1800 <= day.year <= 2100:
        raise invalid_payload("customer.birthdate must be a date such as 1990-04-12")
    return day.isoformat()


_FIELDS = {
    "name": lambda value: limits.identifier(value, "customer.name"),
    "description": lambda value: limits.text(value, "customer.description"),
    "email": _email_address,
    "phone": _phone_number,
    "birthdate": _birthdate,
    "birthday": _birthdate,
}


def _address(value: Any, nulls_erase: bool) -> dict[str, str | None]:
    given = limits.mapping(value, "customer.address")
    parts = {name: given[name] for name in ADDRESS if name in given and (nulls_erase or given[name] is not None)}
    return {name: part and limits.text(part, f"customer.address.{name}", 255) for name, part in parts.items()}


def _metadata(value: Any, nulls_erase: bool) -> dict[str, Any]:
    given = limits.metadata(value, "customer.metadata")
    return given if nulls_erase else {name: part for name, part in given.items() if part is not None}


def _whole_address(address: dict[str, str] | None) -> dict[str, str | None] | None:
    return None if address is None else {name: address.get(name) for name in ADDRESS}
