"""The shop of these tests: personas, a segment, codes, a distribution, and what came out of it."""

import smtplib
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings

from access import project as projects
from campaigns import creation, pools
from campaigns.models import Campaign
from customers import profiles
from customers.models import Customer
from distributions.channels import email as mail_channel
from distributions.models import Delivery, Distribution, Message
from distributions.planning import drafting, lifecycle
from distributions.sending import promising, stages
from events import pipeline, tracking
from events.models import Event
from events.tracking import Fact
from promo_site.settings import environment
from segments import definition
from segments.membership import filling
from segments.models import Segment
from tests.sinks import MailSink, WebhookSink


class Shop:
    """Speaks the tests' sentences: alice abandons a cart, the distribution goes live, her messages are ..."""

    def customer(self, name: str, **said: Any) -> Customer:
        said = {"source_id": name, "email": f"{name}@shop.example", "name": name.title(), **said}
        said = {key: value for key, value in said.items() if value is not None}
        return tracking.identify(profiles.parse(said), source=Event.Source.API).customer

    def happens(self, name: str, event: str = "cart_abandoned", *, times: int = 1, **properties: Any) -> list[Event]:
        """Record events and draw their consequences, but send nothing yet."""
        customer = Customer.objects.filter(source_id=name).first() or self.customer(name)
        events = tracking.track_many([Fact(event, customer.pk, properties) for _ in range(times)])
        pipeline.drain()
        return events

    def segment(
        self, event: str = "cart_abandoned", operator: str = "more_than", value: int = 0, **more: Any
    ) -> Segment:
        condition = {"event": event, "metric": "count", "operator": operator, "value": value, **more}
        made = definition.create("Cart abandoners", "auto-update", {"junction": "and", "conditions": [condition]})
        while filling.has_work():
            filling.fill_some()
        made.refresh_from_db()
        return made

    def campaign(self, codes: int = 10, **fields: Any) -> Campaign:
        discount = {"type": "PERCENT", "percent_off": 5}
        name = f"Come back {Campaign.objects.count() + 1}"
        campaign = creation.create(**{"name": name, "discount": discount, "vouchers_count": codes, **fields})
        self.make_codes()
        campaign.refresh_from_db()
        return campaign

    def make_codes(self) -> None:
        while pools.make_some():
            pass

    def draft(self, segment: Segment | None = None, campaign: Campaign | None = None, **said: Any) -> Distribution:
        policy = said.pop("policy", {})
        segment = segment or (None if "trigger" in said else self.segment())
        gift = {"type": "publish_code", "campaign_id": campaign.public_id} if campaign else {"type": "message"}
        entered = {"event": "customer.segment.entered", "segment_id": segment.public_id if segment else None}
        whole = {
            "name": "Cart rescue",
            "type": "automatic",
            "trigger": entered,
            "action": gift,
            "channels": [self.letter()],
            "policy": policy,
        }
        return drafting.save_draft(None, whole | said)

    def live(self, *given: Any, **said: Any) -> Distribution:
        return lifecycle.set_live(self.draft(*given, **said))

    def letter(self, kind: str = "mailbox", **words: Any) -> dict[str, Any]:
        html = "<p>Hello {{ customer.name | default: 'you' }}: {{ voucher.code }}</p>"
        return {"type": kind, "subject": "Your {{ voucher.discount }}", "html": html, **words}

    def webhook(self, url: str, **more: Any) -> dict[str, Any]:
        return {"type": "webhook", "url": url, **more}

    def send(self) -> None:
        """Send what is due, until nothing is."""
        while stages.work_once():
            pass

    def deliveries(self, name: str | None = None) -> list[Delivery]:
        found = Delivery.objects.filter(is_test=False).order_by("id")
        return list(found.filter(customer__source_id=name) if name else found)

    def states(self, name: str | None = None) -> list[str]:
        return [delivery.state for delivery in self.deliveries(name)]

    def reasons(self, name: str | None = None) -> list[str]:
        return [delivery.reason for delivery in self.deliveries(name)]

    def codes(self, name: str | None = None) -> list[str]:
        return [delivery.voucher.code for delivery in self.deliveries(name) if delivery.voucher]

    def message(self, name: str) -> Message:
        return Message.objects.filter(delivery__customer__source_id=name).latest("created_at")

    def hurry(self) -> None:
        """Let every wait be over."""
        Delivery.objects.filter(state__in=Delivery.OPEN).update(due_at="2020-01-01T00:00Z")


@pytest.fixture
def step_by_step(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let what is asked for wait for the senders, so that a test can stand between the steps."""
    monkeypatch.setattr(promising, "AT_ONCE_MOST", 0)


@pytest.fixture
def shop(db: None, step_by_step: None) -> Shop:
    projects.change(brand_name="Example Shop", postal_address="1 Main Street, Utrecht")
    return Shop()


@pytest.fixture
def mail_sink(monkeypatch: pytest.MonkeyPatch) -> Iterator[MailSink]:
    """A mail server on the loopback that the product is configured to use."""
    with MailSink() as sink:
        monkeypatch.setenv("EMAIL_URL", sink.url)
        monkeypatch.setattr(settings, "PROMO_MAIL_SERVER", environment.mail_server("EMAIL_URL"))
        yield sink
        kept: smtplib.SMTP | None = getattr(mail_channel._kept, "connection", None)
        if kept is not None:
            kept.close()
            mail_channel._kept.connection = None


@pytest.fixture
def webhook_sink(monkeypatch: pytest.MonkeyPatch) -> Iterator[WebhookSink]:
    """A receiver on the loopback that the product is allowed to call."""
    monkeypatch.setenv("PROMO_EGRESS_ALLOW", "127.0.0.0/8")
    monkeypatch.setattr(settings, "PROMO_EGRESS_ALLOW", environment.networks("PROMO_EGRESS_ALLOW"))
    with WebhookSink() as sink:
        yield sink


@pytest.fixture
def counted(django_assert_num_queries: Any, django_assert_max_num_queries: Any) -> Callable[..., Any]:
    """Hold a block to a number of queries, or with ``exact=False`` to no more than that."""

    def count(number: int, *, exact: bool = True) -> Any:
        return django_assert_num_queries(number) if exact else django_assert_max_num_queries(number)

    return count
