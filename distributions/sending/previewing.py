"""What a customer would receive, before anybody does: with a sample code, so that none of the pool is used up."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction

from access import project as projects
from access.identifiers import uuid7
from access.problems import Problem, invalid_payload
from campaigns.models import Publication, Voucher
from customers import telephones
from customers.facts import facts_of
from customers.models import Customer
from distributions import deliveries
from distributions.channels import kind_of, mime
from distributions.channels.providers import Takes
from distributions.composing import contents, occasions, rendering, sandbox
from distributions.composing.cases import Case
from distributions.composing.merge_fields import SAMPLE_CODE
from distributions.composing.rendering import Rendered
from distributions.models import Attempt, Delivery, Distribution, DistributionChannel
from distributions.sending import preparing, stages
from events.clock import database_now
from events.models import Event

TEST_MARK = "[Test] "


@dataclass(frozen=True)
class TestResult:
    """What became of a test send, channel by channel."""

    channel: str
    is_sent: bool
    detail: str
    delivery: Delivery


def preview(distribution: Distribution, channel: DistributionChannel, customer: Customer) -> Rendered:
    """Return the message as this customer would receive it; for a webhook, its body as text."""
    case = _case(_test_of(distribution, channel, customer), distribution, channel, customer)
    project, publication = projects.current(), _sample(distribution, customer)
    if channel.type != DistributionChannel.Type.WEBHOOK:
        # Whoever only looks is no reader.
        context = case.context(project, publication) | {"message_key": ""}
        if channel.message:
            return contents.words_of(channel, context)
        return replace(
            rendering.render(channel, context), preheader=mime.one_line(sandbox.render_text(channel.preheader, context))
        )
    words = preparing.words_of(case, publication, project, database_now())
    if not isinstance(words, deliveries.Words):
        raise rendering.TemplateError("The payload cannot be filled in.")
    return Rendered(text=words.text)


def values(distribution: Distribution, channel: DistributionChannel, customer: Customer) -> list[dict[str, object]]:
    """Return the merge fields with what each says for this customer; what she lacks says nothing."""
    case = _case(_test_of(distribution, channel, customer), distribution, channel, customer)
    context = case.context(projects.current(), _sample(distribution, customer))
    return [
        {
            "name": field.name,
            "label": field.label,
            "needs_fallback": field.needs_fallback,
            "value": sandbox.render_text(f"{{{{ {field.name} }}}}", context)[:200],
        }
        for field in occasions.fields_for(distribution)
    ]


def told(distribution: Distribution, channel: DistributionChannel, customer: Customer) -> dict[str, Any]:
    """Return what a tool would be told of this customer, and what it would write to her (`words`).

    Raise TemplateError where a template is broken.
    """
    case = _case(_test_of(distribution, channel, customer), distribution, channel, customer)
    context = case.context(projects.current(), _sample(distribution, customer))
    return {**contents.filled(channel, context), "words": contents.words_of(channel, context)}


def text_of(distribution: Distribution, channel: DistributionChannel, customer: Customer) -> str:
    """Return a text message as this customer would receive it; raise TemplateError where it is broken."""
    case = _case(_test_of(distribution, channel, customer), distribution, channel, customer)
    context = case.context(projects.current(), _sample(distribution, customer))
    return rendering.render_plain(channel.text, context)


def send_test(
    distribution: Distribution,
    address: str = "",
    *,
    customer: Customer | None = None,
    only: str = "",
    as_seen: Callable[[DistributionChannel], DistributionChannel] | None = None,
) -> list[TestResult]:
    """Send every channel's message once, or that of ``only`` one: mail to this address, webhooks to theirs.

    It burns no code. What goes to a person's telephone, or into a tool's record of her, goes to the named customer.

    A test goes through the same steps as any message, so what it proves holds for them. Without an address it goes to
    the named customer's own, and never to somebody who only lends the sample her data. ``as_seen`` returns a channel
    with the words that are looked at, where these are not yet the ones that are sent.
    """
    to = address or (customer.email if customer is not None else None) or ""
    who = customer or Customer.objects.order_by("-id").first()
    if who is None:
        raise _refusal("There is no customer yet to write the test for; send an event first.")
    with transaction.atomic():
        # All or none: a refused one must not leave another behind that the next sweep would send.
        asked = [as_seen(one) if as_seen else one for one in distribution.channels.all() if only in ("", one.type)]
        tests = [_store_test(distribution, one, who, _to(one, to, customer)) for one in asked]
    if not tests:
        raise _refusal("Choose a channel first.")
    for test in tests:
        stages.hand_over_this(test.pk)
    return [_result(Delivery.objects.select_related("channel").get(pk=test.pk)) for test in tests]


def _to(channel: DistributionChannel, address: str, customer: Customer | None) -> str:
    """Return where the test of a channel goes; raise a Problem where nobody said to whom."""
    kind = kind_of(channel.type)
    if kind is None or Takes.LETTER in kind.takes or not kind.address:
        return address
    if kind.address == "phone" and (number := telephones.in_e164(address)):
        return number
    own = getattr(customer, kind.address, None) if customer is not None else None
    own = telephones.in_e164(own or "") if kind.address == "phone" else own
    if not own:
        raise _refusal(f"{channel.get_type_display()} is told of one customer: name one whom it can reach.")
    return str(own)


@transaction.atomic
def _store_test(distribution: Distribution, channel: DistributionChannel, customer: Customer, address: str) -> Delivery:
    test, project = _test_of(distribution, channel, customer), projects.current()
    case = _case(test, distribution, channel, customer)
    words = preparing.words_of(case, _sample(distribution, customer), project, database_now())
    if not isinstance(words, deliveries.Words):
        raise _refusal("The message cannot be filled in; its step says why.")
    if channel.type != DistributionChannel.Type.WEBHOOK:
        words = _addressed(words, channel, address)
    test.state = Delivery.State.READY
    test.save(force_insert=True)
    deliveries.freeze([words])
    return test


def _addressed(words: deliveries.Words, channel: DistributionChannel, address: str) -> deliveries.Words:
    if channel.type == DistributionChannel.Type.EMAIL:
        try:
            mime.envelope_address(address)
        except mime.AddressError as error:
            raise invalid_payload(f"address: {error}") from error
    return deliveries.readdressed(words, address, TEST_MARK + words.subject)


def _result(delivery: Delivery) -> TestResult:
    last = Attempt.objects.filter(delivery=delivery).order_by("-number").first()
    is_sent = delivery.state == Delivery.State.SENT
    if is_sent:
        detail = "Sent."
    else:
        words = " ".join(filter(None, [str(last.status_code or ""), last.detail])) if last else delivery.reason
        detail = words or "Not sent."
    return TestResult(delivery.channel.type, is_sent, detail, delivery)


def _test_of(distribution: Distribution, channel: DistributionChannel, customer: Customer) -> Delivery:
    return Delivery(
        id=uuid7(), distribution=distribution, channel=channel, customer=customer, is_test=True,
        created_at=database_now(), due_at=database_now(),
    )  # fmt: skip


def _case(test: Delivery, distribution: Distribution, channel: DistributionChannel, customer: Customer) -> Case:
    """Return a case as the trigger would make it, with the customer's latest fitting event as its cause."""
    events = Event.objects.filter(customer=customer).order_by("-id")
    cause = events.filter(name=distribution.trigger_event).first()
    origin = events.filter(id=cause.caused_by_id).first() if cause and cause.caused_by_id else None
    latest = origin or cause or events.exclude(name__startswith="customer.").first()
    facts = facts_of({customer.pk})[customer.pk]
    return Case(deliveries.Promise.of(test), distribution, channel, customer, cause, latest, facts)


def _sample(distribution: Distribution, customer: Customer) -> Publication | None:
    """Return a publication that is stored nowhere, of a code that nobody can redeem."""
    if not distribution.gives_codes or distribution.campaign is None:
        return None
    now = database_now()
    campaign = distribution.campaign
    voucher = Voucher(
        id=uuid7(), code=SAMPLE_CODE, campaign=campaign, holder=customer, published_at=now, created_at=now
    )
    return Publication(
        public_id="pub_sample", voucher=voucher, campaign=campaign, customer=customer, channel="Automation",
        source_id=None, created_at=now,
    )  # fmt: skip


def _refusal(sentence: str) -> Problem:
    return Problem(400, "test_not_possible", "The test cannot be sent", sentence)
