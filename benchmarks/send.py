"""Mail: words filled in for each customer, built and handed over one after the other on one kept connection, against
Django's own backend on one kept connection, which hands over words that need no filling in.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection

from access.models import Project
from benchmarks.bench import Bench
from benchmarks.mail_sink import MailSink
from benchmarks.stack import free_port
from benchmarks.table import Result, at_least, median
from customers.models import Customer
from distributions.channels import Outcome, OutgoingMessage, email
from distributions.composing import inlining, rendering
from distributions.models import DistributionChannel

SENDER = "shop@example.com"
HTML = """<html><head><style>p { color: #333 } .code { font-size: 24px }</style></head><body><p>Hello
{{ customer.name | default: "you" }},</p><p>something is still in your cart.</p><p class="code">{{ voucher.code }}</p>
<p><a href="https://shop.example/cart?code={{ voucher.code }}">Back to your cart</a></p></body></html>"""


def run(bench: Bench) -> Result:
    count = bench.size(4_000, 500)
    ours, djangos = [], []
    with a_sink():
        for _ in range(bench.size(3, 1)):
            djangos.append(count / with_django(count))
            ours.append(count / with_ours(count))
    result = Result("send")
    seen = f"{median(ours):,.0f} of {median(djangos):,.0f} mails/s"
    what = "render, build and hand over, against Django without rendering"
    result.add(what, median(ours) / median(djangos), "x", at_least(0.8, 1.5), seen)
    return result


@contextmanager
def a_sink() -> Iterator[None]:
    sink, before = MailSink(free_port()), settings.PROMO_MAIL_SERVER
    server = {"host": "127.0.0.1", "port": sink.port, "username": "", "password": "", "tls": False, "starttls": False}
    try:
        sink.wait_until_up()
        settings.PROMO_MAIL_SERVER = server
        yield
    finally:
        settings.PROMO_MAIL_SERVER = before
        sink.stop()


def with_ours(count: int) -> float:
    channel = DistributionChannel(type="email", subject="A gift for {{ customer.name }}", html=HTML)
    channel.inlined_html = inlining.inline(HTML)
    project = Project(brand_name="Example", postal_address="1 Main Street, Utrecht")
    started = time.monotonic()
    taken = sum(receipt.outcome == Outcome.ACCEPTED for receipt in email.deliver(written(channel, project, count)))
    if taken != count:
        raise AssertionError(f"{taken} of {count} mails were taken")
    return time.monotonic() - started


def written(channel: DistributionChannel, project: Project, count: int) -> list[OutgoingMessage]:
    return [message(channel, project, number) for number in range(count)]


def message(channel: DistributionChannel, project: Project, number: int) -> OutgoingMessage:
    customer = Customer(id=number + 1, name=f"Customer {number}", email=f"customer{number}@shop.example", metadata={})
    context = rendering.context_for(
        customer=customer, project=project, unsubscribe_url=f"https://shop.example/u/{number}"
    )
    rendered = rendering.render(channel, context | {"voucher": {"code": f"CODE-{number:08d}"}, "message_key": ""})
    key = f"msg_{number:032x}"
    headers = {"From": SENDER, "Message-ID": f"<{key}@example.com>"}
    return OutgoingMessage(key, customer.email or "", rendered.subject, rendered.html, rendered.text, headers)


def with_django(count: int) -> float:
    server = settings.PROMO_MAIL_SERVER or {}
    backend = "django.core.mail.backends.smtp.EmailBackend"
    connection = get_connection(backend, host=server["host"], port=server["port"], use_tls=False, use_ssl=False)
    connection.open()
    started = time.monotonic()
    for number in range(count):
        mail = EmailMultiAlternatives("A gift", "Your code", SENDER, [f"customer{number}@shop.example"])
        mail.attach_alternative(HTML, "text/html")
        connection.send_messages([mail])
    taken = time.monotonic() - started
    connection.close()
    return taken
