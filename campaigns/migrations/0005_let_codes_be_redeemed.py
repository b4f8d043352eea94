"""Redemptions and rollbacks, what sessions hold, what campaigns have given so far, and the rules of stacking."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import access.identifiers


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0001_first_tables"),
        ("campaigns", "0004_give_every_kind_of_incentive"),
        ("customers", "0001_first_tables"),
    ]

    operations = [
        migrations.CreateModel(
            name="StackingSetting",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("public_id", models.CharField(max_length=40)),
                ("rules", models.JSONField(default=dict)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("updated_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["id"],
                "constraints": [models.CheckConstraint(condition=models.Q(("id", 1)), name="stacking_setting_is_one")],
            },
        ),
        migrations.CreateModel(
            name="Redemption",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=access.identifiers.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("is_rollback", models.BooleanField(default=False)),
                (
                    "result",
                    models.CharField(
                        choices=[("SUCCESS", "Succeeded"), ("FAILURE", "Refused")], default="SUCCESS", max_length=8
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[("SUCCEEDED", "Redeemed"), ("FAILED", "Refused"), ("ROLLED_BACK", "Taken back")],
                        default="SUCCEEDED",
                        max_length=12,
                    ),
                ),
                ("failure_code", models.CharField(blank=True, max_length=80)),
                ("failure_message", models.CharField(blank=True, max_length=500)),
                (
                    "related_object_type",
                    models.CharField(
                        choices=[
                            ("voucher", "Code"),
                            ("promotion_tier", "Promotion"),
                            ("redemption", "Several at once"),
                        ],
                        default="voucher",
                        max_length=16,
                    ),
                ),
                ("related_object_id", models.CharField(blank=True, max_length=255)),
                ("tracking_id", models.CharField(blank=True, max_length=600)),
                (
                    "amount",
                    models.BigIntegerField(
                        blank=True, help_text="Credits or points; below zero: given back.", null=True
                    ),
                ),
                ("discount_amount", models.BigIntegerField(default=0, help_text="Cents that it took off the order.")),
                (
                    "order_amount",
                    models.BigIntegerField(default=0, help_text="Cents of the order before all discounts."),
                ),
                ("order_public_id", models.CharField(blank=True, max_length=40)),
                ("order", models.JSONField(blank=True, help_text="The order as this redemption left it.", null=True)),
                ("reward", models.JSONField(blank=True, null=True)),
                ("reason", models.CharField(blank=True, max_length=400)),
                ("metadata", models.JSONField(blank=True, default=dict)),
                ("session_key", models.CharField(blank=True, max_length=255)),
                ("channel_type", models.CharField(default="API", max_length=12)),
                ("channel_id", models.CharField(blank=True, max_length=120)),
                (
                    "counted_on",
                    models.DateField(blank=True, help_text="The day on which its campaign counts it.", null=True),
                ),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "api_key",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        to="access.apikey",
                    ),
                ),
                (
                    "campaign",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="redemptions",
                        to="campaigns.campaign",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="redemptions",
                        to="customers.customer",
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="campaigns.redemption",
                    ),
                ),
                (
                    "takes_back",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rollbacks",
                        to="campaigns.redemption",
                    ),
                ),
                (
                    "voucher",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="redemptions",
                        to="campaigns.voucher",
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("voucher__isnull", False)),
                        fields=["voucher", "id"],
                        name="redemption_of_voucher",
                    ),
                    models.Index(
                        condition=models.Q(("customer__isnull", False)),
                        fields=["customer", "id"],
                        name="redemption_of_customer",
                    ),
                    models.Index(
                        condition=models.Q(("campaign__isnull", False)),
                        fields=["campaign", "id"],
                        name="redemption_of_campaign",
                    ),
                    models.Index(
                        condition=models.Q(("order_public_id", ""), _negated=True),
                        fields=["order_public_id"],
                        name="redemption_of_order",
                    ),
                    models.Index(
                        condition=models.Q(("parent__isnull", False)), fields=["parent"], name="redemption_of_parent"
                    ),
                    models.Index(
                        condition=models.Q(("takes_back__isnull", False)), fields=["takes_back"], name="rollback_of"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("result", "SUCCESS")),
                        fields=("takes_back",),
                        name="redemption_taken_back_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("is_rollback", False), ("takes_back__isnull", True)),
                            models.Q(("is_rollback", True), ("takes_back__isnull", False)),
                            _connector="OR",
                        ),
                        name="rollback_takes_something_back",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RedemptionCounter",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("part", models.PositiveSmallIntegerField()),
                ("redemptions", models.BigIntegerField(default=0)),
                ("orders_amount", models.BigIntegerField(default=0)),
                ("discount_amount", models.BigIntegerField(default=0)),
                ("gift_amount", models.BigIntegerField(default=0)),
                (
                    "campaign",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="counters",
                        to="campaigns.campaign",
                    ),
                ),
            ],
            options={
                "ordering": ["campaign", "day", "part"],
                "constraints": [
                    models.UniqueConstraint(fields=("campaign", "day", "part"), name="redemption_counter_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="SessionLock",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=255)),
                ("amount", models.BigIntegerField(default=0, help_text="Credits or points that are held.")),
                ("expires_at", models.DateTimeField()),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "voucher",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="session_locks",
                        to="campaigns.voucher",
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "constraints": [models.UniqueConstraint(fields=("voucher", "key"), name="session_lock_once")],
            },
        ),
    ]
