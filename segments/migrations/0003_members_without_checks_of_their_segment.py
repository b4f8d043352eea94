import django.db.models.deletion
from django.db import migrations, models

# What the foreign keys of memberships and entries would hold on the side of the segment. Whoever writes them holds the
# segment's row until the commit, so that the other side needs no look at it for each row.
KEEP = """
CREATE FUNCTION segments_segment_keeps_its_members() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM segments_membership WHERE segment_id = OLD.id)
        OR EXISTS (SELECT FROM segments_entry WHERE segment_id = OLD.id) THEN
        RAISE EXCEPTION 'The segment % still has members', OLD.name USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER segment_keeps_its_members AFTER DELETE OR UPDATE OF id ON segments_segment
    FOR EACH ROW EXECUTE FUNCTION segments_segment_keeps_its_members();
"""
FORGET = """
DROP TRIGGER segment_keeps_its_members ON segments_segment;
DROP FUNCTION segments_segment_keeps_its_members();
"""


class Migration(migrations.Migration):
    dependencies = [("segments", "0002_rows_without_foreign_key_checks")]

    operations = [
        migrations.AlterField(
            model_name="membership",
            name="segment",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="memberships",
                to="segments.segment",
            ),
        ),
        migrations.AlterField(
            model_name="entry",
            name="segment",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="entries",
                to="segments.segment",
            ),
        ),
        migrations.RunSQL(KEEP, FORGET),
    ]
