"""A redemption is credited to the message that carried its code, with what the order was worth."""

from typing import Any

import pytest

from distributions.feedback import crediting
from distributions.models import Attribution
from events import pipeline
from tests.conftest import RestClient
from tests.distributions.conftest import Shop

pytestmark = pytest.mark.django_db


def redeem(api: RestClient, *codes: str, amount: int = 20_000) -> Any:
    asked = [{"object": "voucher", "id": code} for code in codes]
    answer = api.post("/v1/redemptions", {"redeemables": asked, "order": {"amount": amount}})
    assert answer.status_code == 200, answer.content
    pipeline.drain()
    return answer.json()


def sent_code(shop: Shop, name: str = "alice", **more: Any) -> str:
    shop.live(campaign=shop.campaign(), channels=[shop.letter()], **more)
    shop.happens(name)
    shop.send()
    return shop.codes(name)[-1]


def test_a_redeemed_code_is_its_message_s(api: RestClient, shop: Shop) -> None:
    redeem(api, sent_code(shop))
    found = Attribution.objects.get()
    assert found.delivery == shop.deliveries("alice")[0]
    assert (found.revenue, found.discount_amount, found.taken_back_at) == (20_000, 1_000, None)


def test_a_code_that_no_message_carried_is_nobody_s(api: RestClient, shop: Shop) -> None:
    campaign = shop.campaign()
    redeem(api, campaign.vouchers.first().code)
    assert not Attribution.objects.exists()


def test_what_is_taken_back_counts_no_more(api: RestClient, shop: Shop) -> None:
    told = redeem(api, sent_code(shop))
    assert api.post(f"/v1/redemptions/{told['redemptions'][0]['id']}/rollback", {}).status_code == 200
    pipeline.drain()
    assert Attribution.objects.get().taken_back_at is not None


def test_a_code_that_was_sent_twice_credits_the_last_message(api: RestClient, shop: Shop) -> None:
    again = {"frequency": "every_event", "code_on_reentry": "same"}
    shop.live(campaign=shop.campaign(), channels=[shop.letter()], policy=again)
    for _ in range(2):
        shop.happens("alice")
        shop.send()
    redeem(api, shop.codes("alice")[0])
    assert Attribution.objects.get().delivery == shop.deliveries("alice")[-1]


def test_hearing_of_it_twice_credits_it_once(api: RestClient, shop: Shop) -> None:
    redeem(api, sent_code(shop))
    crediting.credit([Attribution.objects.get().redemption_id])
    assert Attribution.objects.count() == 1
