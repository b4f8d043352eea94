"""Products and variants: made, changed, deleted, each real change told once. The only writer of their tables."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from django.db import IntegrityError, transaction
from django.db.models.functions import Now

from access import limits
from access.problems import Problem, invalid_payload, not_found
from events.tracking import Fact, track, track_many
from orders.models import Product, Sku
from orders.representation import product_json, sku_json
from orders.saying import AMOUNT_MOST
from schemas import checking

ATTRIBUTES_MOST = 50


@dataclass(frozen=True)
class By:
    """Who asked, by which request, as events tell it."""

    source: str = "API"
    group_id: str = ""


@dataclass(frozen=True)
class GoodsChange:
    """What was said of a product or a variant: only what is in ``fields`` was meant."""

    id: str | None = None
    source_id: str | None = None
    fields: dict[str, Any] = field(default_factory=dict)
    # Said as all there is to say: metadata is put in the place of what was known, not laid over it.
    is_whole: bool = False


def parse_product(data: object, *, is_whole: bool = False) -> GoodsChange:
    given = limits.mapping(data, "product")
    readers = {"name": _text("name"), "attributes": _attribute_names, **_shared()}
    return _read(given, readers, is_whole=is_whole)


def parse_sku(data: object, *, is_whole: bool = False) -> GoodsChange:
    given = limits.mapping(data, "sku")
    readers = {"sku": _text("sku"), "currency": _currency, "attributes": _attribute_values, **_shared()}
    return _read(given, readers, is_whole=is_whole)


@transaction.atomic
def save_product(said: GoodsChange, by: By, known: Product | None = None) -> Product:
    """Make a product, or change the one that is meant; tell it where something changed."""
    product, is_new = _obtained(Product, said, known)
    return cast(Product, _settled(product, said, by, is_new=is_new))


@transaction.atomic
def save_sku(product: Product, said: GoodsChange, by: By, known: Sku | None = None) -> Sku:
    """Make a variant of a product, or change the one that is meant; tell it where something changed."""
    sku, is_new = _obtained(Sku, said, known, product=product)
    if sku.product_id != product.pk:
        raise Problem(400, "invalid_sku", "The variant belongs to another product", resource_id=sku.public_id)
    return cast(Sku, _settled(sku, said, by, is_new=is_new))


@transaction.atomic
def delete_product(product: Product, by: By) -> None:
    """Delete a product with its variants; orders keep what they told of it. Who comes second finds nothing to do."""
    held = Product.objects.select_for_update().filter(pk=product.pk).first()
    if held is None:
        return
    skus = list(Sku.objects.filter(product=held).select_related("product"))
    track_many([*(_fact(sku, "deleted", by) for sku in skus), _fact(held, "deleted", by)])
    Product.objects.filter(pk=held.pk).delete()


@transaction.atomic
def delete_sku(sku: Sku, by: By) -> None:
    """Delete a variant. Who comes second finds nothing to do."""
    held = Sku.objects.select_for_update(of=("self",)).select_related("product").filter(pk=sku.pk).first()
    if held is None:
        return
    track(_fact(held, "deleted", by))
    Sku.objects.filter(pk=held.pk).delete()


def owner_of(said: GoodsChange) -> Product | None:
    """Return the product of a variant that is known already."""
    named = said.id or said.source_id
    sku = Sku.objects.named(named).select_related("product").first() if named else None
    return sku.product if sku else None


def _obtained(model: Any, said: GoodsChange, known: Any, **owner: Any) -> tuple[Any, bool]:
    """Return what is meant, locked, and whether it was made just now."""
    names = {"pk": known.pk} if known else {"public_id": said.id} if said.id else {"source_id": said.source_id}
    held = model.objects.select_for_update().filter(**names)
    found = held.first() if said.source_id or "source_id" not in names else None
    if found is not None:
        return found, False
    if "source_id" not in names:
        raise not_found(model._meta.model_name, known.public_id if known else said.id or "")
    checking.check(model._meta.model_name, said.fields.get("metadata") or {})
    try:
        with transaction.atomic():
            return model.objects.create(source_id=said.source_id, **owner, **said.fields), True
    except IntegrityError:
        # Somebody made it in this moment: what was said changes it.
        return held.get(), False


def _settled(thing: Any, said: GoodsChange, by: By, *, is_new: bool) -> Any:
    """Change what was there already, and tell what is as it stands now."""
    is_told = is_new or _changed(thing, said)
    loaded = type(thing).objects.with_owner().get(pk=thing.pk)
    if is_told:
        track(_fact(loaded, "created" if is_new else "updated", by))
    return loaded


def _fact(thing: Product | Sku, verb: str, by: By) -> Fact:
    kind = "sku" if isinstance(thing, Sku) else "product"
    told = {"sku": sku_json(thing)} if isinstance(thing, Sku) else {}
    product = thing.product if isinstance(thing, Sku) else thing
    said = {**told, "product": product_json(product)}
    return Fact(f"{kind}.{verb}", None, said, thing.public_id, source=by.source, group_id=by.group_id)


def _changed(thing: Any, said: GoodsChange) -> bool:
    """Write what differs and return whether anything did; metadata is merged key by key."""
    fields = dict(said.fields)
    if "metadata" in fields and not said.is_whole:
        fields["metadata"] = {**thing.metadata, **fields["metadata"]}
    if said.fields.get("metadata") is not None:
        checking.check(thing._meta.model_name, said.fields["metadata"], fields["metadata"])
    new = {name: value for name, value in fields.items() if getattr(thing, name) != value}
    if new:
        type(thing).objects.filter(pk=thing.pk).update(**new, updated_at=Now())
    return bool(new)


def _read(given: Mapping[str, Any], readers: Mapping[str, Any], *, is_whole: bool) -> GoodsChange:
    """Read what is given; a null means not given, or nothing where all there is to say is said."""
    fields = {name: read(given[name]) for name, read in readers.items() if given.get(name) is not None}
    if is_whole:
        fields |= {name: None for name in readers if name in given and given[name] is None}
    named = {name: limits.identifier(given[name], name) for name in ("id", "source_id") if given.get(name)}
    return GoodsChange(named.get("id"), named.get("source_id"), fields, is_whole)


def _shared() -> dict[str, Any]:
    return {"price": _price, "image_url": _address, "metadata": _metadata}


def _text(name: str) -> Any:
    return lambda value: limits.text(value, name, 255)


def _price(value: Any) -> int:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= AMOUNT_MOST:
        raise invalid_payload("price must be a whole number of the currency's smallest unit")
    return value


def _address(value: Any) -> str:
    address = limits.text(value, "image_url", 2000)
    if not address.startswith(("https://", "http://")):
        raise invalid_payload("image_url must be an address that begins with https://")
    return address


def _currency(value: Any) -> str:
    currency = limits.text(value, "currency", 3)
    if len(currency) != 3 or not (currency.isascii() and currency.isalpha()):
        raise invalid_payload("currency must be a code of three letters, such as EUR")
    return currency.upper()


def _attribute_names(value: Any) -> list[str]:
    if not isinstance(value, list) or len(value) > ATTRIBUTES_MOST:
        raise invalid_payload(f"attributes must be a list of at most {ATTRIBUTES_MOST} names")
    return [limits.text(name, "attributes", 255) for name in value]


def _attribute_values(value: Any) -> dict[str, Any]:
    return limits.metadata(value, "attributes")


def _metadata(value: Any) -> dict[str, Any]:
    return limits.metadata(value, "metadata")
