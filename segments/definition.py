"""Making, changing and deleting segments: the one writer of their rows, and of a static segment's members.

A segment's members are never decided here: a new or changed filter leaves the segment waiting to be filled.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.contrib.auth.models import User
from django.db import IntegrityError, connection, transaction
from django.db.models import F, ProtectedError, Q

from access import audit, limits
from access.problems import Problem, invalid_payload
from backlog import doorbell
from customers.models import Customer
from events.clock import database_now
from segments import conditions, references
from segments.conditions import ConditionError, Group, listens_to, to_json
from segments.models import Segment
from segments.tasks import fill_segments

STATIC_MOST: Final = 20_000
DESCRIPTION_MOST: Final = 400

# Members of a static segment entered when it was made; their rows are as any other's.
JOIN = """
    WITH joined AS (
        INSERT INTO segments_membership (segment_id, customer_id, is_member, epoch, revision, changed_at)
        SELECT %s, id, TRUE, 1, 1, %s FROM unnest(%s::bigint[]) AS given (id) ORDER BY id
        RETURNING segment_id, customer_id, changed_at
    )
    INSERT INTO segments_entry (segment_id, customer_id, epoch, entered_at)
    SELECT segment_id, customer_id, 1, changed_at FROM joined
"""


@dataclass(frozen=True)
class By:
    """Who makes a change: a person in the admin, or a program by its key."""

    person: User | None = None
    key_id: int | None = None


NOBODY: Final = By()


def read_filter(filter: object) -> Group:
    """Return the tree of a filter, or raise the Problem that names the place and says why."""
    try:
        return conditions.parse(filter)
    except ConditionError as error:
        raise _unreadable(error) from error


@transaction.atomic
def create(
    name: str,
    type: str,
    filter: object = None,
    customers: Sequence[str] = (),
    description: str = "",
    *,
    by: By = NOBODY,
) -> Segment:
    """Make a segment. A dynamic one is filled in the background, in silence; a static one has its members at once."""
    if type not in Segment.Type.values:
        raise invalid_payload(f"type must be one of {', '.join(Segment.Type.values)}")
    segment = Segment(name=_name(name), type=type, description=_description(description))
    if type == Segment.Type.STATIC:
        _make_static(segment, filter, customers)
    else:
        _make_dynamic(segment, filter, customers)
    _note("created", segment, by)
    return segment


@transaction.atomic
def change(
    segment: Segment,
    *,
    name: str | None = None,
    filter: object = None,
    description: str | None = None,
    apply_quietly: bool = False,
    by: By = NOBODY,
) -> Segment:
    """Change what is given. With another filter the members are decided anew, and who comes or goes is told.

    ``apply_quietly`` spares the telling: distributions then leave those alone who come in by the edit.
    """
    segment = Segment.objects.select_for_update(no_key=True).get(pk=segment.pk)
    if segment.type == Segment.Type.STATIC and filter is not None:
        raise invalid_payload("a static segment has no filter and its members do not change")
    fields: dict[str, Any] = {"updated_at": database_now()}
    if name is not None:
        fields["name"] = _name(name)
    if description is not None:
        fields["description"] = _description(description)
    is_filtered_anew = filter is not None and _change_filter(segment, filter, fields, apply_quietly)
    Segment.objects.filter(pk=segment.pk).update(**fields)
    segment.refresh_from_db()
    _note("filters_updated" if is_filtered_anew else "updated", segment, by)
    return segment


@transaction.atomic
def activate(segment: Segment, *, by: By = NOBODY) -> bool:
    """Let a passive segment tell who enters and leaves from now on; return whether it was passive."""
    passive = Segment.objects.filter(pk=segment.pk, type=Segment.Type.PASSIVE)
    if not passive.update(type=Segment.Type.AUTO_UPDATE, updated_at=database_now()):
        return False
    segment.refresh_from_db()
    _note("activated", segment, by)
    return True


def delete(segment: Segment, *, by: By = NOBODY) -> None:
    """Delete a segment with its memberships, unless another segment, a distribution or a rule needs it."""
    try:
        with transaction.atomic():
            # Whoever is about to refer to it holds it: see references.hold.
            Segment.objects.select_for_update().filter(pk=segment.pk).first()
            for why in references.users(segment):
                raise _in_use(why)
            _note("deleted", segment, by)
            segment.delete()
    except (ProtectedError, IntegrityError) as error:
        raise _in_use("A distribution uses it. Delete the distribution first.") from error


def _make_static(segment: Segment, filter: object, customers: Sequence[str]) -> None:
    if filter is not None:
        raise invalid_payload("a static segment takes customers, not a filter")
    ids = _customer_ids(customers)
    segment.fill = Segment.Fill.DONE
    segment.save(force_insert=True)
    with connection.cursor() as cursor:
        cursor.execute(JOIN, [segment.pk, database_now(), ids])


def _make_dynamic(segment: Segment, filter: object, customers: Sequence[str]) -> None:
    if customers:
        raise invalid_payload("only a static segment takes customers; this type takes a filter")
    tree = read_filter(filter)
    references.require(tree)
    segment.filter = to_json(tree)
    segment.listens_to = listens_to(tree)
    segment.save(force_insert=True)
    doorbell.ring_on_commit(fill_segments)


def _change_filter(segment: Segment, filter: object, fields: dict[str, Any], apply_quietly: bool) -> bool:
    tree = read_filter(filter)
    if to_json(tree) == segment.filter and segment.fill != Segment.Fill.FAILED:
        return False
    references.require(tree)
    references.refuse_ring(segment, tree)
    is_first_fill = segment.fill != Segment.Fill.DONE and segment.fill_silent
    fields |= {
        "filter": to_json(tree),
        "listens_to": listens_to(tree),
        "revision": F("revision") + 1,
        "fill": Segment.Fill.WAITING,
        "fill_cursor": 0,
        "fill_silent": apply_quietly or is_first_fill,
    }
    doorbell.ring_on_commit(fill_segments)
    return True


def _customer_ids(given: Sequence[str]) -> list[int]:
    """Return the customers named by our ids or the shop's; all of them must exist."""
    wanted = set(given)
    if len(wanted) > STATIC_MOST:
        raise invalid_payload(f"a static segment has at most {STATIC_MOST} customers")
    rows = Customer.objects.filter(Q(public_id__in=wanted) | Q(source_id__in=wanted))
    found = {
        pk: (public_id, source_id) for pk, public_id, source_id in rows.values_list("pk", "public_id", "source_id")
    }
    missing = wanted - {name for names in found.values() for name in names}
    if missing:
        raise Problem(
            404,
            "not_found",
            "Resource not found",
            f"Cannot find customer with id {min(missing)}",
            resource_id=min(missing),
            resource_type="customer",
        )
    return sorted(found)


def _name(name: str) -> str:
    return limits.identifier(name.strip() if isinstance(name, str) else name, "name")


def _description(description: str) -> str:
    return limits.text(description, "description", DESCRIPTION_MOST)


def _in_use(why: str) -> Problem:
    return Problem(400, "resource_in_use", "Resource in use", why)


def _unreadable(error: ConditionError) -> Problem:
    where = f"filter.{error.path}" if error.path else "filter"
    extra = {"error": {"path": error.path, "message": error.message}}
    return Problem(400, "invalid_payload", "Payload is invalid", f"{where}: {error.message}", extra=extra)


def _note(verb: str, segment: Segment, by: By) -> None:
    words = {"filters_updated": "changed the filter of", "activated": "activated"}.get(verb, verb)
    audit.record(
        verb,
        "segment",
        segment.public_id,
        f"{words.capitalize()} the segment {segment.name}"
        if " of" not in words
        else f"{words.capitalize()} {segment.name}",
        person=by.person,
        key_id=by.key_id,
    )
