"""Finding customers by what a person at a desk knows of them."""

from django.db.models import Q, QuerySet

from customers.models import Customer


def search(customers: QuerySet[Customer], text: str) -> QuerySet[Customer]:
    """Narrow to those whose name holds the text, or whose e-mail or id it is (or begins, for e-mail and source id)."""
    text = text.strip()
    if not text:
        return customers
    if text.startswith("cust_"):
        return customers.filter(public_id=text)
    return customers.filter(Q(name__icontains=text) | Q(email__istartswith=text) | Q(source_id__startswith=text))
