"""What a caller says of an order, checked; goods are looked up only when it is placed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from access import limits
from access.problems import Problem, invalid_payload
from customers import profiles
from customers.profiles import Profile
from schemas import checking

ITEMS_MOST = 500
QUANTITY_MOST = 1_000_000
AMOUNT_MOST = 10**12
STATUSES = ("CREATED", "PAID", "CANCELED", "FULFILLED")
RELATED = ("product", "sku")


@dataclass(frozen=True)
class GoodsSaid:
    """A product or a variant as a line tells it; ``is_kept`` asks for it to be stored."""

    id: str | None = None
    source_id: str | None = None
    name: str | None = None
    price: int | None = None
    metadata: dict[str, Any] | None = None
    is_kept: bool = False


@dataclass(frozen=True)
class ItemSaid:
    """A line as a caller tells it."""

    quantity: int = 1
    price: int | None = None
    amount: int | None = None
    initial_quantity: int | None = None
    discount_amount: int = 0
    source_id: str | None = None
    related_object: str | None = None
    product_id: str | None = None
    sku_id: str | None = None
    product: GoodsSaid | None = None
    sku: GoodsSaid | None = None
    metadata: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class OrderSaid:
    """An order as a caller tells it: only what is not None was said."""

    id: str | None = None
    source_id: str | None = None
    status: str | None = None
    amount: int | None = None
    initial_amount: int | None = None
    discount_amount: int | None = None
    items: tuple[ItemSaid, ...] | None = None
    metadata: dict[str, Any] | None = None
    customer: Profile | None = None
    referrer: Profile | None = None
    referrer_id: str | None = None
    created_at: datetime | None = None

    @property
    def names(self) -> set[str]:
        """Return by which names it says whose it is, and who referred her."""
        names = [self.referrer_id, *(each.known_as for each in (self.customer, self.referrer) if each)]
        return {name for name in names if name}


def parse(data: object) -> OrderSaid:
    """Read an order, or raise a Problem. A null means not given: generated clients send one for all they lack."""
    given = {name: value for name, value in limits.mapping(data, "order").items() if value is not None}
    return OrderSaid(
        id=_identifier(given, "id"),
        source_id=_identifier(given, "source_id"),
        status=_choice(given, "status", STATUSES, "order"),
        amount=_amount(given, "amount", "order"),
        initial_amount=_amount(given, "initial_amount", "order"),
        discount_amount=_amount(given, "discount_amount", "order"),
        items=_items(given["items"]) if "items" in given else None,
        metadata=_metadata(given, "order"),
        customer=profiles.parse(given["customer"]) if "customer" in given else None,
        referrer=profiles.parse(given["referrer"]) if "referrer" in given else None,
        referrer_id=_identifier(given, "referrer_id"),
        created_at=_created_at(given),
    )


def _items(given: object) -> tuple[ItemSaid, ...]:
    if not isinstance(given, list) or len(given) > ITEMS_MOST:
        raise Problem(400, "invalid_order", "The order is not valid", f"items must be a list of at most {ITEMS_MOST}")
    return tuple(_item(limits.mapping(each, f"items[{place}]"), place) for place, each in enumerate(given))


def _item(said: Mapping[str, Any], place: int) -> ItemSaid:
    given = {name: value for name, value in said.items() if value is not None}
    where = f"items[{place}]"
    return ItemSaid(
        quantity=_number(given, "quantity", where, QUANTITY_MOST, 1),
        price=_amount(given, "price", where),
        amount=_amount(given, "amount", where),
        initial_quantity=_number(given, "initial_quantity", where, QUANTITY_MOST, None),
        discount_amount=_amount(given, "discount_amount", where) or 0,
        source_id=_identifier(given, "source_id"),
        related_object=_choice(given, "related_object", RELATED, where),
        product_id=_identifier(given, "product_id"),
        sku_id=_identifier(given, "sku_id"),
        product=_goods(given.get("product"), f"{where}.product", "name"),
        sku=_goods(given.get("sku"), f"{where}.sku", "sku"),
        metadata=_metadata({"metadata": {}, **given}, "order_item") or {},
    )


def _goods(said: object, where: str, name: str) -> GoodsSaid | None:
    if said is None:
        return None
    given = {key: value for key, value in limits.mapping(said, where).items() if value is not None}
    metadata = limits.metadata(given["metadata"], f"{where}.metadata") if "metadata" in given else None
    return GoodsSaid(
        id=_identifier(given, "id"),
        source_id=_identifier(given, "source_id"),
        name=limits.text(given[name], f"{where}.{name}", 255) if name in given else None,
        price=_amount(given, "price", where),
        metadata=metadata,
        is_kept=given.get("override") is True,
    )


def _identifier(given: Mapping[str, Any], name: str) -> str | None:
    return limits.identifier(given[name], name) if given.get(name) else None


def _amount(given: Mapping[str, Any], name: str, where: str) -> int | None:
    value = _number(given, name, where, AMOUNT_MOST, None)
    return None if value is None else int(value)


def _number(given: Mapping[str, Any], name: str, where: str, most: int, otherwise: Any) -> Any:
    if name not in given:
        return otherwise
    value = given[name]
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= most:
        raise invalid_payload(f"{where}.{name} must be a whole number from 0 to {most:,}")
    return value


def _choice(given: Mapping[str, Any], name: str, allowed: tuple[str, ...], where: str) -> str | None:
    if name not in given:
        return None
    if given[name] not in allowed:
        raise invalid_payload(f"{where}.{name} must be one of {', '.join(allowed)}")
    return str(given[name])


def _metadata(given: Mapping[str, Any], resource: str) -> dict[str, Any] | None:
    if "metadata" not in given:
        return None
    metadata = limits.metadata(given["metadata"], f"{resource}.metadata")
    checking.check(resource, metadata)
    return metadata


def _created_at(given: Mapping[str, Any]) -> datetime | None:
    if "created_at" not in given:
        return None
    try:
        at = datetime.fromisoformat(given["created_at"])
    except (TypeError, ValueError) as error:
        raise invalid_payload("order.created_at must be a time such as 2026-01-02T10:00:00Z") from error
    if at.tzinfo is None or not 2000 <= at.year <= 2100:
        raise invalid_payload("order.created_at must name its zone and lie between 2000 and 2100")
    return at
