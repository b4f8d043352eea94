"""A receiver of webhooks that takes whatever comes to it; it proves nothing of who sends."""

from tests.twins.server import Answer, Request, Twin, route


class ReceiverTwin(Twin):
    """One address, `/hook`; `accepted` is what came there."""

    @route("POST", "/hook")
    def take(self, request: Request) -> Answer:
        return Answer(204)
