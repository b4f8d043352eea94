"""Who is in a segment, and which segments a customer is in: read for lists."""

from collections import defaultdict
from collections.abc import Collection

from django.db.models import Exists, OuterRef, QuerySet

from access.problems import not_found
from customers.models import Customer
from customers.querysets import CustomerQuerySet
from segments.models import Membership, Segment


def customers_in(customers: CustomerQuerySet, public_id: str) -> CustomerQuerySet:
    """Narrow customers to the members of a segment; a segment that does not exist is a Problem."""
    segment = Segment.objects.filter(public_id=public_id).first()
    if segment is None:
        raise not_found("segment", public_id)
    inside = Membership.objects.filter(segment=segment, customer=OuterRef("pk"), is_member=True)
    return customers.filter(Exists(inside))


def segments_of(customer: Customer) -> QuerySet[Segment]:
    return Segment.objects.filter(memberships__customer=customer, memberships__is_member=True)


def among(customer_id: int, segments: Collection[str]) -> frozenset[str]:
    """Return which of these segments a customer is in: one query, as of what was applied so far."""
    inside = Membership.objects.filter(customer_id=customer_id, segment__public_id__in=segments, is_member=True)
    return frozenset(inside.values_list("segment__public_id", flat=True))


def among_many(customer_ids: Collection[int], segments: Collection[str]) -> dict[int, frozenset[str]]:
    """Return for each customer which of these segments she is in: one query, as of what was applied so far."""
    inside = Membership.objects.filter(
        customer__in=customer_ids, segment__public_id__in=segments, is_member=True
    ).values_list("customer_id", "segment__public_id")
    found: dict[int, set[str]] = defaultdict(set)
    for customer_id, segment in inside:
        found[customer_id].add(segment)
    return {customer_id: frozenset(some) for customer_id, some in found.items()}
