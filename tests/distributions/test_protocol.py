"""The protocol under any order of work, crashes, answers and decisions: nothing is lost, and nothing happens unsaid.

The machine plays the outside: it holds what was leased, lets messages arrive or not, and answers, late or never.
"""

from collections import defaultdict
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import transaction
from django.db.models import F
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule, run_state_machine_as_test

from access import project as projects
from campaigns import pools
from customers import suppressing
from distributions.channels import Outcome, Receipt
from distributions.models import Delivery, Distribution
from distributions.planning import lifecycle
from distributions.sending import leasing, preparing, settling, sweeping
from distributions.sending.leasing import Leased
from distributions.telling import invariants
from tests.distributions.conftest import Shop

PEOPLE = ("alice", "bob", "carol", "dora")
people = st.sampled_from(PEOPLE)
TERMINAL = {"SENT", "FAILED", "UNCERTAIN", "SUPPRESSED", "CANCELLED"}


class Sending(RuleBasedStateMachine):
    in_hand: Bundle[Leased] = Bundle("in_hand")
    uncertain = "resend"

    def __init__(self) -> None:
        super().__init__()
        self.example = transaction.atomic()
        self.example._from_testcase = True
        self.example.__enter__()
        projects.change(brand_name="Example Shop", postal_address="1 Main Street, Utrecht")
        self.shop = Shop()
        self.campaign = self.shop.campaign(codes=2)
        policy = {"frequency": "every_event", "uncertain": self.uncertain}
        self.distribution = self.shop.live(campaign=self.campaign, policy=policy)
        self.arrived: dict[UUID, list[str]] = defaultdict(list)
        self.asked = 0

    def teardown(self) -> None:
        try:
            self._come_to_rest()
        finally:
            transaction.set_rollback(True)
            self.example.__exit__(None, None, None)

    @rule(who=people, times=st.integers(1, 3))
    def something_happens(self, who: str, times: int) -> None:
        self.shop.happens(who, times=times)
        self.asked += times

    @rule()
    def prepare(self) -> None:
        preparing.prepare()

    @rule()
    def crash_while_preparing(self) -> None:
        with transaction.atomic():
            preparing.prepare()
            transaction.set_rollback(True)

    @rule(target=in_hand)
    def lease(self) -> Leased | None:
        leased = leasing.lease(limit=1)
        return leased[0] if leased else None

    @rule(leased=consumes(in_hand), outcome=st.sampled_from(Outcome), arrives=st.booleans())
    def answer(self, leased: Leased | None, outcome: Outcome, arrives: bool) -> None:
        """The channel answers, in time or long after its lease; only a doubtful answer leaves open whether it arrived."""
        if leased is None:
            return
        if outcome == Outcome.ACCEPTED or (outcome == Outcome.UNKNOWN and arrives):
            self._arrive(leased)
        settling.settle([(leased, Receipt(leased.message.id, outcome))])

    @rule(leased=consumes(in_hand), arrives=st.booleans())
    def the_sender_dies(self, leased: Leased | None, arrives: bool) -> None:
        if leased is not None and arrives:
            self._arrive(leased)

    @rule()
    def leases_run_out(self) -> None:
        Delivery.objects.filter(state="SENDING").update(due_at=F("due_at") - timedelta(hours=1))

    @rule()
    def time_passes(self) -> None:
        Delivery.objects.exclude(state="SENDING").filter(state__in=Delivery.OPEN).update(due_at="2020-01-01T00:00Z")

    @rule()
    def sweep(self) -> None:
        sweeping.sweep()

    @rule()
    def pause(self) -> None:
        lifecycle.pause(self.distribution)

    @rule()
    def resume(self) -> None:
        lifecycle.resume(self.distribution)

    @rule(count=st.integers(1, 3))
    def codes_are_added(self, count: int) -> None:
        pools.order_codes(self.campaign, count)
        self.shop.make_codes()

    @rule(who=people)
    def unsubscribe(self, who: str) -> None:
        suppressing.suppress("email", f"{who}@shop.example", "unsubscribed")

    @invariant()
    def everything_holds(self) -> None:
        report = invariants.check()
        assert {name: told for name, told in report.items() if not told["ok"] and name not in {"I15", "I16"}} == {}

    @invariant()
    def nobody_sees_two_codes_for_one_cause(self) -> None:
        for bodies in self.arrived.values():
            assert len(set(bodies)) == 1

    def _arrive(self, leased: Leased) -> None:
        self.arrived[leased.id].append(leased.message.html)
        delivery = Delivery.objects.get(pk=leased.id)
        assert delivery.voucher is not None
        assert delivery.voucher.code in leased.message.html

    def _come_to_rest(self) -> None:
        """Let everything go well from now on; then every cause has come to one end, and no surprise has happened."""
        lifecycle.resume(self.distribution)
        pools.order_codes(self.campaign, self.asked + 5)
        self.shop.make_codes()
        for _ in range(20):
            self.leases_run_out()
            self.time_passes()
            self.shop.send()
        assert set(self.shop.states()) <= TERMINAL
        assert len(self.shop.deliveries()) == self.asked
        self.everything_holds()
        for delivery in self.shop.deliveries():
            self._was_explained(delivery)

    def _was_explained(self, delivery: Delivery) -> None:
        copies = len(self.arrived[delivery.id])
        in_doubt = delivery.attempts.filter(outcome__in=["", "unknown"]).count()
        assert copies <= max(in_doubt, 0) + 1
        assert copies <= 1 or delivery.may_repeat or in_doubt


class SendingAtMostOnce(Sending):
    """The same, with the policy that nothing is ever sent twice."""

    uncertain = "hold"

    def _was_explained(self, delivery: Delivery) -> None:
        assert len(self.arrived[delivery.id]) <= 1
        assert delivery.may_repeat is False


@pytest.mark.django_db
@pytest.mark.parametrize("machine", [Sending, SendingAtMostOnce])
def test_whatever_happens_every_cause_comes_to_one_end(machine: type[Sending]) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=12,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            database=None,
        ),
    )
    assert Distribution.objects.count() == 0
