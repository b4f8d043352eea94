import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0005_let_codes_be_redeemed"),
        ("customers", "0004_what_others_hold_is_kept"),
    ]

    operations = [
        migrations.AlterField(
            model_name="publication",
            name="campaign",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="publications",
                to="campaigns.campaign",
            ),
        ),
        migrations.AlterField(
            model_name="publication",
            name="customer",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="publications",
                to="customers.customer",
            ),
        ),
        migrations.AlterField(
            model_name="publication",
            name="part_of",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                help_text="Asked for with several codes.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="parts",
                to="campaigns.publication",
            ),
        ),
        migrations.AlterField(
            model_name="publication",
            name="voucher",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="publications",
                to="campaigns.voucher",
            ),
        ),
        migrations.AlterField(
            model_name="voucher",
            name="holder",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="vouchers",
                to="customers.customer",
            ),
        ),
        migrations.AddIndex(
            model_name="publication",
            index=models.Index(
                condition=models.Q(("part_of__isnull", False)), fields=["part_of"], name="publication_parts"
            ),
        ),
        migrations.RunSQL(
            "CREATE TRIGGER customer_with_publications_stays AFTER DELETE OR UPDATE OF id ON customers_customer"
            " FOR EACH ROW EXECUTE FUNCTION row_named_by_others_stays('campaigns_publication', 'customer_id')",
            "DROP TRIGGER customer_with_publications_stays ON customers_customer",
        ),
        migrations.RunSQL(
            "CREATE TRIGGER campaign_with_publications_stays AFTER DELETE OR UPDATE OF id ON campaigns_campaign"
            " FOR EACH ROW EXECUTE FUNCTION row_named_by_others_stays('campaigns_publication', 'campaign_id')",
            "DROP TRIGGER campaign_with_publications_stays ON campaigns_campaign",
        ),
        migrations.RunSQL(
            "CREATE TRIGGER voucher_with_publications_stays AFTER DELETE OR UPDATE OF id ON campaigns_voucher"
            " FOR EACH ROW EXECUTE FUNCTION row_named_by_others_stays('campaigns_publication', 'voucher_id')",
            "DROP TRIGGER voucher_with_publications_stays ON campaigns_voucher",
        ),
        # Nobody looks for these by their beginning alone.
        migrations.RunSQL(
            "DROP INDEX IF EXISTS campaigns_publication_public_id_06f121ee_like",
            "CREATE INDEX campaigns_publication_public_id_06f121ee_like ON campaigns_publication (public_id varchar_pattern_ops)",
        ),
        migrations.RunSQL(
            "DROP INDEX IF EXISTS campaigns_publication_source_id_ae1fd001_like",
            "CREATE INDEX campaigns_publication_source_id_ae1fd001_like ON campaigns_publication (source_id varchar_pattern_ops)",
        ),
    ]
