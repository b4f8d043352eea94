"""What rules may ask of a batch of events, read once for all of it: people, segments, goods, validation rules."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from access import project
from campaigns.rules import Case, CustomerFacts, Item, OrderFacts, judge_all
from campaigns.rules.assignments import Assigned, rules_of
from campaigns.rules.needs import needs
from customers import recalling
from customers.models import Customer
from events.models import Event
from orders import collecting
from orders.cart import Line
from rewards.earning.proportions import Happened, asks_for_collections
from rewards.earning.reading import PAID
from rewards.models import EarningRule
from segments.membership import belonging


@dataclass(frozen=True)
class Gathered:
    """The facts of a batch, and the moment and calendar by which it is judged."""

    now: datetime
    zone: ZoneInfo
    people: Mapping[int, Customer]
    lines: Mapping[UUID, Sequence[Line]]
    members: Mapping[int, frozenset[str]]
    assigned: Mapping[str, Sequence[Assigned]]

    def happened(self, event: Event) -> Happened:
        """Return what a proportion may count of an event."""
        order = order_in(event)
        customer = self.people.get(event.customer_id or 0)
        return Happened(
            order or {}, self.lines.get(event.id, ()), {} if order else event.properties,
            customer.metadata if customer else {},
        )  # fmt: skip

    def allows(self, rule: EarningRule, event: Event, holder: int | None) -> bool:
        """Tell whether the validation rules on an earning rule let this event earn."""
        sets = [each.rule_set for each in self.assigned.get(rule.public_id, ())]
        return not sets or judge_all(sets, self._case(event, holder)).holds

    def _case(self, event: Event, holder: int | None) -> Case:
        customer = self.people.get(event.customer_id or 0)
        order = order_in(event)
        facts = (
            CustomerFacts(customer.pk, customer.metadata, self.members.get(customer.pk, frozenset()))
            if customer
            else None
        )
        told = self._order(order, event) if order else None
        return Case(
            now=self.now, zone=self.zone, customer=facts, order=told, holder=holder,
            counters=defaultdict(int), event_metadata=None if order else event.properties,
        )  # fmt: skip

    def _order(self, order: Mapping[str, Any], event: Event) -> OrderFacts:
        return OrderFacts(
            amount=order.get("amount"),
            initial_amount=order.get("initial_amount"),
            total_amount=order.get("total_amount"),
            discount_amount=order.get("total_discount_amount"),
            items=tuple(
                Item(line.quantity, line.price, line.products, line.skus, line.collections, line.metadata,
                     (line.product or {}).get("metadata") or {}, line.amount)
                for line in self.lines.get(event.id, ())
            ),
            metadata=order.get("metadata") or {},
        )  # fmt: skip


def gather(rules: Sequence[EarningRule], events: Sequence[Event], now: datetime) -> Gathered:
    """Read what these rules may ask of these events: a fixed number of queries."""
    assigned = rules_of(rules)
    asked = [needs(each.rule_set) for some in assigned.values() for each in some]
    wants_collections = any(each.collections for each in asked) or any(asks_for_collections(r.loyalty) for r in rules)
    customer_ids = {event.customer_id for event in events if event.customer_id is not None}
    segments = {segment for each in asked for segment in each.segments}
    return Gathered(
        now,
        ZoneInfo(project.current().time_zone),
        recalling.customers(customer_ids),
        _lines(events, with_collections=wants_collections),
        belonging.among_many(customer_ids, segments) if segments else {},
        assigned,
    )


def _lines(events: Sequence[Event], *, with_collections: bool) -> dict[UUID, list[Line]]:
    """Return what each paid order of the batch holds, as goods."""
    orders = [(event.id, order) for event in events if (order := order_in(event))]
    told = {key: [_line(item) for item in order.get("items") or ()] for key, order in orders}
    if not with_collections:
        return told
    places = [(key, place) for key, lines in told.items() for place in range(len(lines))]
    found = collecting.collections_of([told[key][place] for key, place in places])
    for number, (key, place) in enumerate(places):
        if number in found:
            told[key][place] = replace(told[key][place], collections=found[number])
    return told


def order_in(event: Event) -> Mapping[str, Any] | None:
    """Return the order that a payment is about; of one that was merely reported nothing is known."""
    return event.properties.get("order") if event.name == PAID and event.entity_id else None


def _line(item: Mapping[str, Any]) -> Line:
    product = item.get("product") or ({"id": item["product_id"]} if item.get("product_id") else None)
    sku = item.get("sku") or ({"id": item["sku_id"]} if item.get("sku_id") else None)
    return Line.of(
        quantity=item.get("quantity") or 0,
        price=item.get("price"),
        amount=item.get("amount"),
        source_id=item.get("source_id"),
        product=product,
        sku=sku,
        metadata=item.get("metadata") or {},
        discount_amount=item.get("discount_amount") or 0,
    )
