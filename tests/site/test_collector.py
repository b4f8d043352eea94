"""What a process loaded at its start is left out of every later collection."""

import gc
from collections.abc import Iterator

import pytest

from promo_site.collector import spare_what_is_loaded


@pytest.fixture(autouse=True)
def thawed() -> Iterator[None]:
    yield
    gc.unfreeze()


def test_what_is_loaded_is_spared() -> None:
    spare_what_is_loaded()
    assert gc.get_freeze_count() > 10_000


def test_what_comes_later_is_still_collected() -> None:
    spare_what_is_loaded()
    ring: list[object] = []
    ring.append(ring)
    del ring
    assert gc.collect() >= 1
