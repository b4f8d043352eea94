"""What the event pipeline calls: what has happened earns points."""

from events.pipeline import Batch
from rewards import beginning, pending
from rewards.earning import giving
from rewards.referring import winning


def reward(batch: Batch) -> None:
    """Give what the batch earns; orders that were canceled take back what still waited for its day."""
    beginning.let_first_points_lapse(batch)
    pending.cancel_with_orders(batch)
    giving.earn(batch)
    winning.win(batch)
