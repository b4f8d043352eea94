"""A shop's day through the official Python SDK, told in order: each module is one part of the day."""

from tests.compatibility.python_story import (
    campaigns,
    catalogue,
    farewell,
    leaving,
    loyalty,
    management,
    people,
    promotions,
    redeeming,
    rules,
    vouchers,
)  # isort: skip
from tests.compatibility.python_story.story import STORY

__all__ = [
    "STORY",
    "campaigns",
    "catalogue",
    "farewell",
    "leaving",
    "loyalty",
    "management",
    "people",
    "promotions",
    "redeeming",
    "rules",
    "vouchers",
]
