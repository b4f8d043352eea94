"""What the event pipeline calls."""

from segments.membership import reevaluate

__all__ = ["reevaluate"]
