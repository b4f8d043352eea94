"""A rule, the segment it asks about, and campaigns it may be put on."""

from collections.abc import Callable
from typing import Any

import pytest

from campaigns.models import ValidationRule
from campaigns.rules import definition
from tests.campaigns.conftest import alice as alice
from tests.campaigns.conftest import bob as bob
from tests.campaigns.conftest import make_campaign as make_campaign

OVER_FIFTY = {"1": {"name": "order.amount", "conditions": {"$more_than": [5000]}}}


@pytest.fixture
def make_rule(db: None) -> Callable[..., ValidationRule]:
    def make(name: str = "Over 50", rules: Any = None, **more: Any) -> ValidationRule:
        return definition.create(
            definition.read({"name": name, "rules": OVER_FIFTY if rules is None else rules, **more})
        )

    return make
