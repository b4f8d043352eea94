from typing import Any

import pytest
from django.db import connection

from access import listing
from access.models import AuditEntry

pytestmark = pytest.mark.django_db


@pytest.fixture
def entries(db: None) -> None:
    AuditEntry.objects.bulk_create([AuditEntry(verb="did", object_type="x", object_id=str(n)) for n in range(30)])


def test_few_rows_are_counted_exactly(entries: None, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        assert listing.total_of(AuditEntry.objects.filter(object_id__in=["1", "2"])) == 2


def test_many_rows_are_estimated(entries: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "COUNTED_MOST", 10)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE access_auditentry")
    assert listing.total_of(AuditEntry.objects.order_by("-id")) == 30


def test_an_estimate_is_no_less_than_what_was_counted(entries: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "COUNTED_MOST", 10)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE access_auditentry")
    assert listing.total_of(AuditEntry.objects.filter(verb="did", object_type="x", summary="")) >= 11


def test_a_page_knows_whether_more_come(entries: None) -> None:
    found = AuditEntry.objects.order_by("id")
    rows, has_more = listing.shown_on(found, listing.Page(20, 2))
    assert (len(rows), has_more) == (10, False)
    assert listing.shown_on(found, listing.Page(10, 1))[1] is True
