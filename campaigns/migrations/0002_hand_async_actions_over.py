"""The records of bulk calls become the backlog's, with all their rows; what they were about is kept as an id."""

from django.db import migrations

HAND_OVER = """
ALTER TABLE campaigns_asyncaction ADD COLUMN about varchar(64) NOT NULL DEFAULT '';
UPDATE campaigns_asyncaction AS action SET about = campaign.public_id
FROM campaigns_campaign AS campaign WHERE campaign.id = action.campaign_id;
SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE campaigns_asyncaction DROP COLUMN campaign_id, ALTER COLUMN about DROP DEFAULT;
ALTER TABLE campaigns_asyncaction RENAME TO backlog_asyncaction;
"""
TAKE_BACK = """
SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE backlog_asyncaction RENAME TO campaigns_asyncaction;
ALTER TABLE campaigns_asyncaction ADD COLUMN campaign_id bigint NULL
    REFERENCES campaigns_campaign (id) DEFERRABLE INITIALLY DEFERRED;
UPDATE campaigns_asyncaction AS action SET campaign_id = campaign.id
FROM campaigns_campaign AS campaign WHERE campaign.public_id = action.about;
SET CONSTRAINTS ALL IMMEDIATE;
CREATE INDEX ON campaigns_asyncaction (campaign_id);
ALTER TABLE campaigns_asyncaction DROP COLUMN about;
"""


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0001_first_tables")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[migrations.DeleteModel("AsyncAction")],
            database_operations=[migrations.RunSQL(HAND_OVER, TAKE_BACK)],
        ),
    ]
