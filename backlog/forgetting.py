"""What reports of bulk calls say of a customer who is erased."""

from typing import Any, Protocol

from django.db import connection

# Reports are few, and each is small: they are looked through.
FORGET = """
    UPDATE backlog_asyncaction AS kept SET result = jsonb_set(
        jsonb_set(result, '{failed}', coalesce((
            SELECT jsonb_agg(CASE WHEN row ->> 'name' = ANY(%(names)s) THEN row || '{"name": ""}' ELSE row END)
            FROM jsonb_array_elements(result -> 'failed') AS row), '[]')),
        '{results}', coalesce((
            SELECT jsonb_agg(row) FROM jsonb_array_elements(result -> 'results') AS row
            WHERE row ->> 'source_id' IS NULL OR NOT row ->> 'source_id' = ANY(%(names)s)), '[]'))
    WHERE EXISTS (SELECT FROM jsonb_array_elements(coalesce(result -> 'failed', '[]')) AS row
                  WHERE row ->> 'name' = ANY(%(names)s))
       OR EXISTS (SELECT FROM jsonb_array_elements(coalesce(result -> 'results', '[]')) AS row
                  WHERE row ->> 'source_id' = ANY(%(names)s))
"""


class Departure(Protocol):
    """What has to be known of whoever goes."""

    @property
    def customer(self) -> Any: ...
    @property
    def is_permanent(self) -> bool: ...


def forget(departure: Departure) -> dict[str, int]:
    customer = departure.customer
    names = [name for name in (customer.source_id, customer.email, customer.name) if name]
    if departure.is_permanent and names:
        with connection.cursor() as cursor:
            cursor.execute(FORGET, {"names": names})
    return {}
