"""The application that beat runs: it knows when to ring and by which name, and loads nothing of the product."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "promo_site.settings.base")

# Without the fixup for the framework, which would load every app to send one name a second.
app = Celery("promo", fixups=[])
app.config_from_object("django.conf:settings", namespace="CELERY")
