"""The records of bulk calls, as the campaigns handed them over: the table and its rows are there already."""

from functools import partial

from django.db import migrations, models
from django.db.models.functions import Now

from access.identifiers import new_public_id


class Migration(migrations.Migration):
    initial = True
    dependencies = [("campaigns", "0002_hand_async_actions_over")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name="AsyncAction",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "public_id",
                            models.CharField(default=partial(new_public_id, "aa"), max_length=40, unique=True),
                        ),
                        ("type", models.CharField(max_length=60)),
                        ("about", models.CharField(max_length=64)),
                        ("status", models.CharField(default="DONE", max_length=12)),
                        ("result", models.JSONField(default=dict)),
                        ("created_at", models.DateTimeField(db_default=Now())),
                    ],
                    options={"ordering": ["-id"]},
                ),
            ],
        ),
    ]
