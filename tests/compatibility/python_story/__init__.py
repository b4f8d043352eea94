"""A shop's day through the official Python SDK: each module is one part of the day, told in this order."""

from importlib import import_module

from tests.compatibility.python_story.story import STORY

PARTS = (
    "people",
    "catalogue",
    "campaigns",
    "vouchers",
    "rules",
    "redeeming",
    "promotions",
    "loyalty",
    "leaving",
    "management",
    "farewell",
)

for part in PARTS:
    import_module(f"{__name__}.{part}")

__all__ = ["STORY"]
