"""The framework's own checks: workers start without them, so they are run here."""

from django.core.management import call_command


def test_the_framework_finds_nothing_wrong_with_the_site() -> None:
    call_command("check", fail_level="WARNING")
