"""What was bought: orders, their lines, and what each customer's orders come to."""

from functools import partial

from django.db import models
from django.db.models.functions import Now

from access.identifiers import new_public_id
from customers.models import Customer
from orders.models.goods import Product, Sku
from orders.querysets import OrderQuerySet


class Order(models.Model):
    """An order of the shop. Amounts are in the smallest unit of the currency, after the discounts it had."""

    class Status(models.TextChoices):
        CREATED = "CREATED", "Created"
        PAID = "PAID", "Paid"
        CANCELED = "CANCELED", "Canceled"
        FULFILLED = "FULFILLED", "Fulfilled"

    # What counts as bought.
    BOUGHT = (Status.PAID, Status.FULFILLED)

    public_id = models.CharField(max_length=40, unique=True, default=partial(new_public_id, "ord"))
    source_id = models.CharField(max_length=255, unique=True, null=True, blank=True)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, null=True, blank=True, related_name="orders")
    referrer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, null=True, blank=True, db_index=False, related_name="+"
    )
    status = models.CharField(max_length=10, choices=Status, default=Status.CREATED)
    amount = models.BigIntegerField(default=0)
    initial_amount = models.BigIntegerField(default=0)
    discount_amount = models.BigIntegerField(default=0, help_text="Taken off the order as a whole.")
    items_discount_amount = models.BigIntegerField(default=0)
    applied_discount_amount = models.BigIntegerField(default=0)
    items_applied_discount_amount = models.BigIntegerField(default=0)
    total_amount = models.GeneratedField(
        expression=models.F("amount") - models.F("discount_amount") - models.F("items_discount_amount"),
        output_field=models.BigIntegerField(),
        db_persist=True,
    )
    metadata = models.JSONField(default=dict, blank=True)
    paid_at = models.DateTimeField(null=True, blank=True, help_text="When it first became paid.")
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(null=True, blank=True)

    objects = OrderQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [
            # The API's list in its order.
            models.Index(fields=["created_at", "id"], name="order_by_creation"),
            models.Index(fields=["updated_at", "id"], name="order_by_change"),
            # The same narrowed to a status that may be rare, here and in the admin.
            models.Index(fields=["status", "created_at", "id"], name="order_by_status"),
            # A customer's latest bought order, for her summary.
            models.Index(
                fields=["customer", "-created_at"],
                name="order_bought_latest",
                condition=models.Q(status__in=["PAID", "FULFILLED"]),
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(amount__gte=0), name="order_amount"),
            models.CheckConstraint(
                condition=models.Q(discount_amount__gte=0, items_discount_amount__gte=0)
                & models.Q(amount__gte=models.F("discount_amount") + models.F("items_discount_amount")),
                name="order_is_never_discounted_below_nothing",
            ),
        ]

    def __str__(self) -> str:
        return self.source_id or self.public_id

    @property
    def total_discount_amount(self) -> int:
        return self.discount_amount + self.items_discount_amount

    @property
    def total_applied_discount_amount(self) -> int:
        return self.applied_discount_amount + self.items_applied_discount_amount


class OrderItem(models.Model):
    """One line of an order, with the goods as they were told and all its sums."""

    public_id = models.CharField(max_length=40, unique=True, default=partial(new_public_id, "ordli"))
    order = models.ForeignKey(Order, on_delete=models.CASCADE, db_index=False, related_name="items")
    position = models.PositiveSmallIntegerField()
    product = models.ForeignKey(Product, on_delete=models.SET_NULL, null=True, related_name="+")
    sku = models.ForeignKey(Sku, on_delete=models.SET_NULL, null=True, related_name="+")
    source_id = models.CharField(max_length=255, null=True, blank=True)
    related_object = models.CharField(max_length=10, null=True, blank=True)
    quantity = models.PositiveIntegerField()
    price = models.BigIntegerField(null=True, blank=True)
    amount = models.BigIntegerField()
    sums = models.JSONField(default=dict, help_text="The other amounts and quantities, by the API's names.")
    told = models.JSONField(default=dict, help_text="Product and variant as they stood when it was bought.")
    metadata = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["order", "position"]
        constraints = [
            # An order's lines in their order.
            models.UniqueConstraint(fields=["order", "position"], name="order_item_once_per_position"),
            models.CheckConstraint(condition=models.Q(amount__gte=0), name="order_item_amount"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.source_id or self.public_id}"


class OrderSummary(models.Model):
    """What a customer's bought orders come to; kept in the transaction that changes one of them."""

    customer = models.OneToOneField(Customer, primary_key=True, on_delete=models.CASCADE, related_name="order_summary")
    total_amount = models.BigIntegerField(default=0, db_default=0)
    total_count = models.IntegerField(default=0, db_default=0)
    # Rounded half up to whole cents.
    average_amount = models.GeneratedField(
        expression=models.Case(
            models.When(
                total_count__gt=0,
                then=(models.F("total_amount") * 2 + models.F("total_count")) / (models.F("total_count") * 2),
            ),
            default=0,
        ),
        output_field=models.BigIntegerField(),
        db_persist=True,
    )
    last_order_amount = models.BigIntegerField(null=True)
    last_order_date = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "order summaries"

    def __str__(self) -> str:
        return f"{self.total_count} orders"
