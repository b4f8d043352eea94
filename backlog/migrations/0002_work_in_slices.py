"""Bulk calls are worked off in slices: what is left of their input, and how far they have come."""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models
from django.db.models.functions import Now

STATUSES = [("ENQUEUED", "Waiting"), ("IN_PROGRESS", "In progress"), ("DONE", "Done"), ("FAILED", "Failed")]


def add(name: str, field: models.Field) -> migrations.AddField:
    return migrations.AddField("asyncaction", name, field)


def add_filled(name: str, field: models.Field) -> migrations.AddField:
    return migrations.AddField("asyncaction", name, field, preserve_default=False)


def alter(name: str, field: models.Field) -> migrations.AlterField:
    return migrations.AlterField("asyncaction", name, field)


def keep_the_times(apps: Any, _editor: Any) -> None:
    """What was done before was done when it was asked for."""
    apps.get_model("backlog", "AsyncAction").objects.update(updated_at=models.F("created_at"))


class Migration(migrations.Migration):
    dependencies = [("backlog", "0001_take_async_actions_over")]

    operations = [
        alter(
            "about",
            models.CharField(blank=True, help_text="Public id of the object it is about, if it is one.", max_length=64),
        ),
        alter("status", models.CharField(choices=STATUSES, default="ENQUEUED", max_length=12)),
        add_filled(
            "lane",
            models.CharField(default="", help_text="Within one lane the later waits for the earlier.", max_length=130),
        ),
        add_filled(
            "scope",
            models.CharField(
                default="campaigns", help_text="What a key must be allowed in order to see it.", max_length=40
            ),
        ),
        add(
            "source",
            models.CharField(default="API", help_text="Where it was asked for, as events tell it.", max_length=12),
        ),
        add("request_id", models.CharField(blank=True, default="", max_length=40)),
        alter("request_id", models.CharField(blank=True, max_length=40)),
        add("key_id", models.BigIntegerField(null=True)),
        add("asked", models.JSONField(default=dict, help_text="What holds for all rows alike.")),
        add("rows_total", models.PositiveIntegerField(default=0)),
        add("rows_done", models.PositiveIntegerField(default=0)),
        add("error", models.CharField(blank=True, default="", max_length=500)),
        alter("error", models.CharField(blank=True, max_length=500)),
        add(
            "attempts",
            models.PositiveSmallIntegerField(default=0, help_text="Times that the slice at hand was begun."),
        ),
        add("processing_ms", models.PositiveBigIntegerField(default=0)),
        add("updated_at", models.DateTimeField(db_default=Now())),
        add("due_at", models.DateTimeField(db_default=Now())),
        add("turn_at", models.DateTimeField(help_text="When a slice of it was last begun.", null=True)),
        migrations.RunPython(keep_the_times, migrations.RunPython.noop),
        migrations.AddIndex(
            "asyncaction",
            models.Index(
                condition=models.Q(("status__in", ["ENQUEUED", "IN_PROGRESS"])),
                fields=["lane", "id"],
                name="async_action_open",
            ),
        ),
        migrations.AddConstraint(
            "asyncaction",
            models.CheckConstraint(
                condition=models.Q(("rows_done__lte", models.F("rows_total"))), name="async_action_does_its_rows_once"
            ),
        ),
        migrations.CreateModel(
            name="Portion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("rows", models.BinaryField(help_text="JSON: a list of pairs of line and what stands there.")),
                (
                    "action",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="portions",
                        to="backlog.asyncaction",
                    ),
                ),
            ],
            options={"ordering": ["action", "number"]},
        ),
        migrations.AddConstraint(
            "portion", models.UniqueConstraint(fields=("action", "number"), name="portion_once_per_number")
        ),
    ]
