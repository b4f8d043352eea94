"""Make an administrator, or give an existing one this password and all permissions."""

from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--email", required=True)
        parser.add_argument("--password", required=True)

    def handle(self, *_args: Any, email: str, password: str, **_options: Any) -> None:
        try:
            validate_email(email)
        except ValidationError as error:
            raise CommandError(f"{email} is not an e-mail address.") from error
        person, made = get_user_model().objects.get_or_create(username=email, defaults={"email": email})
        person.is_staff = person.is_superuser = person.is_active = True
        person.set_password(password)
        person.save()
        self.stdout.write(f"{'Made' if made else 'Renewed'} the administrator {email}.")
