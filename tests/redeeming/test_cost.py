"""What a check and a redemption ask of the database: a fixed number of statements, whatever was sold before."""

from typing import Any

import pytest
from django.db import connection

from access import project
from campaigns.facts import INSIDE
from campaigns.models import Campaign, Redemption, Voucher
from campaigns.redeeming import redeeming, validating, wishes
from campaigns.redeeming.wishes import Asker, Wish
from customers.models import Customer

pytestmark = pytest.mark.django_db

PLANNED = """
    SELECT statement, custom_plans FROM pg_prepared_statements
    WHERE custom_plans + generic_plans >= 10 AND statement ~ 'campaigns_|orders_|customers_|events_'
"""
ITEMS = [{"source_id": name, "product": {"name": name}, "quantity": 2, "price": 3000} for name in ("tee", "cap")]


@pytest.fixture(autouse=True)
def campaign() -> Campaign:
    assert project.current()
    Customer.objects.create(source_id="ida")
    made: Campaign = Campaign.objects.create(name="Spring", campaign_type="DISCOUNT_COUPONS")
    terms = {"type": "PERCENT", "percent_off": 5, "effect": "APPLY_TO_ORDER"}
    for code in ("ONE", "TWO"):
        Voucher.objects.create(code=code, campaign=made, own_kind="DISCOUNT_VOUCHER", own_terms=terms, quantity=1)
    return made


def wish(*codes: str, **order: Any) -> Wish:
    return wishes.read(
        {
            "redeemables": [{"object": "voucher", "id": code} for code in codes],
            "customer": {"source_id": "ida"},
            "order": {"source_id": "o-1", "items": ITEMS, **order},
        }
    )


def asked_by(work: Any, wanted: Wish) -> list[str]:
    """Return the statements of this work, without that of schemas, asked once a second, and the savepoint's."""
    asked: list[str] = []

    def note(execute: Any, sql: str, *how: Any) -> Any:
        asked.append(sql)
        return execute(sql, *how)

    with connection.execute_wrapper(note):
        work(wanted, Asker(INSIDE))
    return [sql for sql in asked if "schemas_metadataschema" not in sql and "SAVEPOINT" not in sql]


def test_a_redemption_with_an_order_takes_a_fixed_number_of_statements() -> None:
    # The turn at the order's name; the order with its goods; who redeems, locked; the codes, locked; their campaign;
    # the hour, the project and what sessions hold; the order with its lines and her summary; the code, the redemption
    # and the count; the three events.
    statements = asked_by(redeeming.redeem, wish("ONE"))
    assert Redemption.objects.get().result == "SUCCESS"
    assert len(statements) <= 9, "\n".join(statements)


def test_two_codes_at_once_take_not_a_statement_more() -> None:
    alone = asked_by(redeeming.redeem, wish("ONE"))
    Redemption.objects.all().delete()
    Voucher.objects.update(redeemed_quantity=0)
    together = asked_by(redeeming.redeem, wish("ONE", "TWO", source_id="o-2"))
    assert Redemption.objects.filter(result="SUCCESS").count() == 3
    assert len(together) == len(alone), "\n".join(together)


def test_a_check_takes_a_fixed_number_of_statements() -> None:
    # The codes; their campaign; the order with its goods; the hour, the project and what sessions hold; the customer;
    # the event with its count.
    statements = asked_by(validating.validate, wish("ONE"))
    assert len(statements) <= 6, "\n".join(statements)


def test_the_statements_of_the_till_are_planned_once_and_not_each_time() -> None:
    for number in range(10):
        validating.validate(wish("ONE", source_id=f"o-{number}"), Asker(INSIDE))
        redeeming.redeem(wish("TWO", source_id=f"o-{number}"), Asker(INSIDE))
        Voucher.objects.update(redeemed_quantity=0)
    with connection.cursor() as cursor:
        cursor.execute(PLANNED)
        planned = cursor.fetchall()
    assert len(planned) >= 8
    # A connection tries a few plans for the values at hand before it keeps one for all.
    assert not [statement for statement, times in planned if times > 5]
