"""The web server's entrance."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "promo_site.settings.base")

application = get_wsgi_application()

# The ingest path can only be imported once the apps are loaded. This process stores what it accepts in groups.
from django.urls import get_resolver  # noqa: E402

from events import group_commit  # noqa: E402
from promo_site.collector import spare_what_is_loaded  # noqa: E402

group_commit.enable()
# Every view is loaded now: the first visitor does not wait for it, and it need not be looked through for garbage.
get_resolver().url_patterns  # noqa: B018
spare_what_is_loaded()
