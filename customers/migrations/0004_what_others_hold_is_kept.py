from django.db import migrations

# What a foreign key holds on the side of the parent: a row that others name does not go. The table and the column that
# name it are the trigger's arguments. Used where rows are written by the thousand, each with its parent locked anyway.
KEEP = """
CREATE FUNCTION row_named_by_others_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    is_named boolean;
BEGIN
    EXECUTE format('SELECT EXISTS (SELECT FROM %I WHERE %I = $1)', TG_ARGV[0], TG_ARGV[1]) INTO is_named USING OLD.id;
    IF is_named THEN
        RAISE EXCEPTION 'Row % of % is still named by %', OLD.id, TG_TABLE_NAME, TG_ARGV[0]
            USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("customers", "0003_refused_channels")]

    operations = [
        migrations.RunSQL(KEEP, "DROP FUNCTION row_named_by_others_stays();"),
        # Nobody looks for a public id by its beginning.
        migrations.RunSQL(
            "DROP INDEX IF EXISTS customers_customer_public_id_3fc024ec_like",
            "CREATE INDEX customers_customer_public_id_3fc024ec_like"
            " ON customers_customer (public_id varchar_pattern_ops)",
        ),
    ]
