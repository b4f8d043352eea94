"""Own templates: a design put on the shelf under a name, and taken off it. The one writer of them."""

from django.contrib.auth.models import User
from django.db import transaction

from access.problems import Problem, invalid_payload
from designs import compiling
from designs.models import OwnTemplate

LONGEST_NAME = 120


@transaction.atomic
def shelve(name: str, mjml: str, person: User | None = None) -> OwnTemplate:
    """Put a design on the shelf; a name that is there already then stands for this one."""
    title = " ".join(name.split())
    if not title or len(title) > LONGEST_NAME:
        raise invalid_payload(f"Give the template a name of at most {LONGEST_NAME} characters.")
    source = compiling.tidy(mjml)
    fields = {"mjml": source, "html": compiling.compile_design(source), "person": person}
    return OwnTemplate.objects.update_or_create(name=title, defaults=fields)[0]


def take_off(public_id: str) -> None:
    """Take a template off the shelf; messages that began from it keep their designs."""
    if not OwnTemplate.objects.filter(public_id=public_id).delete()[0]:
        raise Problem(404, "not_found", "Resource not found", f"There is no template {public_id}.")
