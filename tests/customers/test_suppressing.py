import pytest

from customers import suppressing
from customers.models import Suppression

pytestmark = pytest.mark.django_db

REASON = Suppression.Reason.UNSUBSCRIBED


def test_a_suppressed_address_is_found_in_any_spelling() -> None:
    suppressing.suppress("email", "Carol@Shop.example", REASON)
    asked = ["carol@shop.example", "CAROL@SHOP.EXAMPLE", "alice@shop.example"]
    assert suppressing.suppressed("email", asked) == set(asked[:2])


def test_a_telephone_number_is_the_same_with_its_blanks() -> None:
    suppressing.suppress("sms", "+31 6 1111-2222", REASON)
    assert suppressing.suppressed("sms", ["+31611112222"]) == {"+31611112222"}


def test_another_channel_may_still_write() -> None:
    suppressing.suppress("email", "carol@shop.example", REASON)
    assert suppressing.suppressed("webhook", ["carol@shop.example"]) == set()


def test_the_first_reason_stays() -> None:
    for reason in (REASON, Suppression.Reason.MANUAL):
        suppressing.suppress("email", "carol@shop.example", reason)
    assert Suppression.objects.get().reason == REASON


def test_a_lifted_suppression_is_gone() -> None:
    suppressing.suppress("email", "carol@shop.example", REASON)
    assert suppressing.lift("email", "carol@shop.example")
    assert not suppressing.lift("email", "carol@shop.example")
    assert suppressing.suppressed("email", ["carol@shop.example"]) == set()


def test_the_address_itself_is_not_kept() -> None:
    kept = suppressing.suppress("email", "carol@shop.example", REASON)
    assert b"carol" not in bytes(kept.address_hash)


def test_many_addresses_cost_one_query(django_assert_num_queries: object) -> None:
    with django_assert_num_queries(1):
        suppressing.suppressed("email", [f"{n}@shop.example" for n in range(500)])
