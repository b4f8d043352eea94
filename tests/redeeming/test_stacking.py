import pytest

from campaigns.arithmetic.stacking import Contender, Stack, StackingRules, in_turn


def places(contenders, rules):
    """Return who applies, and why who does not."""
    stack, told = Stack(rules, contenders), []
    for each in in_turn(contenders, rules):
        obstacle = stack.obstacle(each)
        if obstacle is None:
            stack.take(each)
        told.append(obstacle or each.place)
    return told


def of(*categories):
    return [Contender(n, (name,) if name else ()) for n, name in enumerate(categories)]


LIMIT = "applicable_redeemables_limit_exceeded"
PER_CATEGORY = "applicable_redeemables_per_category_limit_exceeded"
EXCLUSIVE = "applicable_exclusive_redeemables_limit_exceeded"
EXCLUSIVE_PER_CATEGORY = "applicable_exclusive_redeemables_per_category_limit_exceeded"


@pytest.mark.parametrize(
    ("contenders", "rules", "expected"),
    [
        pytest.param(of(*[None] * 6), {}, [0, 1, 2, 3, 4, LIMIT], id="five apply by default"),
        pytest.param(of("a", "a", "b"), {}, [0, PER_CATEGORY, 2], id="one of each category"),
        pytest.param(of(None, None), {}, [0, 1], id="without a category there is no limit of it"),
        pytest.param(
            of("a", "a", "b", "b"),
            {"applicable_redeemables_category_limits": {"a": 2}},
            [0, 1, 2, PER_CATEGORY],
            id="a category's own limit",
        ),
        pytest.param(
            of("x", None, "j"),
            {"exclusive_categories": ("x",), "joint_categories": ("j",)},
            [0, "exclusion_rules_not_met", 2],
            id="an exclusive one shuts out all but joint ones",
        ),
        pytest.param(
            of("x", "y"), {"exclusive_categories": ("x", "y")}, [0, EXCLUSIVE], id="only one exclusive one applies"
        ),
        pytest.param(
            of("x", "x"),
            {"exclusive_categories": ("x",), "applicable_exclusive_redeemables_limit": 5},
            [0, EXCLUSIVE_PER_CATEGORY],
            id="only one of each exclusive category",
        ),
    ],
)
def test_limits_and_categories_decide_who_applies(contenders, rules, expected):
    assert places(contenders, StackingRules(**rules)) == expected


def test_categories_may_decide_who_comes_first():
    contenders = [Contender(0, ("b",), 2), Contender(1, ("a",), 1), Contender(2)]
    rules = StackingRules(redeemables_sorting_rule="CATEGORY_HIERARCHY")
    assert places(contenders, rules) == [1, 0, 2]
    assert places(contenders, StackingRules()) == [0, 1, 2]


@pytest.mark.parametrize(
    ("rules", "categories", "expected"),
    [
        ({}, ["a"], False),
        ({"redeemables_no_effect_rule": "SKIP"}, ["a"], True),
        ({"redeemables_no_effect_rule": "SKIP", "no_effect_redeem_anyway_categories": ("a",)}, ["a"], False),
        ({"no_effect_skip_categories": ("a",)}, ["a"], True),
    ],
)
def test_a_category_may_say_what_becomes_of_what_has_no_effect(rules, categories, expected):
    assert StackingRules(**rules).skips_without_effect(categories) is expected
