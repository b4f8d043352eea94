"""The official Python SDK, unmodified, against the running product."""

from typing import Any

import pytest

from tests.compatibility import document
from tests.compatibility.python_methods import all_methods
from tests.compatibility.python_story import STORY
from tests.compatibility.shop import Shop
from tests.compatibility.steps import Step, rows
from tests.product import Product

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("product")]


@pytest.fixture(scope="module")
def shop(running_product: Product) -> Shop:
    return Shop(running_product)


@pytest.fixture(scope="module")
def passed() -> set[str]:
    return set()


@pytest.mark.parametrize("step", STORY.steps, ids=lambda step: step.name)
def test_the_python_sdk_finds_that(step: Step, shop: Shop, passed: set[str]) -> None:
    step.run(shop)
    passed.update(step.methods)


def test_every_method_is_tried_or_refused_for_a_reason() -> None:
    methods = all_methods()
    assert STORY.tried() - set(methods) == set()
    assert [m for m in methods if m not in STORY.tried() and STORY.why_not(m) is None] == []


def test_the_table_says_what_this_run_found(request: Any, passed: set[str]) -> None:
    if passed != STORY.tried():
        pytest.skip("Not every step ran and passed, so there is no whole table to compare.")
    document.hold(request.config, STORY.client, rows(STORY, all_methods(), passed))
