"""Turns: who comes to the same thing at the same time waits until the other one's transaction has ended."""

from collections.abc import Iterable

from access import statements

# In one order, whatever is named: so nobody waits in a ring.
TAKE = """
    SELECT pg_advisory_xact_lock(key) FROM (
        SELECT DISTINCT hashtextextended(%s || ':' || name, 0) AS key
        FROM unnest(%s::text[]) AS names (name) ORDER BY key OFFSET 0
    ) AS keys
"""


def take(what: str, names: Iterable[str]) -> None:
    """Wait until nobody else has the turn at any of these names of one sort; ours end with the transaction."""
    if wanted := list(names):
        statements.rows(TAKE, [f"promo.{what}", wanted])
