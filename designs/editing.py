"""Designs as they are worked on: begun, saved under the eyes of others, kept as versions, brought back, copied.

The one writer of designs and their versions. Every design that is stored compiles.
"""

from datetime import timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Max

from access.clock import database_now
from designs import compiling
from designs.models import Design, DesignVersion

# How the design stood is kept by itself this often while somebody works on it.
KEPT_EVERY = timedelta(minutes=10)
VERSIONS_MOST = 100


class DesignChanged(Exception):
    """Somebody else saved the design in the meantime; it carries the design as it stands."""

    def __init__(self, design: Design) -> None:
        super().__init__("The design was changed in the meantime.")
        self.design = design


def begin(mjml: str, person: User | None = None) -> Design:
    """Store a new design; raise DesignError where it cannot be compiled."""
    source = compiling.tidy(mjml)
    return Design.objects.create(mjml=source, html=compiling.compile_design(source), saved_by=person)


@transaction.atomic
def save(design_id: int, mjml: str, revision: int, person: User | None = None) -> Design:
    """Store the design's new state and return it.

    Raise DesignError where it cannot be compiled, and DesignChanged where it is not at the revision that the person
    began from. Saving what stands there already changes nothing.
    """
    source = compiling.tidy(mjml)
    html = compiling.compile_design(source)
    design = _locked(design_id)
    if design.mjml == source:
        return design
    if design.revision != revision:
        raise DesignChanged(design)
    if _is_due(design):
        _keep(design, "", design.saved_by)
    return _write(design, source, html, person)


@transaction.atomic
def keep(design_id: int, label: str, person: User | None = None) -> DesignVersion:
    """Keep how the design stands as a version; one that was kept already is only named."""
    design = _locked(design_id)
    newest = design.versions.first()
    if newest is None or newest.mjml != design.mjml:
        return _keep(design, label, person)
    if label and newest.label != label:
        newest.label = label[:120]
        newest.save(update_fields=["label"])
    return newest


@transaction.atomic
def restore(design_id: int, number: int, person: User | None = None) -> Design:
    """Bring a version back; how the design stood until now is kept as one too. Raise DesignVersion.DoesNotExist."""
    design = _locked(design_id)
    version = design.versions.get(number=number)
    if version.mjml == design.mjml:
        return design
    keep(design_id, "", person)
    return _write(design, version.mjml, compiling.compile_design(version.mjml), person)


@transaction.atomic
def replace(design_id: int, mjml: str, person: User | None = None) -> Design:
    """Begin anew from another design, such as a template; how it stood is kept as a version."""
    design = _locked(design_id)
    keep(design_id, "", person)
    source = compiling.tidy(mjml)
    return _write(design, source, compiling.compile_design(source), person)


def copy(design: Design) -> Design:
    """Return a design of its own that says the same; the versions stay with the first one."""
    return Design.objects.create(mjml=design.mjml, html=design.html, saved_by=design.saved_by)


def discard(design_ids: list[int]) -> None:
    """Forget designs with all their versions, in the caller's transaction."""
    Design.objects.filter(pk__in=design_ids).delete()


def _locked(design_id: int) -> Design:
    return Design.objects.select_for_update().get(pk=design_id)


def _write(design: Design, source: str, html: str, person: User | None) -> Design:
    design.mjml, design.html, design.saved_by = source, html, person
    design.revision += 1
    design.updated_at = database_now()
    design.save(update_fields=["mjml", "html", "saved_by", "revision", "updated_at"])
    return design


def _is_due(design: Design) -> bool:
    newest = design.versions.first()
    if newest is not None and newest.mjml == design.mjml:
        return False
    return database_now() - (newest.created_at if newest else design.created_at) >= KEPT_EVERY


def _keep(design: Design, label: str, person: User | None) -> DesignVersion:
    last = design.versions.aggregate(last=Max("number"))["last"] or 0
    version = DesignVersion.objects.create(
        design=design, number=last + 1, label=label[:120], mjml=design.mjml, person=person
    )
    # The oldest of those that nobody named make room.
    nameless = design.versions.filter(label="").values_list("pk", flat=True)[VERSIONS_MOST:]
    DesignVersion.objects.filter(pk__in=list(nameless)).delete()
    return version
