"""Personas, and a campaign whose codes exist."""

from collections.abc import Callable
from typing import Any

import pytest

from campaigns import creation, pools
from campaigns.models import Campaign
from customers import profiles
from customers.models import Customer
from events import tracking


def known(source_id: str) -> Customer:
    return tracking.identify(profiles.parse({"source_id": source_id}), source="API").customer


@pytest.fixture
def alice(db: None) -> Customer:
    return known("alice")


@pytest.fixture
def bob(db: None) -> Customer:
    return known("bob")


@pytest.fixture
def make_campaign(db: None) -> Callable[..., Campaign]:
    """Return a function that creates a campaign with so many codes, all made."""

    def make(name: str = "Cart rescue", codes: int = 3, **fields: Any) -> Campaign:
        discount = {"type": "PERCENT", "percent_off": 5}
        campaign = creation.create(**{"name": name, "discount": discount, "vouchers_count": codes, **fields})
        while pools.make_some():
            pass
        campaign.refresh_from_db()
        return campaign

    return make
