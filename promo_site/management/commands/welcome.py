"""Print what a person at the terminal wants to know once everything runs."""

from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandParser

from promo_site.installation import Installation

ADDRESSES = """
  Promotions is ready:  {address}/
  Sign in as            {login}
"""

TRY_THE_DEMO = """
  Try it: open {address}/admin/distributions/distribution/playground/ and press "Abandon cart",
  or send an event as your shop would:

    curl {address}/v1/events -H 'Content-Type: application/json' \\
      -H 'X-App-Id: {app_id}' -H 'X-App-Token: {app_token}' \\
      -d '{{"event": "cart_abandoned", "customer": {{"source_id": "shop-1", "email": "ida@shop.example"}}}}'

  and see the message in {address}/admin/distributions/distribution/mailbox/

  Try every channel without an account, from another terminal:  ./run manage provider_twins
"""

MAKE_A_KEY = """
  A key for your shop:  ./run manage create_api_key --kind server --name shop
"""


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--address", required=True)

    def handle(self, *_args: Any, address: str, **_options: Any) -> None:
        self.stdout.write(ADDRESSES.format(address=address, login=self._login()))
        key = Installation(settings.DATA_DIR).demo_key()
        story = TRY_THE_DEMO.format(address=address, **key) if key else MAKE_A_KEY
        self.stdout.write(story + "\n  Ctrl-C stops everything.\n")

    def _login(self) -> str:
        """Return the first administrator's login, and her password while it is still the one that was made for her."""
        password = Installation(settings.DATA_DIR).secrets()["admin_password"]
        first = get_user_model().objects.filter(is_superuser=True).order_by("pk").first()
        if first is None:
            return "(nobody yet: ./run manage create_admin --email you@shop.example --password ...)"
        known = first.get_username() == "admin" and first.check_password(password)
        return f"admin / {password}" if known else f"{first.get_username()}, with your own password"
