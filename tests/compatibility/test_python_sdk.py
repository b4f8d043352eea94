"""The official Python SDK, unmodified, against the running product: one test, as its steps build on one another."""

from typing import Any

import pytest

from tests.compatibility import document
from tests.compatibility.python_methods import all_methods
from tests.compatibility.python_story import STORY
from tests.compatibility.shop import Shop
from tests.compatibility.steps import rows
from tests.product import Product

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("product")]


def test_every_method_is_tried_or_refused_for_a_reason() -> None:
    methods = all_methods()
    assert STORY.tried() - set(methods) == set()
    assert [m for m in methods if m not in STORY.tried() and STORY.why_not(m) is None] == []


def test_the_python_sdk_finds_all_as_it_expects_and_the_table_says_so(request: Any, product: Product) -> None:
    shop = Shop(product)
    for step in STORY.steps:
        step.run(shop)
    document.hold(request.config, STORY.client, rows(STORY, all_methods(), STORY.tried()))
