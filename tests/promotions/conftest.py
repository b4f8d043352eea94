"""A promotion with two tiers, and ways to ask for them."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.conftest import RestClient

TENTH = {"discount": {"type": "PERCENT", "percent_off": 10, "effect": "APPLY_TO_ORDER"}}
FIVE = {"discount": {"type": "AMOUNT", "amount_off": 500, "effect": "APPLY_TO_ORDER"}}


def rule(api: RestClient, name: str, operator: str, value: object, **more: Any) -> str:
    rules = {"1": {"name": name, "conditions": {operator: [value]}}, "logic": "1"}
    answer = api.post("/v1/validation-rules", {"name": name, "rules": rules, **more})
    assert answer.status_code == 200, answer.json()
    return str(answer.json()["id"])


def promotion(api: RestClient, *tiers: dict[str, Any], name: str = "Summer", **more: Any) -> dict[str, Any]:
    body = {"name": name, "campaign_type": "PROMOTION", "promotion": {"tiers": list(tiers)}, **more}
    answer = api.post("/v1/campaigns", body)
    assert answer.status_code == 200, answer.json()
    return dict(answer.json())


@pytest.fixture
def tiers(api: RestClient) -> list[str]:
    """Return the ids of two tiers: a tenth off, and five dollars off."""
    made = promotion(api, {"name": "A tenth", "banner": "10% off", "action": TENTH}, {"name": "Five", "action": FIVE})
    return [str(tier["id"]) for tier in made["promotion"]["tiers"]]


@pytest.fixture
def stack(api: RestClient, tiers: list[str]) -> str:
    answer = api.post("/v1/promotions/Summer/stacks", {"name": "Both", "tiers": {"ids": tiers[::-1]}})
    assert answer.status_code == 200, answer.json()
    return str(answer.json()["id"])


@pytest.fixture
def ask(api: RestClient) -> Callable[..., Any]:
    """Return a function that validates or redeems a tier, a stack or a code for an order."""

    def post(path: str, kind: str, *names: str, **more: Any) -> Any:
        listed = [{"object": kind, "id": name} for name in names]
        return api.post(path, {"redeemables": listed, "order": {"amount": 10000}, **more})

    return post
