import pytest

from campaigns.arithmetic.discounting import apply
from campaigns.arithmetic.paying import pay
from campaigns.arithmetic.reach import Reach
from orders.cart import Cart, Line
from tests.redeeming.carts import EXAMPLE, Aim, discount, line

ALL_BUT_D = Reach(excluded=[Aim("D")])


def taken(cart):
    return [each.applied_discount_amount for each in cart.lines]


def amount(effect, **more):
    return discount("AMOUNT", amount_off=1000, effect=effect, **more)


@pytest.mark.parametrize(
    ("terms", "of_lines", "of_order"),
    [
        pytest.param(amount("APPLY_TO_ORDER"), [0, 0, 0, 0], 1000, id="off the order"),
        pytest.param(amount("APPLY_TO_ITEMS"), [1000, 1000, 1000, 0], 0, id="off each line"),
        pytest.param(amount("APPLY_TO_ITEMS_BY_QUANTITY"), [2000, 3000, 3000, 0], 0, id="off each unit"),
        pytest.param(amount("APPLY_TO_ITEMS_PROPORTIONALLY"), [160, 360, 480, 0], 0, id="spread by amount"),
        pytest.param(
            amount("APPLY_TO_ITEMS_PROPORTIONALLY_BY_QUANTITY"), [250, 375, 375, 0], 0, id="spread by quantity"
        ),
        pytest.param(
            discount("PERCENT", percent_off=10, amount_limit=500, effect="APPLY_TO_ITEMS"),
            [200, 450, 500, 0],
            0,
            id="a percentage of each line, up to a limit",
        ),
        pytest.param(
            discount("FIXED", fixed_amount=15000, effect="APPLY_TO_ORDER"), [0, 0, 0, 0], 2500, id="a price for all"
        ),
    ],
)
def test_the_worked_example_comes_out_to_the_cent(terms, of_lines, of_order):
    cart = apply(terms, EXAMPLE, ALL_BUT_D)
    assert (taken(cart), cart.applied_discount_amount) == (of_lines, of_order)
    assert cart.total_amount == 17500 - sum(of_lines) - of_order


TEN_PERCENT = discount("PERCENT", percent_off=10, effect="APPLY_TO_ITEMS")


@pytest.mark.parametrize(
    ("effect", "expected"),
    [
        ("APPLY_TO_EVERY", [100, 300, 200, 500]),
        ("APPLY_TO_CHEAPEST", [100, 0, 0, 0]),
        ("APPLY_FROM_CHEAPEST", [100, 300, 200, 500]),
        ("APPLY_TO_MOST_EXPENSIVE", [0, 0, 0, 500]),
        ("APPLY_FROM_MOST_EXPENSIVE", [100, 300, 200, 500]),
    ],
)
def test_an_effect_chooses_among_the_lines(effect, expected):
    cart = Cart.of([line("A", 1000, 1), line("A", 1500, 2), line("A", 2000, 1), line("A", 2500, 2)])
    assert taken(apply(TEN_PERCENT, cart, Reach([Aim("A", effect=effect)]))) == expected


@pytest.mark.parametrize(
    ("effect", "expected"),
    [
        ("APPLY_TO_EVERY", [200, 250, 150, 0]),
        ("APPLY_FROM_CHEAPEST", [0, 0, 300, 100]),
        ("APPLY_FROM_MOST_EXPENSIVE", [200, 250, 150, 0]),
    ],
)
def test_units_that_all_lines_share_are_used_up_in_the_order_of_the_effect(effect, expected):
    cart = Cart.of([line("A", 2000, 1), line("A", 2500, 1), line("A", 1500, 2), line("A", 1000, 1)])
    aim = Aim("A", effect=effect, aggregated_quantity_limit=3)
    assert taken(apply(TEN_PERCENT, cart, Reach([aim]))) == expected


COLLECTED = Cart.of(
    Line.of(quantity=each.quantity, price=each.price, collections=frozenset({"pc"})) for each in EXAMPLE.lines
)


@pytest.mark.parametrize(
    ("percent", "limits", "expected"),
    [
        pytest.param(10, {"quantity_limit": 1}, [100, 150, 200, 250], id="one unit of each line"),
        pytest.param(100, {"amount_limit": 300}, [300, 300, 300, 300], id="worth so much of each line"),
        pytest.param(10, {"aggregated_amount_limit": 700}, [200, 450, 50, 0], id="so much of all lines"),
        pytest.param(10, {"aggregated_quantity_limit": 4}, [200, 300, 0, 0], id="so many units of all lines"),
    ],
)
def test_limits_of_an_aim_hold(percent, limits, expected):
    terms = discount("PERCENT", percent_off=percent, effect="APPLY_TO_ITEMS")
    assert taken(apply(terms, COLLECTED, Reach([Aim("pc", "products_collection", **limits)]))) == expected


