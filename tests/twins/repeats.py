"""What a provider remembers of keys that make a repetition known."""

from collections.abc import Callable

from tests.twins.server import Answer


class Repeats:
    """The same key with the same body is answered as the first time; with another body, as `another` says."""

    def __init__(self, another: Callable[[], Answer]) -> None:
        self._another = another
        self._known: dict[str, tuple[bytes, Answer]] = {}

    def answer_to(self, key: str, body: bytes) -> Answer | None:
        """Return what a repetition is told; None where this is none."""
        if key not in self._known:
            return None
        first, answer = self._known[key]
        return answer if first == body else self._another()

    def keep(self, key: str, body: bytes, answer: Answer) -> Answer:
        """Remember what was said to a key, and return it; without a key nothing is remembered."""
        if key:
            self._known[key] = (body, answer)
        return answer
