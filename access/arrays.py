"""Arrays as PostgreSQL reads them: the cheapest way to hand it many values in one parameter."""

from collections.abc import Sequence

import orjson


def array(values: Sequence[object]) -> str:
    """Return PostgreSQL's text form of an array of words, numbers, moments and the like; None is NULL.

    JSON's quoting of texts is PostgreSQL's, but for control characters, which names and ids do not have.
    """
    return "{" + orjson.dumps(values).decode()[1:-1] + "}"
