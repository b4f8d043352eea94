"""What the tests of events share."""

from collections.abc import Callable
from typing import Any

import pytest

from customers import profiles
from customers.models import Customer
from events import tracking
from tests.events import reactions


@pytest.fixture
def react(settings: Any) -> Callable[[str], None]:
    """Return a function that lets one of the tests' reactions stand in the pipeline."""
    reactions.batches.clear()

    def stand(name: str) -> None:
        settings.EVENT_PIPELINE = [f"tests.events.reactions.{name}"]

    return stand


@pytest.fixture
def person(db: None, react: Any) -> Callable[[str], Customer]:
    """Return a function that makes a customer whose creation is applied already."""

    def make(source_id: str) -> Customer:
        return tracking.identify(profiles.parse({"source_id": source_id}), source="API").customer

    return make
