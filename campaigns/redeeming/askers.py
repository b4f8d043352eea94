"""Who asks for redemptions over the API."""

from rest_framework.request import Request

from access.authentication import caller_of
from campaigns.facts import Origin
from campaigns.redeeming.wishes import Asker


def asker_of(request: Request) -> Asker:
    caller = caller_of(request)
    names = tuple(filter(None, [caller.app_id, caller.name]))
    return Asker(Origin.of(request), caller.key_id, names, channel_id=caller.app_id)
