import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0004_what_others_hold_is_kept"),
        ("segments", "0001_first_tables"),
    ]

    operations = [
        migrations.AlterField(
            model_name="entry",
            name="customer",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="entries",
                to="customers.customer",
            ),
        ),
        migrations.AlterField(
            model_name="membership",
            name="customer",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="memberships",
                to="customers.customer",
            ),
        ),
        migrations.RunSQL(
            "CREATE TRIGGER customer_with_memberships_stays AFTER DELETE OR UPDATE OF id ON customers_customer"
            " FOR EACH ROW EXECUTE FUNCTION row_named_by_others_stays('segments_membership', 'customer_id')",
            "DROP TRIGGER customer_with_memberships_stays ON customers_customer",
        ),
        migrations.RunSQL(
            "CREATE TRIGGER customer_with_entries_stays AFTER DELETE OR UPDATE OF id ON customers_customer"
            " FOR EACH ROW EXECUTE FUNCTION row_named_by_others_stays('segments_entry', 'customer_id')",
            "DROP TRIGGER customer_with_entries_stays ON customers_customer",
        ),
    ]
