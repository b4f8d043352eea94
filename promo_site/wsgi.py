"""The web server's entrance."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "promo_site.settings.base")

application = get_wsgi_application()

# The ingest path can only be imported once the apps are loaded. This process stores what it accepts in groups.
from events import group_commit  # noqa: E402

group_commit.enable()
