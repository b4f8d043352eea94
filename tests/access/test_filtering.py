from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import RequestFactory
from django.utils import timezone

from access import filtering, project
from access.filtering import Column, Kind
from access.problems import Problem
from customers.models import Customer

pytestmark = pytest.mark.django_db

COLUMNS = {
    "name": Column("name"),
    "source_id": Column("source_id"),
    "id": Column("pk", read=lambda public_id: {"cust_ada": 1}.get(public_id, 0)),
    "city": Column("address__city"),
    "birthdate": Column("birthdate", Kind.DAY),
    "created_at": Column("created_at", Kind.MOMENT),
    "metadata": Column("metadata", Kind.METADATA),
    "state": Column(kind=Kind.STATE, states={"$active": filtering.Q(name__isnull=False)}),
}


@pytest.fixture(autouse=True)
def people(db: None) -> None:
    now, day = timezone.now(), timedelta(days=1)
    Customer.objects.create(
        source_id="ada",
        name="Ada Vos",
        birthdate=now.date() - 20 * 365 * day,
        address={"city": "Utrecht"},
        metadata={"lang": "nl", "age": 20, "vip": True, "since": "2026-01-05"},
        created_at=now - 40 * day,
    )
    Customer.objects.create(
        source_id="bo", name="Bo", address={}, metadata={"lang": "de", "age": "30"}, created_at=now - 1.5 * day
    )
    Customer.objects.create(source_id="cy", created_at=now)


def named(condition: Any) -> list[str]:
    return sorted(Customer.objects.filter(condition).values_list("source_id", flat=True))


def by_query(**parameters: str) -> list[str]:
    request = RequestFactory().get(f"/?{urlencode(parameters)}")
    return named(filtering.from_query(request, COLUMNS))


@pytest.mark.parametrize(
    ("field", "operator", "operands", "found"),
    [
        ("source_id", "$is", ["ada", "bo"], ["ada", "bo"]),
        ("source_id", "$is", "ada", ["ada"]),
        ("name", "$is_not", ["Bo"], ["ada", "cy"]),
        ("name", "$not_in", ["Bo", "Ada Vos"], ["cy"]),
        ("name", "$has_value", "", ["ada", "bo"]),
        ("name", "$is_unknown", True, ["cy"]),
        ("name", "$contains", "Vo", ["ada"]),
        ("name", "$not_contain", "Vo", ["bo", "cy"]),
        ("name", "$starts_with", "B", ["bo"]),
        ("name", "$ends_with", "s", ["ada"]),
        ("city", "$is", "Utrecht", ["ada"]),
        ("metadata.lang", "$in", ["nl", "de"], ["ada", "bo"]),
        ("metadata.lang", "$is_not", ["nl"], ["bo", "cy"]),
        ("metadata.age", "$more_than", ["10"], ["ada"]),
        ("metadata.age", "$is", [20], ["ada"]),
        ("metadata.vip", "$is", [True], ["ada"]),
        ("metadata.since", "$after", ["2026-01-01"], ["ada"]),
        ("metadata.no'such", "$is", ["x"], []),
        ("metadata.age__gt", "$is", ["1"], []),
        ("created_at", "$more_than_ago", [30], ["ada"]),
        ("created_at", "$less_than_ago", ["30"], ["bo", "cy"]),
        ("created_at", "$is_days_ago", ["1"], ["bo"]),
        ("created_at", "$after", ["2020-01-01T00:00:00Z"], ["ada", "bo", "cy"]),
        ("created_at", "$before", ["2020-01-01"], []),
        ("created_at", "$today", [True], ["cy"]),
        ("birthdate", "$is_unknown", [True], ["bo", "cy"]),
        ("birthdate", "$more_than_ago", ["7000"], ["ada"]),
        ("state", "$active", [True], ["ada", "bo"]),
    ],
)
def test_each_operator_asks_what_it_says(field: str, operator: str, operands: Any, found: list[str]) -> None:
    assert named(filtering.from_json({field: {"conditions": {operator: operands}}}, COLUMNS)) == found


def test_the_query_says_the_same() -> None:
    assert by_query(**{"filters[name][conditions][$is]": "Bo"}) == ["bo"]
    both = {"filters[name][conditions][$is][0]": "Bo", "filters[name][conditions][$is][1]": "Ada Vos"}
    assert by_query(**both) == ["ada", "bo"]
    assert by_query(**{"filters[source_id][conditions][$in][]": "cy"}) == ["cy"]
    assert by_query(filters='{"name": {"conditions": {"$is": ["Bo"]}}}') == ["bo"]
    assert by_query(page="1") == ["ada", "bo", "cy"]


def test_nulls_say_nothing() -> None:
    told = {"junction": None, "name": None, "source_id": {"conditions": {"$is": ["bo"], "$is_not": None}}}
    assert named(filtering.from_json(told, COLUMNS)) == ["bo"]


def test_a_junction_joins_the_fields() -> None:
    two = {"filters[name][conditions][$is][0]": "Bo", "filters[metadata.lang][conditions][$is]": "nl"}
    assert by_query(**two) == []
    assert by_query(**two, **{"filters[junction]": "OR"}) == ["ada", "bo"]


@pytest.mark.parametrize("operator", ["$this_month_md", "$is_days_ago_md", "$is_less_days_in_future_md", "$this_year"])
def test_anniversaries_compile(operator: str) -> None:
    assert named(filtering.from_json({"birthdate": {"conditions": {operator: ["0"]}}}, COLUMNS)) is not None


def test_days_are_those_of_the_project() -> None:
    project.change(time_zone="Pacific/Kiritimati")
    assert named(filtering.from_json({"created_at": {"conditions": {"$today": [True]}}}, COLUMNS)) is not None


@pytest.mark.parametrize(
    "parameters",
    [
        {"filters[password][conditions][$is]": "x"},
        {"filters[address__city][conditions][$is]": "x"},
        {"filters[metadata][conditions][$is]": "x"},
        {"filters[name][conditions][$regex]": "x"},
        {"filters[name][conditions][$more_than]": "1"},
        {"filters[name][$is]": "x"},
        {"filters[name]": "x"},
        {"filters[created_at][conditions][$after]": "yesterday"},
        {"filters[created_at][conditions][$is_days_ago]": "9" * 30},
        {"filters[metadata.age][conditions][$more_than]": "many"},
        {"filters[metadata.age][conditions][$more_than]": "nan"},
        {"filters[state][conditions][$is]": "x"},
        {"filters[name][conditions][$is]": "a\0b"},
        {"filters[junction]": "xor"},
        {"filters": "["},
        {"filters": '{"name": "Bo"}'},
        {"filters": '{"name": {"conditions": {"$is": [{}]}}}'},
        {"filters": '{"name": {"conditions": {"$is": []}}}'},
        {"filters": "[" * 5000},
    ],
)
def test_what_cannot_be_meant_is_refused(parameters: dict[str, str]) -> None:
    with pytest.raises(Problem) as refused:
        by_query(**parameters)
    assert refused.value.key == "invalid_query_params"


def test_a_filter_has_bounds() -> None:
    with pytest.raises(Problem, match="invalid"):
        filtering.from_json({"name": {"conditions": {"$in": ["x"] * 201}}}, COLUMNS)
    many = {f"metadata.{number}": {"conditions": {"$is": "x"}} for number in range(51)}
    with pytest.raises(Problem, match="invalid"):
        filtering.from_json(many, COLUMNS)
