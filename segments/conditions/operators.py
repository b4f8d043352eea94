"""The words of a condition: metrics, operators and units, and how each reads in a sentence."""

from datetime import timedelta
from typing import Final

COUNT: Final = "count"
LAST: Final = "last_occurred"
FIRST: Final = "first_occurred"
METRICS: Final = (COUNT, LAST, FIRST, "sum", "min", "max", "distinct")
RECENCY: Final = frozenset({LAST, FIRST})
AGGREGATES: Final = frozenset({"sum", "min", "max", "distinct"})

# Operators on a number: event counts, sums, elapsed time and numeric values.
NUMERIC: Final = {
    "more_than": "more than",
    "exactly": "exactly",
    "less_than": "less than",
    "at_least": "at least",
    "at_most": "at most",
    "between": "between",
}
TEXT: Final = {
    "contains": "contains",
    "not_contain": "does not contain",
    "starts_with": "starts with",
    "ends_with": "ends with",
}
SETS: Final = {"in": "is one of", "not_in": "is none of"}
PRESENCE: Final = {"is_unknown": "is unknown", "has_value": "has any value"}
INSTANTS: Final = {"after": "is after", "before": "is before"}
# Elapsed time of a date attribute. In a property filter they would make its window depend on two clocks.
AGO: Final = {"more_than_ago": "more than", "less_than_ago": "less than", "exactly_ago": "exactly"}
# Operators on one value: an attribute, or a property of an event.
VALUES: Final = {
    "exactly": "is",
    "is_not": "is not",
    "more_than": "is more than",
    "less_than": "is less than",
    "at_least": "is at least",
    "at_most": "is at most",
    "between": "is between",
    **TEXT,
    **SETS,
    **PRESENCE,
    **INSTANTS,
}
ORDERING: Final = frozenset({"more_than", "less_than", "at_least", "at_most", "between"})
MEMBERSHIP: Final = {"in": "who are in", "not_in": "who are not in"}

UNITS: Final = {
    "seconds": timedelta(seconds=1),
    "minutes": timedelta(minutes=1),
    "hours": timedelta(hours=1),
    "days": timedelta(days=1),
    "weeks": timedelta(weeks=1),
}

# Attributes every customer has, and what kind of value each holds.
STANDARD_ATTRIBUTES: Final = {
    "name": "text",
    "email": "text",
    "phone": "text",
    "source_id": "text",
    "description": "text",
    "birthdate": "date",
    "created_at": "instant",
    "updated_at": "instant",
    "address.line_1": "text",
    "address.line_2": "text",
    "address.city": "text",
    "address.state": "text",
    "address.postal_code": "text",
    "address.country": "text",
    "summary.orders.total_amount": "number",
    "summary.orders.total_count": "number",
    "summary.orders.average_amount": "number",
    "summary.orders.last_order_amount": "number",
    "summary.orders.last_order_date": "instant",
}
# What orders come to; a number of who never ordered is 0, as her JSON tells it, and the date is unknown.
BOUGHT: Final = "summary.orders."
# No change of a profile moves these, but these events may.
MOVED_BY: Final = {
    name: ("order.created", "order.updated", "order.paid", "order.canceled")
    for name in STANDARD_ATTRIBUTES
    if name.startswith(BOUGHT)
}
METADATA: Final = "metadata."