def test_a_line_that_a_discount_had_may_be_left_out():
    assert taken(apply(TEN_PERCENT, EXAMPLE, Reach(spent=frozenset({0, 3})))) == [0, 450, 600, 0]


def test_a_new_price_holds_for_each_unit_and_an_aim_may_have_its_own():
    terms = discount("FIXED", fixed_amount=900, effect="APPLY_TO_ITEMS")
    assert taken(apply(terms, EXAMPLE, Reach([Aim("A"), Aim("B", price=1000)]))) == [200, 1500, 0, 0]


def test_a_new_price_above_the_old_one_takes_nothing():
    assert taken(apply(discount("FIXED", fixed_amount=2200, effect="APPLY_TO_ITEMS"), EXAMPLE)) == [0, 0, 0, 600]


@pytest.mark.parametrize(
    ("amount", "percent", "expected"),
    [(1050, 5, 53), (1049, 5, 52), (999, 33.3333, 333), (1, 50, 1), (1, 49.9999, 0)],
)
def test_half_a_cent_is_rounded_up(amount, percent, expected):
    terms = discount("PERCENT", percent_off=percent, effect="APPLY_TO_ORDER")
    assert apply(terms, Cart.of(amount=amount)).applied_discount_amount == expected


def test_the_next_discount_counts_on_what_the_one_before_left():
    half = discount("PERCENT", percent_off=50, effect="APPLY_TO_ORDER")
    twice = apply(half, apply(half, EXAMPLE))
    assert (twice.applied_discount_amount, twice.discount_amount, twice.total_amount) == (4375, 13125, 4375)


def test_lines_and_order_together_are_never_worth_more_than_the_order():
    free = apply(discount("AMOUNT", amount_off=17000, effect="APPLY_TO_ORDER"), EXAMPLE)
    assert apply(amount("APPLY_TO_ITEMS"), free).total_amount == 0


CATALOG = {"E": Line(0, 0, price=700, product={"id": "E"})}


def unit(effect, product, count, **more):
    return discount("UNIT", unit_off=count, unit_type=product, effect=effect, **more)


@pytest.mark.parametrize(
    ("terms", "quantities", "total", "worth"),
    [
        pytest.param(unit("ADD_NEW_ITEMS", "E", 2), [2, 3, 3, 2, 2], 17500, 1400, id="new: a line is added"),
        pytest.param(unit("ADD_NEW_ITEMS", "A", 1), [3, 3, 3, 2], 17500, 1000, id="new: a line grows"),
        pytest.param(unit("ADD_MISSING_ITEMS", "A", 1), [2, 3, 3, 2], 16500, 1000, id="missing: it is there"),
        pytest.param(unit("ADD_MISSING_ITEMS", "A", 3), [3, 3, 3, 2], 15500, 3000, id="missing: one is missing"),
        pytest.param(unit("ADD_MISSING_ITEMS", "E", 1), [2, 3, 3, 2, 1], 17500, 700, id="missing: all are"),
        pytest.param(unit("ADD_SAME_ITEMS", "B", 2), [2, 5, 3, 2], 17500, 3000, id="same: more of what is there"),
        pytest.param(unit("ADD_SAME_ITEMS", "E", 2), [2, 3, 3, 2], 17500, 0, id="same: not there"),
        pytest.param(
            discount(
                "UNIT",
                effect="ADD_MANY_ITEMS",
                units=[
                    {"unit_off": 1, "unit_type": "E"},
                    {"unit_off": 1, "unit_type": "A", "effect": "ADD_MISSING_ITEMS"},
                ],
            ),
            [2, 3, 3, 2, 1],
            16500,
            1700,
            id="many: each in its own way",
        ),
    ],
)
def test_units_are_given(terms, quantities, total, worth):
    cart = apply(terms, EXAMPLE, catalog=CATALOG)
    assert [each.quantity for each in cart.lines] == quantities
    assert (cart.total_amount, cart.total_applied_discount_amount, cart.initial_amount) == (total, worth, 17500)


def test_what_is_added_is_told_apart_from_what_was_bought():
    added = apply(unit("ADD_NEW_ITEMS", "A", 1), EXAMPLE).lines[0]
    told = {name: added.amounts()[name] for name in ("initial_quantity", "quantity", "applied_quantity", "amount")}
    assert told == {"initial_quantity": 2, "quantity": 3, "applied_quantity": 1, "amount": 3000}


def test_credits_pay_what_is_left_and_no_more():
    assert [pay(EXAMPLE, credits).credits for credits in (5000, 20000)] == [5000, 17500]


def test_credits_may_pay_for_some_items_only():
    paid = pay(EXAMPLE, 5000, "APPLY_TO_ITEMS", ALL_BUT_D)
    assert (taken(paid.cart), paid.credits) == ([2000, 3000, 0, 0], 5000)
