from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("events", "0002_rows_without_foreign_key_checks")]

    operations = [
        migrations.AddIndex(
            model_name="seenmessage",
            index=models.Index(fields=["received_at"], name="seen_message_by_age"),
        ),
    ]
