"""Make an API key and print its id and token, which cannot be shown again."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from access import audit, keys
from access.models import CALLS_MOST, ApiKey

BROWSER_SCOPES = ["events:write"]


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--kind", choices=ApiKey.Kind.values, default=ApiKey.Kind.SERVER)
        parser.add_argument("--name", default="")
        parser.add_argument("--origin", action="append", default=[], help="browser keys: an origin it may be used from")
        parser.add_argument("--allow", default="", help="browser keys: further switches, such as redeem,publish")
        parser.add_argument(
            "--integration", action="store_true", help="server keys: for a tool that can only fetch addresses"
        )
        parser.add_argument(
            "--calls-per-minute", type=int, help="how many calls it may make; as many as it likes if left"
        )
        parser.add_argument("--json", action="store_true", help="print app_id and app_token as JSON")

    def handle(self, *_args: Any, **options: Any) -> None:
        issued = self._issue(**options)
        told = {"app_id": issued.key.app_id, "app_token": issued.app_token}
        if options["json"]:
            self.stdout.write(json.dumps(told))
            return
        self.stdout.write("\n".join(f"{name}: {value}" for name, value in told.items()))
        self.stderr.write("The token is not shown again; keep it now.")

    @transaction.atomic
    def _issue(
        self, *, kind: str, name: str, origin: list[str], allow: str, integration: bool,
        calls_per_minute: int | None, **_: Any,
    ) -> keys.IssuedKey:  # fmt: skip
        switches = [part.strip() for part in allow.split(",") if part.strip()]
        if kind == ApiKey.Kind.CLIENT and not origin:
            raise CommandError("A browser key needs at least one --origin, such as http://shop.example.")
        if kind == ApiKey.Kind.SERVER and (origin or switches):
            raise CommandError("--origin and --allow belong to browser keys: add --kind client.")
        if kind == ApiKey.Kind.CLIENT and integration:
            raise CommandError("--integration belongs to server keys.")
        if calls_per_minute is not None and not 0 < calls_per_minute <= CALLS_MOST:
            raise CommandError(f"--calls-per-minute takes 1 to {CALLS_MOST:,}.")
        of_server = [keys.EVERYTHING, keys.INTEGRATION] if integration else [keys.EVERYTHING]
        scopes = of_server if kind == ApiKey.Kind.SERVER else [*BROWSER_SCOPES, *switches]
        origins = [part.rstrip("/") for part in origin]
        issued = keys.issue(name or f"{kind} key", kind, scopes, origins, calls_per_minute=calls_per_minute)
        audit.record("created", "api_key", issued.key.app_id, f"Made the key {issued.key.name} from the command line")
        return issued
