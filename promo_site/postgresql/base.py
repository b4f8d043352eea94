"""The framework's PostgreSQL, which asks a kept connection whether it lives only where there is reason to doubt it."""

import select
from typing import Any

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    """A server that ends a connection says so: then there is something to read. A silent one is as good as asked."""

    def close_if_health_check_failed(self) -> None:
        if _is_silent(self.connection):
            self.health_check_done = True
        super().close_if_health_check_failed()


def _is_silent(connection: Any) -> bool:
    """Tell whether an open connection has nothing to say; costs no question over the network."""
    if connection is None or connection.closed:
        return False
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    return not poll.poll(0)
