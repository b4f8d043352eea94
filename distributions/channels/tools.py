"""What the modules of marketing tools share: reading their answers, refusals on the way, and what was read back."""

from collections.abc import Mapping
from typing import Any

from distributions.channels.calls import Answer, CallError
from distributions.channels.handover import Account, Outcome, OutgoingMessage, Receipt


class Refused(Exception):
    """A call that came before the hand-over itself was refused."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.words)
        self.answer = answer


def account_of(message: OutgoingMessage) -> Account:
    """Return the message's account; raise CallError where it has none."""
    if message.account is None:
        raise CallError(Outcome.REJECTED, "There is no account.")
    return message.account


def not_yet(receipt: Receipt) -> Receipt:
    """Say what it proves that a call before the hand-over ended like this: nothing was handed over yet."""
    if receipt.outcome != Outcome.UNKNOWN:
        return receipt
    return Receipt(
        receipt.message_id, Outcome.NOT_ACCEPTED, receipt.status_code, detail=receipt.detail,
        retry_after=receipt.retry_after,
    )  # fmt: skip


def said_by(answer: Answer) -> dict[str, Any]:
    """Return the object that the answer is; an empty one where it is none."""
    said = answer.json()
    return said if isinstance(said, dict) else {}


def list_of(answer: Answer, key: str, *has: str) -> list[dict[str, Any]]:
    """Return the objects of a list in the answer that have these names; none where there is no such list."""
    rows = said_by(answer).get(key)
    return [row for row in rows if isinstance(row, dict) and row.keys() >= set(has)] if isinstance(rows, list) else []


def object_of(answer: Answer, key: str) -> dict[str, Any]:
    """Return an object in the answer, empty where there is none."""
    found = said_by(answer).get(key)
    return found if isinstance(found, dict) else {}


def read_back(
    message: OutgoingMessage, tool: str, wanted: Mapping[str, str], kept: Mapping[str, object]
) -> Receipt | None:
    """Return a receipt that says what the tool has where it is what it was sent; None where it has something else."""
    if any(not is_same(value, kept.get(name)) for name, value in wanted.items()):
        return None
    words = ", ".join(f"{name} = {value}" for name, value in wanted.items())
    return Receipt(message.id, Outcome.ACCEPTED, detail=f"{tool} has {words}" if words else f"{tool} has the contact")


def is_same(sent: str, kept: object) -> bool:
    """Tell whether a tool kept what it was sent; it may trim it, or keep a number as one."""
    text = "" if kept is None else str(kept)
    if sent.strip() == text.strip():
        return True
    try:
        return float(sent) == float(text)
    except ValueError:
        return False
