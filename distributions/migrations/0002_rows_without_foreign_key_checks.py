import django.db.models.deletion
from django.db import migrations, models

# What foreign keys to the distribution and its channel would hold, looked at once for all rows of a statement.
KEEP_CHANNELS = """
CREATE FUNCTION distributions_delivery_has_a_channel() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM distributions_distributionchannel c JOIN distributions_distribution d ON d.id = c.distribution_id
    WHERE c.id = ANY(ARRAY(SELECT DISTINCT channel_id FROM written)) FOR KEY SHARE;
    IF EXISTS (SELECT FROM (SELECT DISTINCT distribution_id, channel_id FROM written) AS named
               WHERE NOT EXISTS (SELECT FROM distributions_distributionchannel c
                                 WHERE c.id = named.channel_id AND c.distribution_id = named.distribution_id)) THEN
        RAISE EXCEPTION 'A delivery needs a channel of its distribution' USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER delivery_made_for_a_channel AFTER INSERT ON distributions_delivery REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION distributions_delivery_has_a_channel();
CREATE FUNCTION distributions_channel_keeps_its_deliveries() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM distributions_delivery WHERE distribution_id = OLD.distribution_id AND channel_id = OLD.id) THEN
        RAISE EXCEPTION 'The channel % still has deliveries', OLD.id USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER channel_keeps_its_deliveries AFTER DELETE OR UPDATE OF id, distribution_id
    ON distributions_distributionchannel FOR EACH ROW EXECUTE FUNCTION distributions_channel_keeps_its_deliveries();
"""
FORGET_CHANNELS = """
DROP TRIGGER channel_keeps_its_deliveries ON distributions_distributionchannel;
DROP TRIGGER delivery_made_for_a_channel ON distributions_delivery;
DROP FUNCTION distributions_channel_keeps_its_deliveries();
DROP FUNCTION distributions_delivery_has_a_channel();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0006_rows_without_foreign_key_checks"),
        ("customers", "0004_what_others_hold_is_kept"),
        ("distributions", "0001_first_tables"),
    ]

    operations = [
        migrations.AlterField(
            model_name="attempt",
            name="delivery",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="attempts",
                to="distributions.delivery",
            ),
        ),
        migrations.AlterField(
            model_name="delivery",
            name="channel",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="deliveries",
                to="distributions.distributionchannel",
            ),
        ),
        migrations.AlterField(
            model_name="delivery",
            name="customer",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="deliveries",
                to="customers.customer",
            ),
        ),
        migrations.AlterField(
            model_name="delivery",
            name="distribution",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="deliveries",
                to="distributions.distribution",
            ),
        ),
        migrations.AlterField(
            model_name="delivery",
            name="publication",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                to="campaigns.publication",
            ),
        ),
        migrations.AlterField(
            model_name="delivery",
            name="voucher",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="deliveries",
                to="campaigns.voucher",
            ),
        ),
        migrations.AlterField(
            model_name="message",
            name="delivery",
            field=models.OneToOneField(
                db_constraint=False,
                on_delete=django.db.models.deletion.CASCADE,
                primary_key=True,
                related_name="message",
                serialize=False,
                to="distributions.delivery",
            ),
        ),
        migrations.RunSQL(
            "CREATE TRIGGER customer_with_deliveries_stays AFTER DELETE OR UPDATE OF id ON customers_customer"
            " FOR EACH ROW EXECUTE FUNCTION row_named_by_others_stays('distributions_delivery', 'customer_id')",
            "DROP TRIGGER customer_with_deliveries_stays ON customers_customer",
        ),
        migrations.RunSQL(
            "CREATE TRIGGER distribution_with_deliveries_stays AFTER DELETE OR UPDATE OF id ON distributions_distribution"
            " FOR EACH ROW EXECUTE FUNCTION row_named_by_others_stays('distributions_delivery', 'distribution_id')",
            "DROP TRIGGER distribution_with_deliveries_stays ON distributions_distribution",
        ),
        migrations.RunSQL(KEEP_CHANNELS, FORGET_CHANNELS),
        # An attempt's outcome is written beside its beginning, without touching the index.
        migrations.RunSQL(
            "ALTER TABLE distributions_attempt SET (fillfactor = 60)",
            "ALTER TABLE distributions_attempt RESET (fillfactor)",
        ),
        # A webhook's body of a few kilobytes stays in its row: compressing it would cost more than all else about it.
        migrations.RunSQL(
            "ALTER TABLE distributions_message SET (toast_tuple_target = 8160)",
            "ALTER TABLE distributions_message RESET (toast_tuple_target)",
        ),
    ]
