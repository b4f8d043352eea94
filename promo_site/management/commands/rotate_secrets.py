"""`./run manage rotate_secrets`: seal every stored secret with today's key, so that the old one can be thrown away."""

from argparse import ArgumentParser
from typing import Any

from cryptography.fernet import Fernet
from django.core.management.base import BaseCommand, CommandError

from access import audit
from access.sealing import SealError
from distributions import connecting
from distributions.planning import channel_drafts
from webhooks import signing

HOW = """\
1. Print a new key: ./run manage rotate_secrets --new-key
2. Set PROMO_ENCRYPTION_KEY to it and PROMO_ENCRYPTION_KEYS_BEFORE to the old one, for every process, and restart.
   An installation that made its own key keeps it in secrets.json of its data directory.
3. Seal everything anew: ./run manage rotate_secrets
4. Take PROMO_ENCRYPTION_KEYS_BEFORE away again and restart.
"""


class Command(BaseCommand):
    help = "Seal every stored secret with PROMO_ENCRYPTION_KEY.\n\n" + HOW

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--new-key", action="store_true", help="only print a fresh key; nothing is changed")

    def handle(self, *_arguments: Any, **options: Any) -> None:
        if options["new_key"]:
            self.stdout.write(Fernet.generate_key().decode())
            return
        try:
            counts = {
                "connections": connecting.reseal(),
                "secrets of distributions' webhooks": channel_drafts.reseal(),
                "secrets of project webhooks": signing.reseal(),
            }
        except SealError as error:
            raise CommandError(f"{error} Name that key in PROMO_ENCRYPTION_KEYS_BEFORE, and run this again.") from error
        told = ", ".join(f"{count} {what}" for what, count in counts.items())
        audit.record("rotate", "secrets", "all", f"Sealed with the new key: {told}")
        self.stdout.write(f"Sealed with today's key: {told}.")
