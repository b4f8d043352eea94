"""What the shop sells: products, their variants, and collections of both."""

from functools import partial

from django.db import models
from django.db.models.functions import Now

from access.identifiers import new_public_id
from orders.querysets import CollectionQuerySet, GoodsQuerySet


class Product(models.Model):
    """Something that the shop sells. Amounts are in the smallest unit of the currency."""

    public_id = models.CharField(max_length=40, unique=True, default=partial(new_public_id, "prod"))
    source_id = models.CharField(max_length=255, unique=True, null=True, blank=True)
    name = models.CharField(max_length=255, null=True, blank=True)
    price = models.BigIntegerField(null=True, blank=True)
    attributes = models.JSONField(default=list, blank=True, help_text="Names of what its variants differ in.")
    image_url = models.CharField(max_length=2000, null=True, blank=True)
    metadata = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(null=True, blank=True)

    objects = GoodsQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [
            # The API's list, in each of its orders.
            models.Index(fields=["created_at", "id"], name="product_by_creation"),
            models.Index(fields=["updated_at", "id"], name="product_by_change"),
            models.Index(fields=["name", "id"], name="product_by_name"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(price__isnull=True) | models.Q(price__gte=0), name="product_price"
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.source_id or self.public_id


class Sku(models.Model):
    """A variant of a product, as a size or a color."""

    public_id = models.CharField(max_length=40, unique=True, default=partial(new_public_id, "sku"))
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="skus")
    source_id = models.CharField(max_length=255, unique=True, null=True, blank=True)
    sku = models.CharField(max_length=255, null=True, blank=True)
    price = models.BigIntegerField(null=True, blank=True)
    currency = models.CharField(max_length=3, null=True, blank=True)
    attributes = models.JSONField(default=dict, blank=True)
    image_url = models.CharField(max_length=2000, null=True, blank=True)
    metadata = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(null=True, blank=True)

    objects = GoodsQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(price__isnull=True) | models.Q(price__gte=0), name="sku_price"),
        ]

    def __str__(self) -> str:
        return self.sku or self.source_id or self.public_id


class ProductCollection(models.Model):
    """Goods that rules can name together: listed one by one, or all products of which a filter is true."""

    class Type(models.TextChoices):
        STATIC = "STATIC", "Listed one by one"
        AUTO_UPDATE = "AUTO_UPDATE", "All products that a filter finds"

    public_id = models.CharField(max_length=40, unique=True, default=partial(new_public_id, "pc"))
    name = models.CharField(max_length=255)
    type = models.CharField(max_length=12, choices=Type)
    filter = models.JSONField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(null=True, blank=True)

    objects = CollectionQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(type="STATIC", filter__isnull=True)
                | models.Q(type="AUTO_UPDATE", filter__isnull=False),
                name="collection_lists_or_filters",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class CollectedItem(models.Model):
    """That a product, or one variant, is in a collection that lists."""

    collection = models.ForeignKey(ProductCollection, on_delete=models.CASCADE, db_index=False, related_name="items")
    product = models.ForeignKey(Product, on_delete=models.CASCADE, null=True, related_name="+")
    sku = models.ForeignKey(Sku, on_delete=models.CASCADE, null=True, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["collection", "product", "sku"], nulls_distinct=False, name="collected_item_once"
            ),
            models.CheckConstraint(
                condition=models.Q(product__isnull=False, sku__isnull=True)
                | models.Q(product__isnull=True, sku__isnull=False),
                name="collected_item_is_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return str(self.sku or self.product)
