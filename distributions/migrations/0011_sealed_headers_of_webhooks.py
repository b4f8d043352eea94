"""Seal the values of webhooks' headers, and take them out of the messages they were copied into."""

from django.db import migrations, models

from access import sealing


def seal(apps, schema_editor):
    channels = apps.get_model("distributions", "DistributionChannel").objects
    for channel in channels.exclude(headers={}).only("headers").iterator():
        sealed = {name: sealing.seal(str(value)) for name, value in channel.headers.items()}
        channels.filter(pk=channel.pk).update(headers=sealed)
    messages = apps.get_model("distributions", "Message").objects
    messages.filter(carrier="webhook").exclude(headers={}).update(headers={})


def unseal(apps, schema_editor):
    channels = apps.get_model("distributions", "DistributionChannel").objects
    for channel in channels.exclude(headers={}).only("headers").iterator():
        opened = {name: sealing.unseal(value) for name, value in channel.headers.items()}
        channels.filter(pk=channel.pk).update(headers=opened)


class Migration(migrations.Migration):
    dependencies = [
        ("distributions", "0010_messages_that_tools_write"),
    ]

    operations = [
        migrations.RunPython(seal, unseal),
        migrations.AlterField(
            model_name="distributionchannel",
            name="headers",
            field=models.JSONField(
                blank=True, default=dict, help_text="A webhook's headers, each value encrypted: they often hold a key."
            ),
        ),
    ]
