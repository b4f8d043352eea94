"""The one clock of the business: the database's, so that all processes agree."""

from datetime import datetime

from access import statements


def database_now() -> datetime:
    """Return the moment at which this is asked, also inside a long transaction."""
    with statements.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]
