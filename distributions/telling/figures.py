"""What became of everybody a distribution reached for, in numbers; each number is that of a list by the same question.

Three statements by the distribution's indexes, whatever the number of messages. Tests count nowhere.
"""

import time
from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, Sum

from distributions.models import Attribution, Delivery, Distribution, Reception
from distributions.telling.reasons import in_words

State = Delivery.State
WAITING = (State.NEW, State.READY, State.SENDING)
NOT_SENT = (State.SUPPRESSED, State.CANCELLED)
_REDEEMED = Exists(Attribution.objects.filter(delivery=OuterRef("pk"), taken_back_at=None).order_by())


# Counting so many takes a while: whoever looks meanwhile is shown what the last one saw.
LARGE = 50_000
KEPT_SECONDS = 15.0
_kept: dict[int, tuple[float, "Figures"]] = {}


@dataclass(frozen=True)
class Fate:
    """One thing that can become of a message, and the question that finds those of which it did."""

    key: str
    label: str
    asks: Q
    # States whose messages it counts; empty: it is counted otherwise.
    states: tuple[str, ...] = ()
    tone: str = ""
    is_quiet: bool = False


def _in(*states: str) -> Q:
    return Q(state__in=states)


_ARRIVED = Q(state=State.SENT)
FATES: dict[str, Fate] = {
    fate.key: fate
    for fate in (
        Fate("entered", "Entered", Q(), tuple(State.values)),
        Fate("waiting", "On the way", _in(*WAITING), WAITING),
        Fate("held", "Held", _in(State.HELD), (State.HELD,)),
        Fate("codes", "Waiting for codes", _in(State.WAITING_CODE), (State.WAITING_CODE,), "is-warn", is_quiet=True),
        Fate("sent", "Sent", _in(State.SENT), (State.SENT,)),
        Fate("delivered", "Delivered", _ARRIVED & Q(reception__delivered_at__isnull=False)),
        Fate("opened", "Opened", _ARRIVED & Q(reception__opened_at__isnull=False)),
        Fate("clicked", "Clicked", _ARRIVED & Q(reception__clicked_at__isnull=False)),
        Fate("redeemed", "Redeemed", Q(_REDEEMED)),
        Fate("skipped", "Not sent", _in(*NOT_SENT), NOT_SENT),
        Fate(
            "unknown", "Outcome unknown", _in(State.UNKNOWN, State.UNCERTAIN), (State.UNKNOWN, State.UNCERTAIN),
            "is-warn", is_quiet=True,
        ),
        Fate("failed", "Failed", _in(State.FAILED), (State.FAILED,), "is-bad"),
        Fate(
            "complained", "Called unwanted", _ARRIVED & Q(reception__complained_at__isnull=False), (), "is-bad",
            is_quiet=True,
        ),
    )
}  # fmt: skip


@dataclass(frozen=True)
class Reason:
    """Why some were not sent: the stored reason, its words, and how many."""

    key: str
    words: str
    count: int


@dataclass(frozen=True)
class Figures:
    """Counts by the keys of FATES; money in cents."""

    counts: dict[str, int]
    reasons: list[Reason]
    revenue: int
    discount: int

    @property
    def gain(self) -> int:
        """What the orders came to, less what the codes took off."""
        return self.revenue - self.discount


def of(distribution: Distribution) -> Figures:
    """Count what became of a distribution's messages; of very many, as they stood a few seconds ago at most."""
    kept = _kept.get(distribution.pk)
    if kept is not None and kept[0] > time.monotonic():
        return kept[1]
    told = _counted(distribution)
    _kept.pop(distribution.pk, None)
    if told.counts["entered"] > LARGE:
        _kept[distribution.pk] = (time.monotonic() + KEPT_SECONDS, told)
    return told


def _counted(distribution: Distribution) -> Figures:
    real = Delivery.objects.filter(distribution=distribution, is_test=False).order_by()
    by_state, by_reason = Counter[str](), Counter[str]()
    for state, reason, count in real.values_list("state", "reason").annotate(Count("id")):
        by_state[state] += count
        if state in NOT_SENT:
            by_reason[reason] += count
    counts = {fate.key: sum(by_state[state] for state in fate.states) for fate in FATES.values()}
    credited = _credited(distribution)
    counts |= _received(distribution) | {"redeemed": credited["messages"]}
    reasons = [Reason(key, in_words(key), count) for key, count in by_reason.most_common()]
    return Figures(counts, reasons, credited["revenue"] or 0, credited["discount"] or 0)


def _received(distribution: Distribution) -> dict[str, int]:
    known = Reception.objects.filter(distribution=distribution, delivery__state=State.SENT)
    return known.aggregate(
        delivered=Count("delivered_at"), opened=Count("opened_at"), clicked=Count("clicked_at"),
        complained=Count("complained_at"),
    )  # fmt: skip


def _credited(distribution: Distribution) -> dict[str, int]:
    counted = Attribution.objects.filter(distribution=distribution, taken_back_at=None)
    return counted.aggregate(
        messages=Count("delivery", distinct=True), revenue=Sum("revenue"), discount=Sum("discount_amount")
    )


def as_json(told: Figures) -> dict[str, Any]:
    """Return figures as the API tells them."""
    return {
        "object": "distribution_statistics",
        "counts": told.counts,
        "not_sent": [{"reason": one.key, "message": one.words, "count": one.count} for one in told.reasons],
        "revenue": told.revenue,
        "discount": told.discount,
        "gain": told.gain,
    }
