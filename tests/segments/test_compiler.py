"""Whatever the tree, the history and the instant: judging one customer equals being in the compiled query's result."""

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from segments.compiler.compiling import members_sql
from segments.conditions import judge, parse
from segments.models import Membership, Segment
from tests.segments.histories import NOW, Person, instants, people, store, trees

GROUPS = ("seg_loyal", "seg_new")


def matching(tree, now) -> set[int]:
    sql, params = members_sql(tree, now)
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return {row[0] for row in cursor.fetchall()}


def put_into_segments(persons: list[Person], members: list[set[str]]) -> None:
    segments = {name: Segment.objects.create(public_id=name, name=name, filter={}) for name in GROUPS}
    for person, names in zip(persons, members, strict=True):
        person.segments = names
        Membership.objects.bulk_create(
            Membership(segment=segment, customer=person.customer, is_member=name in names, changed_at=NOW)
            for name, segment in segments.items()
        )


@pytest.mark.django_db
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    persons=st.lists(people(), min_size=3, max_size=3),
    members=st.lists(st.sets(st.sampled_from(GROUPS)), min_size=3, max_size=3),
    filters=st.lists(trees(GROUPS), min_size=6, max_size=6),
    now=instants(),
)
def test_judging_one_equals_asking_for_all(persons, members, filters, now):
    with transaction.atomic():
        store(persons)
        put_into_segments(persons, members)
        for filter in filters:
            tree = parse(filter)
            judged = {each.customer.pk for each in persons if judge(tree, each, now)[0]}
            assert matching(tree, now) == judged, filter
        transaction.set_rollback(True)
