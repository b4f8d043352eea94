"""`./run manage provider_twins`: try every channel without an account, on this machine alone."""

import signal
import threading
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from distributions.channels import twins
from promo_site import provider_twins
from promo_site.installation import Installation

READY = """
  Webhooks may go to    {hook}

  Now make a distribution at {address}/admin/distributions/distribution/add/ with any of these channels, set it live,
  and press "Abandon cart" at {address}/admin/distributions/distribution/playground/.
  Whatever the twins are told stands here, a line for each call. Ctrl-C stops them.
"""
ENDED = "The twins have stopped. Their connections stay, and reach nobody until this command runs again."


class Command(BaseCommand):
    help = (
        "For the demo: start stand-ins of Mailchimp, Intercom, Braze, ActiveCampaign, Twilio and mail providers on "
        "loopback, connect them, and print what they are told. Beside ./run, until Ctrl-C."
    )

    def handle(self, *_args: Any, **_options: Any) -> None:
        self._refuse_elsewhere()
        over = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: over.set())
        with provider_twins.running(self._tell) as stage:
            for connection, tested in stage.connect():
                self._tell(f"  {connection.name:<22}{tested.message}")
            hook = f"{stage.receiver.url}/hook"
            self._tell(READY.format(hook=hook, address=settings.PROMO_PUBLIC_URL))
            over.wait()
        self._tell(ENDED)

    def _refuse_elsewhere(self) -> None:
        """Refuse to run but beside the running demo, which nobody can reach from another machine."""
        installation = Installation(settings.DATA_DIR)
        if installation.demo_key() is None:
            raise CommandError("This is for the demo, and this installation was started without it (PROMO_DEMO=0).")
        if not twins.is_at_home():
            raise CommandError(f"This is for the demo on one's own machine; it answers at {settings.PROMO_PUBLIC_URL}.")
        if installation.running_addresses() is None:
            raise CommandError("Start the product first, with ./run in another terminal.")
        if twins.ports():
            raise CommandError("The twins run already.")

    def _tell(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
