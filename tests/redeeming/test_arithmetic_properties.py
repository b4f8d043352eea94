from hypothesis import assume, given, settings
from hypothesis import strategies as st

from campaigns.arithmetic.discounting import apply
from campaigns.arithmetic.paying import pay
from campaigns.arithmetic.reach import Reach
from campaigns.arithmetic.rounding import spread
from campaigns.arithmetic.undoing import as_one, taken_back
from orders.cart import Cart
from tests.redeeming import carts

reaches = st.builds(Reach, st.lists(carts.aims, max_size=3), st.lists(carts.aims, max_size=2))
stacks = st.lists(st.tuples(carts.discounts, reaches), max_size=4)
within = settings(max_examples=60, deadline=None)


def through(stack, cart):
    for terms, reach in stack:
        cart = apply(terms, cart, reach)
    return cart


@within
@given(carts.carts, stacks)
def test_no_discount_is_above_the_amount(cart, stack):
    after = through(stack, cart)
    assert 0 <= after.total_amount <= cart.total_amount
    assert all(0 <= line.discount_amount <= line.amount for line in after.lines)


@within
@given(carts.carts, stacks)
def test_sums_agree_with_their_parts(cart, stack):
    after = through(stack, cart)
    assert after.amount - after.total_discount_amount == after.total_amount
    grown = sum(line.amount - line.initial_amount for line in after.lines)
    assert after.amount == after.initial_amount + grown


@within
@given(
    st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 10**6)), min_size=1, max_size=20), st.integers(0, 10**7)
)
def test_shares_sum_exactly(pairs, total):
    weights, caps = ([pair[n] for pair in pairs] for n in (0, 1))
    shares = spread(total, weights, caps)
    room = sum(cap for weight, cap in pairs if weight)
    assert sum(shares) == min(total, room)
    assert all(0 <= share <= cap for share, cap in zip(shares, caps, strict=True))


@within
@given(carts.carts, carts.amounts, st.sampled_from(carts.ITEM_EFFECTS[2:]))
def test_a_discount_that_is_spread_is_used_whole(cart, amount, effect):
    after = apply(carts.discount("AMOUNT", amount_off=amount, effect=effect), cart)
    assert after.total_applied_discount_amount == min(amount, sum(line.amount for line in cart.lines))


@within
@given(carts.carts, stacks, carts.discounts, reaches)
def test_taking_a_discount_back_restores_the_cart_to_the_cent(cart, stack, terms, reach):
    before = through(stack, cart).settled()
    assert taken_back(apply(terms, before, reach)) == before


@within
@given(carts.carts, stacks)
def test_taking_a_whole_stack_back_restores_the_cart_to_the_cent(cart, stack):
    assert taken_back(as_one(cart, through(stack, cart))) == cart


@within
@given(carts.carts, carts.amounts, st.sampled_from(["APPLY_TO_ORDER", "APPLY_TO_ITEMS"]))
def test_credits_are_what_they_took_off(cart, credits, effect):
    paid = pay(cart, credits, effect)
    assert paid.credits == cart.total_amount - paid.cart.total_amount <= credits


@within
@given(st.lists(carts.lines, min_size=1, max_size=6), carts.off_the_price, st.randoms(use_true_random=False))
def test_the_order_of_independent_lines_does_not_matter(lines, terms, random):
    assume("aggregated_amount_limit" not in terms and "PROPORTIONALLY" not in terms["effect"])
    shuffled = random.sample(lines, len(lines))
    one, other = (apply(terms, Cart.of(order)) for order in (lines, shuffled))
    assert one.total_amount == other.total_amount
    assert sorted(map(repr, one.lines)) == sorted(map(repr, other.lines))


@within
@given(st.lists(carts.lines, min_size=1, max_size=6), carts.money_off, st.randoms(use_true_random=False))
def test_a_discount_takes_the_same_from_lines_in_any_order(lines, terms, random):
    shuffled = random.sample(lines, len(lines))
    assert apply(terms, Cart.of(lines)).total_amount == apply(terms, Cart.of(shuffled)).total_amount
