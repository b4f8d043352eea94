from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("events", "0001_first_tables")]

    operations = [
        migrations.AddIndex(
            model_name="seenmessage",
            index=models.Index(fields=["received_at"], name="seen_message_by_age"),
        ),
    ]
