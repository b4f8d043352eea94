"""Rendering: a letter of the gallery for one customer after another, against Liquid alone doing its templates."""

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any

from liquid import Environment

from access.identifiers import uuid7
from access.models import Project
from benchmarks.bench import Bench
from benchmarks.table import NONE, Result, at_most, median
from campaigns.models import Campaign, Voucher
from customers.models import Customer
from designs import compiling, gallery
from distributions import unsubscribing
from distributions.composing import inlining, plain_text, rendering
from distributions.models import DistributionChannel

CUSTOMERS = 500
TURNS = 5


def run(bench: Bench) -> Result:
    """Take turns, so that both meet the same machine. Ours makes each customer's context, escapes, bounds and signs her
    links; Liquid alone is handed the context and does none of it."""
    result = Result("render")
    channel, project = letter(), Project(brand_name="Example Shop", postal_address="1 Main Street, Utrecht")
    campaign = Campaign(pk=1, name="Come back 5", discount={"type": "PERCENT", "percent_off": 5})
    customers = [customer(number) for number in range(bench.size(CUSTOMERS, 50))]
    given = [context(project, campaign, one) for one in customers]
    bare = [Environment().from_string(text).render for text in (channel.subject, channel.inlined_html, channel.text)]
    ours: list[float] = []
    liquid: list[float] = []
    for _ in range(TURNS):
        ours.append(rate(lambda one: rendering.render(channel, context(project, campaign, one)), customers))
        liquid.append(rate(partial(all_of, bare), given))
    seen = f"{median(ours):,.0f} of {median(liquid):,.0f} messages per second of one core"
    ratio, weight = median(ours) / median(liquid), f"{len(channel.inlined_html) // 1024} kB of HTML"
    result.add("a designed letter, against Liquid alone", ratio, "x", NONE, seen)
    result.add("one message of it, by the processor's clock", 1000 / median(ours), "ms", at_most(2.0, 1.0), weight)
    return result


def letter() -> DistributionChannel:
    """Return the channel of a letter drawn in the editor, as saving it leaves it."""
    found = gallery.GALLERY[0]
    html = compiling.compile_design(compiling.tidy(found.mjml))
    inlined = inlining.inline(html)
    return DistributionChannel(
        type="email", subject=found.subject, preheader=found.preheader, html=html, inlined_html=inlined,
        text=plain_text.as_text(html),
    )  # fmt: skip


def customer(number: int) -> Customer:
    return Customer(
        pk=number + 1, public_id=f"cust_{number}", name=f"Ida Vos {number}", email=f"ida{number}@shop.example"
    )


def context(project: Project, campaign: Campaign, one: Customer) -> dict[str, Any]:
    """Return what the message to one customer may say, with a code and a way out of her own."""
    voucher = Voucher(code=f"SAVE-{one.pk:06}", campaign=campaign, expires_at=datetime(2026, 12, 31, tzinfo=UTC))
    delivery = uuid7()
    return rendering.context_for(
        customer=one, project=project, voucher=voucher, campaign=campaign,
        unsubscribe_url=unsubscribing.address_of(delivery), message_key=delivery.hex,
    )  # fmt: skip


def all_of(templates: Sequence[Callable[..., str]], given: dict[str, Any]) -> list[str]:
    return [render(**given) for render in templates]


def rate(write: Callable[[Any], object], many: Sequence[Any]) -> float:
    """Return how many a second of the processor are written, after a first one that is not counted."""
    write(many[0])
    started = time.process_time()
    for one in many:
        write(one)
    return len(many) / (time.process_time() - started)
