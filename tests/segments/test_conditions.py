"""What a filter means, without a database: how it is read, said, and judged, and when the clock changes the verdict."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings

from segments.conditions import ConditionError, evaluate, judge, listens_to, parse, sentence, to_json
from segments.conditions.ranges import counts
from segments.conditions.values import MICROSECOND, compare
from tests.segments.histories import NOW, amounts, instants, people, trees

CART = {"event": "cart_abandoned", "metric": "count", "operator": "more_than", "value": 0}
UNITS = [timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1), timedelta(weeks=1)]
SPANS = [unit * amount + step * MICROSECOND for unit in UNITS for amount in (0.5, 1, 1.5, 2, 3) for step in (0, 1)]
RUSHED = {
    "junction": "and",
    "conditions": [
        CART
        | {
            "within": {"last": 45, "unit": "minutes"},
            "where": [{"property": "cart_value", "operator": "more_than", "value": 5000}],
        },
        {"event": "order.paid", "metric": "last_occurred", "operator": "more_than", "value": 30, "unit": "days"},
        {"attribute": "metadata.club_level", "operator": "in", "value": ["gold"]},
        {"segment": "seg_1", "operator": "in"},
        {"junction": "or", "conditions": [], "negate": True},
    ],
}


def flat(field, **conditions):
    return {field: {"conditions": {f"${operator}": value for operator, value in conditions.items()}}}


def test_the_tree_is_stored_as_it_was_given():
    assert to_json(parse(RUSHED)) == RUSHED


def test_a_single_condition_becomes_a_group():
    assert to_json(parse(CART)) == {"junction": "and", "conditions": [CART]}


def test_an_alias_is_stored_under_the_one_name():
    assert listens_to(parse(CART | {"event": "customer.order.paid"})) == ["event:order.paid"]


@pytest.mark.parametrize(
    ("given_flat", "wanted"),
    [
        pytest.param(flat("events.a.b.count", more_than=["0"]), CART | {"event": "a.b"}, id="count"),
        pytest.param(
            flat("events.a.count", **{"is": [1]}),
            {"junction": "or", "conditions": [CART | {"event": "a", "operator": "exactly", "value": 1}]},
            id="count is",
        ),
        pytest.param(
            flat("events.a.last_occurred", less_than_ago=[2]),
            {"event": "a", "metric": "last_occurred", "operator": "less_than", "value": 2, "unit": "days"},
            id="days ago",
        ),
        pytest.param(
            flat("events.a.last_occurred", is_unknown=True),
            CART | {"event": "a", "operator": "less_than", "value": 1},
            id="never",
        ),
        pytest.param(
            flat("address.country", **{"is": "Netherlands"}),
            {"attribute": "address.country", "operator": "in", "value": ["Netherlands"]},
            id="attribute",
        ),
        pytest.param(
            flat("metadata.points", **{"in": ["5", "true", "gold"]}),
            {"attribute": "metadata.points", "operator": "in", "value": ["5", 5, "true", True, "gold"]},
            id="text may mean a number",
        ),
        pytest.param(
            flat("created_at", more_than_ago=[30]),
            {"attribute": "created_at", "operator": "more_than_ago", "value": 30, "unit": "days"},
            id="age",
        ),
    ],
)
def test_the_flat_filter_reads_as_a_tree(given_flat, wanted):
    assert to_json(parse(given_flat))["conditions"] == [wanted]


def test_two_operators_on_one_field_must_both_hold():
    tree = to_json(parse(flat("metadata.age", more_than=[1], less_than=[9]) | {"junction": "or"}))
    assert tree["junction"] == "or"
    assert tree["conditions"][0]["junction"] == "and"


@pytest.mark.parametrize(
    ("filter", "path"),
    [
        pytest.param([], "", id="a list"),
        pytest.param({}, "conditions", id="nothing"),
        pytest.param({"junction": "and", "conditions": []}, "conditions", id="no conditions"),
        pytest.param({"junction": "xor", "conditions": [CART]}, "junction", id="junction"),
        pytest.param({"conditions": [CART | {"colour": 1}]}, "conditions.0.colour", id="unknown key"),
        pytest.param({"conditions": [CART, 7]}, "conditions.1", id="no object"),
        pytest.param({"conditions": [CART | {"operator": "$gt"}]}, "conditions.0.operator", id="operator"),
        pytest.param({"conditions": [CART | {"value": "3"}]}, "conditions.0.value", id="text for a number"),
        pytest.param({"conditions": [CART | {"value": True}]}, "conditions.0.value", id="true for a number"),
        pytest.param({"conditions": [CART | {"value": -1}]}, "conditions.0.value", id="negative count"),
        pytest.param({"conditions": [CART | {"value": float("nan")}]}, "conditions.0.value", id="no number"),
        pytest.param({"conditions": [CART | {"event": ""}]}, "conditions.0.event", id="empty event"),
        pytest.param({"conditions": [CART | {"event": "a\0b"}]}, "conditions.0.event", id="nul in event"),
        pytest.param({"conditions": [CART | {"unit": "days"}]}, "conditions.0.unit", id="unit of a count"),
        pytest.param({"conditions": [CART | {"property": "x"}]}, "conditions.0.property", id="property of a count"),
        pytest.param({"conditions": [CART | {"metric": "sum"}]}, "conditions.0.property", id="sum of nothing"),
        pytest.param(
            {"conditions": [CART | {"operator": "between", "value": [3, 1]}]},
            "conditions.0.value",
            id="between upside down",
        ),
        pytest.param(
            {"conditions": [CART | {"within": {"last": 0, "unit": "days"}}]}, "conditions.0.within.last", id="no window"
        ),
        pytest.param(
            {"conditions": [CART | {"within": {"last": 10**9, "unit": "weeks"}}]}, "conditions.0.within.last", id="ages"
        ),
        pytest.param(
            {"conditions": [{"attribute": "name", "operator": "more_than", "value": 1}]},
            "conditions.0.operator",
            id="name",
        ),
        pytest.param(
            {"conditions": [{"attribute": "password", "operator": "has_value"}]},
            "conditions.0.attribute",
            id="attribute",
        ),
        pytest.param(
            {"conditions": [{"attribute": "metadata.x", "operator": "in", "value": list(range(201))}]},
            "conditions.0.value",
            id="201 values",
        ),
        pytest.param({"conditions": [CART] * 101}, "conditions", id="101 conditions"),
        pytest.param({"conditions": [{"event": "a", "segment": "b"}]}, "conditions.0", id="two kinds in one"),
        pytest.param(flat("events.a.count", today=[True]), "events.a.count.$today", id="flat operator"),
        pytest.param(flat("loyalty.points", more_than=[1]), "conditions.0.attribute", id="flat field"),
    ],
)
def test_what_is_not_understood_is_refused_at_its_place(filter, path):
    with pytest.raises(ConditionError) as refused:
        parse(filter)
    assert refused.value.path == path
    assert refused.value.message.endswith(".")


def test_groups_nest_five_deep_and_no_deeper():
    tree = CART
    for _ in range(5):
        tree = {"junction": "and", "conditions": [tree]}
    parse(tree)
    with pytest.raises(ConditionError):
        parse({"junction": "and", "conditions": [tree]})


def test_a_filter_reads_as_a_sentence():
    assert sentence(parse(RUSHED), {"seg_1": "Regulars"}) == (
        "Customers for whom cart_abandoned where cart_value is more than 5000 has occurred more than 0 times in the last "
        "45 minutes, and for whom order.paid last occurred more than 30 days ago, and whose metadata.club_level is one of "
        "gold, and who are in the segment Regulars, and of any kind."
    )


@given(value=amounts)
def test_a_range_of_counts_says_what_comparing_says(value):
    for name in ("more_than", "at_least", "less_than", "at_most", "exactly"):
        wanted = counts(name, (value,))
        verdicts = [compare(name, count, (value,)) for count in range(7)]
        assert [count in wanted for count in range(7)] == verdicts
        assert [edge for edge in range(1, 7) if verdicts[edge] != verdicts[edge - 1]] == sorted(wanted.edges())


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(person=people(), filter=trees(), now=instants())
def test_before_its_boundary_no_verdict_changes(person, filter, now):
    tree = parse(filter)
    matches, boundary = judge(tree, person, now)
    until = boundary or now + timedelta(days=60)
    assert until > now
    moments = {now + (until - now) * part / 8 for part in range(8)} | {until - MICROSECOND}
    moments |= {each.occurred_at + span for each in person.events for span in SPANS}
    for moment in sorted(moments):
        if now < moment < until:
            assert judge(tree, person, moment)[0] is matches, moment


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(person=people(), filter=trees(), now=instants())
def test_an_explanation_agrees_with_the_verdict(person, filter, now):
    tree = parse(filter)
    verdict = evaluate(tree, person, now)
    assert (verdict.matches, verdict.next_boundary) == judge(tree, person, now)


def test_a_tree_survives_being_stored():
    @settings(max_examples=300, deadline=None)
    @given(trees(("seg_1",)))
    def check(filter):
        assert parse(to_json(parse(filter))) == parse(filter)

    check()


@pytest.mark.parametrize(
    ("operator", "value", "first", "end"),
    [
        pytest.param("more_than", 3, timedelta(days=3) + MICROSECOND, None, id="more than"),
        pytest.param("at_least", 3, timedelta(days=3), None, id="at least"),
        pytest.param("less_than", 3, timedelta(0), timedelta(days=3), id="less than"),
        pytest.param("at_most", 3, timedelta(0), timedelta(days=3) + MICROSECOND, id="at most"),
        pytest.param("exactly", 3, timedelta(days=3), timedelta(days=4), id="exactly"),
        pytest.param("between", [2, 3], timedelta(days=2), timedelta(days=3) + MICROSECOND, id="between"),
    ],
)
def test_elapsed_days_hold_from_one_instant_to_another(alice_abandoned, operator, value, first, end):
    tree = parse({"event": "cart_abandoned", "metric": "last_occurred", "operator": operator, "value": value})
    assert judge(tree, alice_abandoned, NOW + first) == (True, end and NOW + end)
    if first:
        assert judge(tree, alice_abandoned, NOW + first - MICROSECOND) == (False, NOW + first)
    if end:
        assert judge(tree, alice_abandoned, NOW + end) == (False, None)
