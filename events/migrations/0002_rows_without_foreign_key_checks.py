import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0004_what_others_hold_is_kept"),
        ("events", "0001_first_tables"),
    ]

    operations = [
        migrations.AlterField(
            model_name="event",
            name="customer",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="events",
                to="customers.customer",
            ),
        ),
        migrations.RunSQL(
            "CREATE TRIGGER customer_with_events_stays AFTER DELETE OR UPDATE OF id ON customers_customer"
            " FOR EACH ROW EXECUTE FUNCTION row_named_by_others_stays('events_event', 'customer_id')",
            "DROP TRIGGER customer_with_events_stays ON customers_customer",
        ),
        # Nobody looks for a message id by its beginning.
        migrations.RunSQL(
            "DROP INDEX IF EXISTS events_seenmessage_message_id_a90aa429_like",
            "CREATE INDEX events_seenmessage_message_id_a90aa429_like ON events_seenmessage (message_id varchar_pattern_ops)",
        ),
    ]
