"""Balances of gift and loyalty cards: moved once, never below zero, every movement written down."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from access.problems import Problem
from campaigns import balances
from campaigns.models import Campaign, Transaction, Voucher
from events.models import Event

pytestmark = pytest.mark.django_db
Type = Transaction.Type


@pytest.fixture
def card(make_campaign: Callable[..., Campaign]) -> Voucher:
    make_campaign("Gifts", 1, campaign_type="GIFT_VOUCHERS", gift={"amount": 5000})
    return Voucher.objects.with_names().get()


def test_a_card_begins_with_what_its_campaign_puts_on_it(card: Voucher) -> None:
    assert (card.kind, card.balance, card.loaded, card.quantity) == ("GIFT_VOUCHER", 5000, 5000, None)


def test_a_movement_and_its_record_agree(card: Voucher) -> None:
    balances.change(card, -1200, kind=Type.CREDITS_REDEMPTION, reason="order", redemption_id="r_1")
    back = balances.change(card, 200, kind=Type.CREDITS_REFUND)
    balances.change(card, -1000, kind=Type.CREDITS_REMOVAL)
    balances.change(card, 500, kind=Type.CREDITS_ADDITION)
    card.refresh_from_db()
    assert (card.balance, card.loaded, card.subtracted, card.redeemed_balance) == (3500, 5500, 1000, 1000)
    assert (back.amount, back.balance, back.total) == (200, 4000, 5000)
    assert sum(Transaction.objects.values_list("amount", flat=True)) == 3500 - 5000


def test_a_card_never_falls_below_zero(card: Voucher) -> None:
    with pytest.raises(Problem) as refused:
        balances.change(card, -5001, kind=Type.CREDITS_REDEMPTION)
    assert refused.value.key == "gift_amount_exceeded"
    assert not Transaction.objects.exists()


def test_a_source_moves_a_balance_once(card: Voucher) -> None:
    first = balances.adjust(card, 700, source_id="crm-1", by="API")
    again = balances.adjust(card, 700, source_id="crm-1", by="API")
    assert (first.pk, Voucher.objects.get().balance) == (again.pk, 5700)
    assert Event.objects.filter(name="voucher.gift.balance_added").count() == 1
    with pytest.raises(Problem) as refused:
        balances.adjust(card, 701, source_id="crm-1", by="API")
    assert refused.value.key == "duplicate_source_id"


@pytest.mark.django_db(transaction=True)
def test_parallel_redeemers_never_take_more_than_there_is(card: Voucher) -> None:
    def redeem(number: int) -> bool:
        try:
            balances.change(Voucher.objects.get(), -1000, kind=Type.CREDITS_REDEMPTION, source_id=f"s{number % 8}")
        except Problem:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(redeem, range(24)))
    assert Voucher.objects.get().balance == 0
    assert Transaction.objects.count() == 5


def test_a_discount_has_no_balance(make_campaign: Callable[..., Campaign], api: Any) -> None:
    make_campaign(codes=1)
    with pytest.raises(Problem) as refused:
        balances.adjust(Voucher.objects.with_names().get(), 1, by="API")
    assert refused.value.key == "invalid_voucher"
