"""Judge what must always hold from the tables alone; exit with 1 where something does not."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from distributions.telling import invariants


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print the verdicts as JSON")

    def handle(self, *_args: Any, **options: Any) -> None:
        report = invariants.check()
        if options["json"]:
            self.stdout.write(invariants.as_json(report))
        else:
            for name, verdict in report.items():
                told = "holds" if verdict["ok"] else f"BROKEN, {verdict['violations']} times"
                self.stdout.write(f"{name:4} {told}: {verdict['what']}")
        if not all(verdict["ok"] for verdict in report.values()):
            raise SystemExit(1)
