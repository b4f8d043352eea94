"""Make what a first start needs: an administrator and, unless PROMO_DEMO=0, the abandoned-cart demo."""

import os
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.staticfiles.management.commands.collectstatic import Command as CollectStatic
from django.core.management import call_command
from django.core.management.base import BaseCommand

from access import project
from promo_site import demo


class Command(BaseCommand):
    help = __doc__

    def handle(self, *_args: Any, **_options: Any) -> None:
        call_command(CollectStatic(), interactive=False, verbosity=0)
        project.current()
        people = get_user_model().objects
        if people.exists():
            return
        people.create_superuser("admin", "admin@localhost.localdomain", os.environ["PROMO_ADMIN_PASSWORD"])
        if settings.PROMO_DEMO:
            self.stdout.write("Loading the abandoned-cart demo ...")
            demo.load()
