import pytest

from access.problems import Problem
from campaigns import discounts


@pytest.mark.parametrize(
    ("discount", "words"),
    [
        pytest.param({"type": "PERCENT", "percent_off": 5}, "5% off", id="percent"),
        pytest.param(
            {"type": "PERCENT", "percent_off": 12.5, "amount_limit": 2000}, "12.5% off, up to $20.00", id="limit"
        ),
        pytest.param(
            {"type": "PERCENT", "percent_off": 10, "effect": "APPLY_TO_ITEMS"}, "10% off each item", id="items"
        ),
        pytest.param({"type": "AMOUNT", "amount_off": 123456}, "$1,234.56 off", id="amount"),
        pytest.param({"type": "FIXED", "fixed_amount": 15000}, "$150.00 for the order", id="fixed"),
        pytest.param({"type": "UNIT", "unit_off": 2, "unit_type": "prod_tea"}, "2 × prod_tea free", id="unit"),
    ],
)
def test_a_discount_reads_as_customers_say_it(discount: dict, words: str) -> None:
    assert discounts.in_words(discounts.parse(discount), "USD") == words


def test_money_follows_its_currency() -> None:
    assert [discounts.money(1500, currency) for currency in ("EUR", "JPY", "CHF")] == ["€15.00", "¥1,500", "15.00 CHF"]


@pytest.mark.parametrize(
    "discount",
    [
        pytest.param(None, id="missing"),
        pytest.param({"type": "HALF"}, id="unknown type"),
        pytest.param({"type": ["PERCENT"]}, id="type is a list"),
        pytest.param({"type": "PERCENT", "percent_off": 0}, id="nothing off"),
        pytest.param({"type": "PERCENT", "percent_off": 101}, id="more than all"),
        pytest.param({"type": "PERCENT", "percent_off": True}, id="not a number"),
        pytest.param({"type": "AMOUNT", "amount_off": 9.5}, id="half a cent"),
        pytest.param({"type": "AMOUNT", "amount_off": -1}, id="negative"),
        pytest.param({"type": "UNIT", "unit_off": 1}, id="of nothing"),
        pytest.param({"type": "PERCENT", "percent_off": 5, "effect": "ADD_NEW_ITEMS"}, id="effect of another type"),
        pytest.param({"type": "AMOUNT", "amount_off": 5, "amount_off_formula": "1+1"}, id="formula"),
    ],
)
def test_a_discount_that_makes_no_sense_is_refused(discount: object) -> None:
    with pytest.raises(Problem) as refused:
        discounts.parse(discount)
    assert refused.value.key == "invalid_campaign"
