"""What the list of events can be narrowed by."""

import django_filters
from django.db.models import QuerySet

from customers.models import Customer
from events.catalogue import canonical
from events.models import Event


class EventFilterSet(django_filters.FilterSet):
    name = django_filters.CharFilter(method="named", label="Event")
    customer = django_filters.CharFilter(method="of_customer", label="Customer")
    source = django_filters.ChoiceFilter(choices=Event.Source.choices, label="Source", empty_label="Any source")

    class Meta:
        model = Event
        fields = ["name", "customer", "source"]

    def named(self, events: QuerySet[Event], _field: str, name: str) -> QuerySet[Event]:
        return events.filter(name=canonical(name.strip()))

    def of_customer(self, events: QuerySet[Event], _field: str, wanted: str) -> QuerySet[Event]:
        """Find by id, source id or e-mail."""
        wanted = wanted.strip()
        known = Customer.objects.known_as(wanted) | Customer.objects.with_email(wanted)
        return events.filter(customer__in=list(known.values_list("pk", flat=True)[:100]))
