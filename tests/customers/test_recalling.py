"""Customers read by the set, for those who write to them."""

from customers import recalling
from customers.models import Customer


def test_a_customer_is_read_whole_so_that_none_of_her_columns_costs_a_query_of_its_own() -> None:
    assert set(recalling.FIELDS) == {field.attname for field in Customer._meta.concrete_fields}
