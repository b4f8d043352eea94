from orders.cart import Cart, Line


def tea(quantity=2, price=1000):
    return Line.of(quantity=quantity, price=price, product={"id": "prod_tea", "source_id": "tea"})


def test_a_lines_amount_is_price_times_quantity():
    assert (tea().amount, tea().initial_amount, tea().subtotal_amount) == (2000, 2000, 2000)


def test_a_line_told_by_its_amount_has_a_price_rounded_half_up():
    assert Line.of(quantity=2, amount=1001).price == 501


def test_a_cart_without_an_amount_is_the_sum_of_its_lines():
    assert Cart.of([tea(), tea(1, 500)]).amount == 2500


def test_a_cart_keeps_the_amount_that_the_shop_says():
    assert Cart.of([tea()], 2500).total_amount == 2500


def test_the_sums_follow_from_what_was_discounted():
    cart = Cart.of([tea().discounted(300), tea(1, 500)]).discounted(200)
    assert cart.amounts() == {
        "amount": 2500,
        "initial_amount": 2500,
        "discount_amount": 200,
        "items_discount_amount": 300,
        "total_discount_amount": 500,
        "total_amount": 2000,
        "applied_discount_amount": 200,
        "items_applied_discount_amount": 300,
        "total_applied_discount_amount": 500,
    }


def test_the_next_discount_finds_what_was_taken_but_nothing_applied():
    cart = Cart.of([tea().discounted(300, 1)]).discounted(200).settled()
    assert (cart.total_discount_amount, cart.total_applied_discount_amount) == (500, 0)
    assert (cart.lines[0].discount_quantity, cart.lines[0].applied_discount_quantity) == (1, 0)


def test_units_that_a_discount_adds_make_the_cart_grow():
    cart = Cart.of([tea()])
    grown = cart.with_lines([tea().grown(1, 1000).discounted(1000, 1)])
    assert (grown.initial_amount, grown.amount, grown.total_amount) == (2000, 3000, 2000)


def test_a_line_is_known_by_every_name_of_its_product():
    assert tea().products == {"prod_tea", "tea"}
