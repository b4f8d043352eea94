"""Which rules are on a code: its own and its campaign's, for a whole batch at once; and two hands at the same rule."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from access.problems import Problem
from campaigns.models import Campaign, RuleAssignment, ValidationRule, Voucher
from campaigns.rules import assignments, belonging, definition
from customers.models import Customer
from events.models import Event
from segments import definition as segments


def test_a_code_has_its_own_rules_and_its_campaigns(
    make_rule: Callable[..., ValidationRule], make_campaign: Callable[..., Campaign], django_assert_num_queries: Any
) -> None:
    own, whole, elsewhere = make_rule("Own"), make_rule("Whole"), make_rule("Elsewhere")
    campaign, other = make_campaign(), make_campaign("Other")
    voucher, plain = Voucher.objects.filter(campaign=campaign)[:2]
    assignments.put_on(campaign, [whole.public_id])
    assignments.put_on(voucher, [own.public_id])
    assignments.put_on(other, [elsewhere.public_id])
    with django_assert_num_queries(1):
        found = assignments.rules_of([voucher, plain, campaign])
    assert {id: [each.rule_id for each in rules] for id, rules in found.items()} == {
        voucher.public_id: [own.public_id, whole.public_id],
        plain.public_id: [whole.public_id],
        campaign.public_id: [whole.public_id],
    }
    assert found[campaign.public_id][0].rule_set.rules.named[0].name == "order.amount"
    with django_assert_num_queries(0):
        assert assignments.rules_of([]) == {}


def test_the_rules_on_a_campaign_are_set_as_a_whole(
    make_rule: Callable[..., ValidationRule], make_campaign: Callable[..., Campaign]
) -> None:
    one, two, three = (make_rule(name) for name in ("One", "Two", "Three"))
    campaign = make_campaign()
    assignments.set_on(campaign, [one.public_id, two.public_id])
    kept = RuleAssignment.objects.get(rule=two)
    assignments.set_on(campaign, [two.public_id, three.public_id])
    assert set(RuleAssignment.objects.values_list("rule__name", flat=True)) == {"Two", "Three"}
    assert RuleAssignment.objects.get(rule=two) == kept
    told = Event.objects.filter(name__startswith="campaign.validation_rules").values_list("name", flat=True)
    assert sorted(name.rpartition(".")[2] for name in told) == ["created", "created", "created", "deleted"]
    with pytest.raises(Problem) as refused:
        assignments.set_on(campaign, ["val_0"])
    assert refused.value.resource_type == "validation_rules"
    assert RuleAssignment.objects.count() == 2


def test_segments_are_asked_for_at_once(alice: Customer, django_assert_num_queries: Any) -> None:
    inside, outside = segments.create("In", "static", customers=["alice"]), segments.create("Out", "static")
    with django_assert_num_queries(1):
        assert belonging.among(alice.pk, [inside.public_id, outside.public_id]) == {inside.public_id}
    with django_assert_num_queries(0):
        assert belonging.among(alice.pk, []) == frozenset()
    assert belonging.names([inside.public_id]) == {inside.public_id: "In"}
    assert set(belonging.names().values()) == {"In", "Out"}


@pytest.mark.django_db(transaction=True)
def test_of_many_who_put_the_same_rule_on_one_succeeds(
    make_rule: Callable[..., ValidationRule], make_campaign: Callable[..., Campaign]
) -> None:
    rule, campaign = make_rule(), make_campaign()

    def put(_number: int) -> str:
        try:
            assignments.put_on(campaign, [rule.public_id])
        except Problem as problem:
            return problem.key
        finally:
            connection.close()
        return "put"

    with ThreadPoolExecutor(4) as hands:
        outcomes = sorted(hands.map(put, range(4)))
    assert outcomes == ["duplicate_found"] * 3 + ["put"]
    assert Event.objects.filter(name="campaign.validation_rules.created").count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_rule_is_not_put_on_while_it_goes(
    make_rule: Callable[..., ValidationRule], make_campaign: Callable[..., Campaign]
) -> None:
    campaign = make_campaign()
    for number in range(5):
        rule = make_rule(f"Rule {number}")
        hands: list[Callable[[], Any]] = [
            lambda rule=rule: definition.delete(rule),
            lambda rule=rule: assignments.put_on(campaign, [rule.public_id]),
        ]

        def do(hand: Callable[[], Any]) -> bool:
            try:
                hand()
            except Problem:
                return False
            finally:
                connection.close()
            return True

        with ThreadPoolExecutor(2) as pool:
            gone, on = pool.map(do, hands)
        assert gone is not on
        assert RuleAssignment.objects.filter(rule=rule.pk).exists() is on
