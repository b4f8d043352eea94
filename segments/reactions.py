"""What the event pipeline calls."""

from segments.membership.reevaluating import reevaluate

__all__ = ["reevaluate"]
