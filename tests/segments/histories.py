"""Invented histories and filters for the property tests: rich in edges, poor in luck."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from access.identifiers import uuid7
from customers.models import Customer
from events.models import Event, Tally
from orders.models import OrderSummary
from segments.conditions import Happened, Occurrence
from segments.conditions.operators import AGO, BOUGHT, NUMERIC, ORDERING, VALUES

NOW = datetime(2026, 3, 1, 12, 0, 0, 500_000, tzinfo=UTC)
ORDERING_BY_NAME = tuple(sorted(ORDERING))
NAMES = ("cart_abandoned", "order.paid", "page_viewed")
PROPERTIES = ("cart_value", "sku", "odd'key %s {}")
UNITS = ("seconds", "minutes", "hours", "days", "weeks")
STEPS = (timedelta(0), timedelta(microseconds=1), -timedelta(microseconds=1))

texts = st.sampled_from(["", "gold", "Gold", "go", "ld", "5", "true", "naïve ☂", "100%", "a'b", "{}", "2026-02-28"])
dates = st.sampled_from(
    [
        "2026-02-28",
        "2026-03-01T12:00:00.5Z",
        "2026-02-27T23:00:00+02:00",
        "2026-02-31",
        "2026-02-28T24:00:00Z",
        "1890-01-01",
    ]
)
numbers = st.one_of(
    st.integers(-3, 8), st.sampled_from([0.1, 0.2, 0.3, 0.30000000000000004, 1.0, 5.5, 1e-7, 2**53 + 1, 10**14])
)
scalars = st.one_of(texts, dates, numbers, st.booleans())
values = st.one_of(scalars, st.none(), st.lists(scalars, max_size=3), st.dictionaries(texts, scalars, max_size=2))
amounts = st.one_of(st.integers(0, 3), st.sampled_from([0.5, 1.5]))


@dataclass
class Person:
    """One customer with everything that is known of her; answers as ``conditions.Facts``."""

    customer: Customer
    events: list[Event]
    segments: set[str] = field(default_factory=set)
    bought: OrderSummary | None = None

    def happened(self, event: str) -> Happened | None:
        times = [each.occurred_at for each in self.events if each.name == event]
        return Happened(len(times), min(times), max(times)) if times else None

    def occurrences(self, event: str) -> list[Occurrence]:
        named = [Occurrence(each.id, each.occurred_at, each.properties) for each in self.events if each.name == event]
        return sorted(named, key=lambda each: each.occurred_at, reverse=True)

    def attribute(self, attribute: str) -> Any:
        if attribute.startswith(BOUGHT):
            return self._bought(attribute.removeprefix(BOUGHT))
        head, _, key = attribute.partition(".")
        value = getattr(self.customer, head)
        if key:
            return (value or {}).get(key)
        return value.isoformat() if isinstance(value, date) and not isinstance(value, datetime) else value

    def _bought(self, name: str) -> Any:
        known = getattr(self.bought, name, None)
        if name == "average_amount" and self.bought:
            known = (2 * self.bought.total_amount + self.bought.total_count) // (2 * self.bought.total_count)
        return known if name == "last_order_date" else known or 0

    def is_member(self, segment: str) -> bool:
        return segment in self.segments


@st.composite
def instants(draw: Any) -> datetime:
    """Return an instant at, or a microsecond beside, a whole number of units before NOW, or a little ahead."""
    unit = draw(st.sampled_from(["seconds", "minutes", "hours", "days"]))
    back = timedelta(**{unit: draw(st.sampled_from([-1, 0, 0.5, 1, 1.5, 2, 3, 4]))})
    return NOW - back + draw(st.sampled_from(STEPS))


@st.composite
def people(draw: Any) -> Person:
    customer = Customer(
        name=draw(st.none() | texts),
        email=draw(st.none() | texts),
        birthdate=draw(st.none() | st.sampled_from([date(1990, 2, 28), date(1890, 1, 1), date(2026, 2, 28)])),
        address=draw(st.none() | st.fixed_dictionaries({}, optional={"city": texts | st.none(), "country": texts})),
        metadata=draw(st.dictionaries(st.sampled_from(PROPERTIES), values, max_size=3)),
        created_at=draw(instants()),
        updated_at=draw(st.none() | instants()),
    )
    events = draw(
        st.lists(
            st.builds(
                lambda name, at, properties: Event(id=uuid7(), name=name, occurred_at=at, properties=properties),
                st.sampled_from(NAMES),
                instants(),
                st.dictionaries(st.sampled_from(PROPERTIES), values, max_size=2),
            ),
            max_size=7,
        )
    )
    bought = draw(
        st.none()
        | st.builds(
            OrderSummary,
            total_amount=st.sampled_from([0, 5, 6, 10**14]),
            total_count=st.integers(1, 3),
            last_order_amount=st.sampled_from([0, 1, 5]),
            last_order_date=instants(),
        )
    )
    return Person(customer, events, bought=bought)


def store(persons: list[Person]) -> None:
    """Write customers, events and tallies as accepting the events would have."""
    Customer.objects.bulk_create([each.customer for each in persons])
    for person in persons:
        for event in person.events:
            event.customer_id = person.customer.pk
    for person in persons:
        if person.bought:
            person.bought.customer_id = person.customer.pk
            person.bought.save(force_insert=True)
    Event.objects.bulk_create([event for each in persons for event in each.events])
    tallies = [(each.customer.pk, name, each.happened(name)) for each in persons for name in NAMES]
    Tally.objects.bulk_create(
        Tally(customer_id=pk, event_name=name, count=one.count, first_at=one.first_at, last_at=one.last_at)
        for pk, name, one in tallies
        if one
    )


def _operand(operator: str, numeric: Any) -> Any:
    if operator == "between":
        return st.lists(numeric, min_size=2, max_size=2).map(sorted)
    if operator in ("more_than", "less_than", "at_least", "at_most"):
        return numeric
    if operator in ("in", "not_in"):
        return st.lists(scalars, min_size=1, max_size=3)
    if operator in ("starts_with", "ends_with"):
        return texts.filter(bool)
    if operator in ("after", "before"):
        return st.sampled_from(["2026-02-28", "2026-03-01T12:00:00.5Z", "2026-02-27T23:00:00+02:00"])
    if operator in AGO:
        return amounts
    return st.none() if operator in ("is_unknown", "has_value") else scalars


@st.composite
def value_tests(draw: Any, operators: tuple[str, ...]) -> dict[str, Any]:
    operator = draw(st.sampled_from(operators))
    test = {"operator": operator, "value": draw(_operand(operator, numbers))}
    return test | ({"unit": draw(st.sampled_from(UNITS))} if operator in AGO else {})


@st.composite
def event_conditions(draw: Any) -> dict[str, Any]:
    metric = draw(
        st.sampled_from(["count", "count", "last_occurred", "first_occurred", "sum", "min", "max", "distinct"])
    )
    operator = draw(st.sampled_from(list(NUMERIC)))
    numeric = numbers if metric in ("sum", "min", "max") else amounts
    value = draw(_operand(operator, numeric) if operator != "exactly" else numeric)
    condition: dict[str, Any] = {"event": draw(st.sampled_from(NAMES)), "metric": metric, "operator": operator}
    condition["value"] = value
    if metric.endswith("occurred"):
        condition["unit"] = draw(st.sampled_from(UNITS))
    elif draw(st.booleans()):
        last = draw(st.sampled_from([0.5, 1, 1.5, 2, 3]))
        condition["within"] = {"last": last, "unit": draw(st.sampled_from(UNITS))}
    if metric in ("sum", "min", "max", "distinct"):
        condition["property"] = draw(st.sampled_from(PROPERTIES))
    if draw(st.integers(0, 2)) == 0:
        tests = st.tuples(st.sampled_from(PROPERTIES), value_tests(tuple(VALUES)))
        condition["where"] = [
            {"property": name, **test} for name, test in draw(st.lists(tests, min_size=1, max_size=2))
        ]
    return condition


@st.composite
def attribute_conditions(draw: Any) -> dict[str, Any]:
    numeric = ("exactly", "is_not", *ORDERING_BY_NAME, "in", "not_in", "is_unknown", "has_value")
    kinds = {
        "name": ("exactly", "is_not", "contains", "not_contain", "starts_with", "ends_with", "in", "is_unknown"),
        "address.city": ("exactly", "not_in", "has_value", "is_unknown", "contains"),
        "birthdate": ("exactly", "after", "before", "is_unknown", *AGO),
        "created_at": ("after", "before", "has_value", *AGO),
        **{
            f"{BOUGHT}{name}": numeric
            for name in ("total_amount", "total_count", "average_amount", "last_order_amount")
        },
        f"{BOUGHT}last_order_date": ("after", "before", "has_value", "is_unknown", *AGO),
        "updated_at": ("after", "before", "is_unknown", *AGO),
        **{f"metadata.{name}": (*VALUES, *AGO) for name in PROPERTIES},
    }
    attribute = draw(st.sampled_from(list(kinds)))
    test = draw(value_tests(kinds[attribute]))
    if kinds[attribute] is numeric and test["operator"] in ("exactly", "is_not", "in", "not_in"):
        test["value"] = draw(
            st.lists(numbers, min_size=1, max_size=3) if "in" in test["operator"].split("_") else numbers
        )
    return {"attribute": attribute, **test}


def trees(segments: tuple[str, ...] = ()) -> Any:
    leaves = [event_conditions(), event_conditions(), attribute_conditions()]
    if segments:
        leaves.append(
            st.fixed_dictionaries({"segment": st.sampled_from(segments), "operator": st.sampled_from(["in", "not_in"])})
        )
    groups = lambda children: st.fixed_dictionaries(  # noqa: E731
        {"junction": st.sampled_from(["and", "or"]), "conditions": st.lists(children, min_size=1, max_size=3)},
        optional={"negate": st.booleans()},
    )
    return groups(st.recursive(st.one_of(leaves), groups, max_leaves=5)).filter(lambda tree: _depth(tree) <= 5)


def _depth(node: dict[str, Any]) -> int:
    return 1 + max((_depth(each) for each in node["conditions"]), default=0) if "conditions" in node else 0
