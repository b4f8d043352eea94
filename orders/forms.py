"""Goods and collections as a person at a desk writes them down; they become what the API would be told."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms

from access import money, project
from orders.models import Product, ProductCollection, Sku
from orders.saying import AMOUNT_MOST

PICTURE = "The address of a picture, beginning with https://."


class GoodsForm(forms.Form):
    """What products and variants have in common."""

    source_id = forms.CharField(
        max_length=255, required=False, label="Source id", help_text="The id that your shop knows it by."
    )
    price = forms.DecimalField(min_value=0, decimal_places=2, max_digits=13, required=False)
    image_url = forms.CharField(max_length=2000, required=False, label="Picture", help_text=PICTURE)

    def __init__(self, posted: Mapping[str, Any] | None, known: Product | Sku | None = None) -> None:
        super().__init__(posted, initial=self.told(known) if known else None)
        self.currency = project.current().currency
        self.fields["price"].label = f"Price, {self.currency}"
        if known and known.source_id:
            self.fields["source_id"].disabled = True
            self.fields["source_id"].help_text = "The id that your shop knows it by never changes."

    def told(self, known: Any) -> dict[str, Any]:
        price = money.written(known.price, project.current().currency)
        return {"source_id": known.source_id, "price": price, "image_url": known.image_url}

    def said(self, metadata: dict[str, Any]) -> dict[str, Any]:
        """Return the body that the API would be told; a field left empty erases what was known."""
        given = self.cleaned_data
        return {
            "source_id": given["source_id"] or None,
            "price": self._smallest(given["price"]),
            "image_url": given["image_url"] or None,
            "metadata": metadata,
        }

    def clean_price(self) -> Decimal | None:
        price: Decimal | None = self.cleaned_data["price"]
        smallest = self._smallest(price)
        if smallest is not None and (price is None or smallest != money.smallest(price, self.currency)):
            raise forms.ValidationError(f"{self.currency} has no smaller unit: leave the decimals out.")
        if smallest is not None and smallest > AMOUNT_MOST:
            raise forms.ValidationError("This is more than a price can be.")
        return price

    def _smallest(self, price: Decimal | None) -> int | None:
        return None if price is None else int(money.smallest(price, self.currency))


class ProductForm(GoodsForm):
    name = forms.CharField(max_length=255, error_messages={"required": "Give the product a name."})
    attributes = forms.CharField(
        max_length=1000,
        required=False,
        label="Variants differ in",
        help_text="Names with commas between them, such as: color, size.",
    )

    field_order = ["name", "source_id", "price", "image_url", "attributes"]

    def told(self, known: Product) -> dict[str, Any]:
        return {**super().told(known), "name": known.name, "attributes": ", ".join(known.attributes)}

    def said(self, metadata: dict[str, Any]) -> dict[str, Any]:
        given = self.cleaned_data
        names = [name.strip() for name in given["attributes"].split(",") if name.strip()]
        return {**super().said(metadata), "name": given["name"], "attributes": list(dict.fromkeys(names))}


class SkuForm(GoodsForm):
    sku = forms.CharField(
        max_length=255, label="Name of the variant", error_messages={"required": "Give the variant a name."}
    )
    currency_code = forms.RegexField(
        "^[A-Za-z]{3}$",
        required=False,
        label="Currency",
        error_messages={"invalid": "A currency has three letters, such as EUR."},
    )

    field_order = ["sku", "source_id", "price", "currency_code", "image_url"]

    def __init__(self, product: Product, posted: Mapping[str, Any] | None, known: Sku | None = None) -> None:
        super().__init__(posted, known)
        self.named = {f"attribute_{place}": name for place, name in enumerate(product.attributes)}
        for field, name in self.named.items():
            value = (known.attributes if known else {}).get(name)
            self.fields[field] = forms.CharField(max_length=255, required=False, label=name, initial=value)
        # What a program said beside the product's own attributes stays.
        self.kept = {name: value for name, value in (known.attributes if known else {}).items()
                     if name not in product.attributes}  # fmt: skip

    def attribute_fields(self) -> list[Any]:
        return [self[field] for field in self.named]

    def told(self, known: Sku) -> dict[str, Any]:
        return {**super().told(known), "sku": known.sku, "currency_code": known.currency}

    def said(self, metadata: dict[str, Any]) -> dict[str, Any]:
        given = self.cleaned_data
        values = {name: given[field] for field, name in self.named.items() if given[field]}
        named = {"sku": given["sku"], "currency": given["currency_code"] or None}
        return {**super().said(metadata), **named, "attributes": self.kept | values}


class SheetForm(forms.Form):
    what = forms.ChoiceField(
        choices=[("products", "Products"), ("skus", "Variants of products")],
        widget=forms.RadioSelect,
        initial="products",
        label="What is in the file?",
    )
    file = forms.FileField(
        label="CSV file",
        help_text="UTF-8, 10 MB at most.",
        error_messages={"required": "Choose a file.", "empty": "The file is empty."},
    )


class CollectionForm(forms.Form):
    name = forms.CharField(max_length=255, error_messages={"required": "Give the collection a name."})
    junction = forms.ChoiceField(
        choices=[("and", "all of these are true"), ("or", "any of these is true")],
        required=False,
        label="A product belongs to it when",
    )


class ListedForm(forms.Form):
    """One row of a collection that lists: a product or a variant, by an id of it."""

    goods = forms.CharField(
        max_length=255,
        required=False,
        widget=forms.TextInput(attrs={"list": "known-goods", "placeholder": "Source id or id"}),
    )


ListedFormSet = forms.formset_factory(ListedForm, extra=2, max_num=20)


def listed_goods(rows: Any) -> list[dict[str, str]]:
    """Return what the rows list as the API would be told it, or put on a row that it is not known."""
    named = [(row, row.cleaned_data["goods"].strip()) for row in rows if row.cleaned_data.get("goods", "").strip()]
    names = {name for _, name in named}
    products = _ids(Product.objects.any_of(names))
    skus = _ids(Sku.objects.any_of(names))
    for row, name in named:
        if name not in products and name not in skus:
            row.add_error("goods", "There is no product or variant with this id.")
    told = [("product", products[name]) if name in products else ("sku", skus.get(name, "")) for _, name in named]
    return [{"object": kind, "id": public_id} for kind, public_id in dict.fromkeys(told)]


def _ids(goods: Any) -> dict[str, str]:
    ids = list(goods.values_list("public_id", "source_id"))
    return {source_id: public_id for public_id, source_id in ids if source_id} | {one: one for one, _ in ids}


def listed_rows(collection: ProductCollection) -> list[dict[str, Any]]:
    """Return the rows of a collection, loaded ``with_goods``."""
    goods = [item.sku or item.product for item in collection.items.all()]
    return [{"goods": thing.source_id or thing.public_id} for thing in goods if thing]
