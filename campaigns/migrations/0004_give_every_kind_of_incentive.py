"""Campaigns of every kind, codes without a campaign, balances with their movements, and categories."""

import functools

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import access.identifiers

# What every code says for itself from now on.
COPY_QUANTITY = """
UPDATE campaigns_voucher v SET quantity = c.redemption_quantity FROM campaigns_campaign c WHERE c.id = v.campaign_id
"""
# Categories were mere texts.
MAKE_CATEGORIES = """
INSERT INTO campaigns_category (public_id, name, hierarchy)
SELECT 'cat_' || replace(gen_random_uuid()::text, '-', ''), name, 0
FROM (SELECT DISTINCT category_text AS name FROM campaigns_campaign WHERE category_text <> '') AS named;
UPDATE campaigns_campaign c SET category_id = k.id FROM campaigns_category k WHERE k.name = c.category_text;
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
"""
FORGET_CATEGORIES = """
UPDATE campaigns_campaign c SET category_text = k.name FROM campaigns_category k WHERE k.id = c.category_id;
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
"""
# Codes may stand for themselves: only those of a campaign need it to exist.
KEEP_CAMPAIGN = """
CREATE OR REPLACE FUNCTION campaigns_voucher_has_a_campaign() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM campaigns_campaign WHERE id IN (SELECT DISTINCT campaign_id FROM written) FOR KEY SHARE;
    IF EXISTS (SELECT FROM (SELECT DISTINCT campaign_id FROM written WHERE campaign_id IS NOT NULL) AS named
               WHERE NOT EXISTS (SELECT FROM campaigns_campaign WHERE id = named.campaign_id)) THEN
        RAISE EXCEPTION 'A voucher needs a campaign that exists' USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0003_rules"),
        ("customers", "0001_first_tables"),
    ]

    operations = [
        migrations.RenameField("campaign", "category", "category_text"),
        migrations.CreateModel(
            name="Category",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "public_id",
                    models.CharField(
                        default=functools.partial(access.identifiers.new_public_id, *("cat",), **{}),
                        max_length=40,
                        unique=True,
                    ),
                ),
                ("name", models.CharField(max_length=120, unique=True)),
                ("hierarchy", models.PositiveIntegerField(default=0)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("updated_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name_plural": "categories",
                "ordering": ["hierarchy", "id"],
            },
        ),
        migrations.CreateModel(
            name="Transaction",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "public_id",
                    models.CharField(
                        default=functools.partial(access.identifiers.new_public_id, *("vtx",), **{}),
                        max_length=40,
                        unique=True,
                    ),
                ),
                (
                    "type",
                    models.CharField(
                        choices=[
                            ("CREDITS_ADDITION", "Credits added"),
                            ("CREDITS_REMOVAL", "Credits taken off"),
                            ("CREDITS_REDEMPTION", "Credits redeemed"),
                            ("CREDITS_REFUND", "Credits given back"),
                            ("POINTS_ADDITION", "Points added"),
                            ("POINTS_REMOVAL", "Points taken off"),
                            ("POINTS_ACCRUAL", "Points earned"),
                            ("POINTS_REDEMPTION", "Points redeemed"),
                            ("POINTS_REFUND", "Points given back"),
                            ("POINTS_EXPIRATION", "Points expired"),
                            ("POINTS_TRANSFER_IN", "Points moved here"),
                            ("POINTS_TRANSFER_OUT", "Points moved away"),
                            ("PENDING_POINTS_ACTIVATION", "Pending points activated"),
                        ],
                        max_length=30,
                    ),
                ),
                ("amount", models.BigIntegerField(help_text="Cents or points; below zero where they left the card.")),
                ("balance", models.BigIntegerField(help_text="What the card held afterwards.")),
                ("total", models.BigIntegerField(help_text="All that was ever put on the card, afterwards.")),
                ("reason", models.CharField(blank=True, max_length=400)),
                (
                    "source",
                    models.CharField(blank=True, help_text="Who moved it, as API or a person's name.", max_length=40),
                ),
                (
                    "source_id",
                    models.CharField(blank=True, help_text="The caller's own name for it.", max_length=255, null=True),
                ),
                ("redemption_id", models.CharField(blank=True, max_length=40, null=True)),
                ("details", models.JSONField(blank=True, default=dict)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                "ordering": ["-id"],
            },
        ),
        migrations.AddField(
            model_name="campaign",
            name="auto_join",
            field=models.BooleanField(default=False, help_text="Who earns something becomes a member by it."),
        ),
        migrations.AddField(
            model_name="campaign",
            name="deleted_at",
            field=models.DateTimeField(
                blank=True, help_text="It stays, out of sight, while customers hold its codes.", null=True
            ),
        ),
        migrations.AddField(
            model_name="campaign",
            name="gift",
            field=models.JSONField(help_text='{"amount": 5000, "effect": "APPLY_TO_ORDER"}', null=True),
        ),
        migrations.AddField(
            model_name="campaign",
            name="loyalty_card",
            field=models.JSONField(help_text='{"points": 100, "expiration_rules": {...}}', null=True),
        ),
        migrations.AddField(
            model_name="campaign",
            name="protected",
            field=models.BooleanField(default=False, help_text="Whether it is kept from being deleted."),
        ),
        migrations.AddField(
            model_name="campaign",
            name="referral_program",
            field=models.JSONField(help_text="conversion_event_type, custom_event, referee_reward", null=True),
        ),
        migrations.AddField(
            model_name="campaign",
            name="use_voucher_metadata_schema",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="campaign",
            name="validity",
            field=models.JSONField(help_text="Which hours and days within its dates count.", null=True),
        ),
        migrations.AddField(
            model_name="voucher",
            name="additional_info",
            field=models.CharField(blank=True, max_length=400, null=True),
        ),
        migrations.AddField(
            model_name="voucher",
            name="balance",
            field=models.BigIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="voucher",
            name="deleted_at",
            field=models.DateTimeField(blank=True, help_text="A code that was given stays, out of sight.", null=True),
        ),
        migrations.AddField(
            model_name="voucher",
            name="expired",
            field=models.BigIntegerField(blank=True, help_text="Points that were not used in time.", null=True),
        ),
        migrations.AddField(
            model_name="voucher",
            name="loaded",
            field=models.BigIntegerField(blank=True, help_text="All that was ever put on it.", null=True),
        ),
        migrations.AddField(
            model_name="voucher",
            name="own_kind",
            field=models.CharField(blank=True, help_text="What it is, without a campaign.", max_length=20, null=True),
        ),
        migrations.AddField(
            model_name="voucher",
            name="own_terms",
            field=models.JSONField(
                blank=True, help_text="What it gives, where the campaign does not say it.", null=True
            ),
        ),
        migrations.AddField(
            model_name="voucher",
            name="quantity",
            field=models.PositiveIntegerField(blank=True, help_text="How often it counts; empty: no limit.", null=True),
        ),
        migrations.AddField(
            model_name="voucher",
            name="redeemed_quantity",
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="voucher",
            name="starts_at",
            field=models.DateTimeField(
                blank=True, help_text="Its own begin, where it differs from the campaign's.", null=True
            ),
        ),
        migrations.AddField(
            model_name="voucher",
            name="subtracted",
            field=models.BigIntegerField(blank=True, help_text="What was taken off by hand.", null=True),
        ),
        migrations.AddField(
            model_name="voucher",
            name="validity",
            field=models.JSONField(blank=True, help_text="Its own hours and days.", null=True),
        ),
        migrations.AlterField(
            model_name="campaign",
            name="campaign_type",
            field=models.CharField(
                choices=[
                    ("DISCOUNT_COUPONS", "Discount coupons"),
                    ("GIFT_VOUCHERS", "Gift cards"),
                    ("LOYALTY_PROGRAM", "Loyalty program"),
                    ("PROMOTION", "Automatic promotion"),
                    ("REFERRAL_PROGRAM", "Referral program"),
                ],
                default="DISCOUNT_COUPONS",
                max_length=20,
            ),
        ),
        migrations.AlterField(
            model_name="campaign",
            name="discount",
            field=models.JSONField(help_text='{"type": "PERCENT", "percent_off": 5, "effect": ...}', null=True),
        ),
        migrations.AlterField(
            model_name="campaign",
            name="type",
            field=models.CharField(
                choices=[
                    ("STATIC", "A fixed pool of codes"),
                    ("AUTO_UPDATE", "Makes more codes when they run out"),
                    ("STANDALONE", "One code for everybody"),
                ],
                default="STATIC",
                max_length=12,
            ),
        ),
        migrations.AlterField(
            model_name="publication",
            name="campaign",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="publications",
                to="campaigns.campaign",
            ),
        ),
        migrations.AlterField(
            model_name="voucher",
            name="campaign",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="vouchers",
                to="campaigns.campaign",
            ),
        ),
        migrations.AddField(
            model_name="voucher",
            name="category",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="vouchers",
                to="campaigns.category",
            ),
        ),
        migrations.AddField(
            model_name="campaign",
            name="category",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="campaigns",
                to="campaigns.category",
            ),
        ),
        migrations.RunSQL(MAKE_CATEGORIES, FORGET_CATEGORIES),
        migrations.RemoveField("campaign", "category_text"),
        migrations.RunSQL(COPY_QUANTITY, migrations.RunSQL.noop),
        migrations.RunSQL(KEEP_CAMPAIGN, migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name="voucher",
            index=models.Index(
                condition=models.Q(("category__isnull", False)), fields=["category", "id"], name="voucher_of_category"
            ),
        ),
        migrations.AddConstraint(
            model_name="voucher",
            constraint=models.CheckConstraint(
                condition=models.Q(("campaign__isnull", False), ("own_kind__isnull", False), _connector="OR"),
                name="voucher_is_of_a_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="voucher",
            constraint=models.CheckConstraint(
                condition=models.Q(("balance__gte", 0)), name="voucher_balance_not_below_zero"
            ),
        ),
        migrations.AddConstraint(
            model_name="voucher",
            constraint=models.CheckConstraint(
                condition=models.Q(("redeemed_quantity__lte", models.F("quantity"))),
                name="voucher_not_redeemed_too_often",
            ),
        ),
        migrations.AddField(
            model_name="transaction",
            name="campaign",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="transactions",
                to="campaigns.campaign",
            ),
        ),
        migrations.AddField(
            model_name="transaction",
            name="related",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                to="campaigns.transaction",
            ),
        ),
        migrations.AddField(
            model_name="transaction",
            name="voucher",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="transactions",
                to="campaigns.voucher",
            ),
        ),
        migrations.AddIndex(
            model_name="transaction",
            index=models.Index(fields=["voucher", "-id"], name="transaction_of_voucher"),
        ),
        migrations.AddIndex(
            model_name="transaction",
            index=models.Index(fields=["campaign", "-id"], name="transaction_of_campaign"),
        ),
        migrations.AddConstraint(
            model_name="transaction",
            constraint=models.UniqueConstraint(fields=("voucher", "source_id"), name="transaction_once_per_source"),
        ),
    ]
