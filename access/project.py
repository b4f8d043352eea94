"""The one project's settings: its only reader and writer."""

from django.db import transaction

from access.models import Project


def current() -> Project:
    """Return the project, made when it is missing."""
    return Project.objects.get_or_create(id=1)[0]


@transaction.atomic
def change(**fields: str) -> Project:
    """Change these fields of the project; nothing else is touched."""
    project = current()
    for name, value in fields.items():
        setattr(project, name, value)
    project.save(update_fields=list(fields))
    return project
