"""Webhooks: signed, judged and accounted for one by one, against a bare aiohttp loop that posts the same unsigned."""

import asyncio
import base64
import ipaddress
import time

import aiohttp
import orjson
from django.conf import settings

from benchmarks.bench import Bench
from benchmarks.sink import Sink
from benchmarks.table import Result, at_least, median
from distributions.channels import Outcome, OutgoingMessage, client, webhook

BATCH = 200
SECRET = "whsec_" + base64.b64encode(b"benchmark-secret" * 2).decode()


def run(bench: Bench) -> Result:
    count = bench.size(10_000, 1_000)
    ours, bare = [], []
    settings.PROMO_EGRESS_ALLOW = [ipaddress.ip_network("127.0.0.0/8")]
    with bench.sink() as sink:
        for _ in range(bench.size(3, 1)):
            bodies = [body(number) for number in range(count)]
            bare.append(count / asyncio.run(post_all(sink.url, bodies)))
            sink.forget()
            ours.append(count / deliver_all(sink, bodies))
    result = Result("webhooks")
    seen = f"{median(ours):,.0f} of {median(bare):,.0f} webhooks/s"
    result.add("signed, against a bare aiohttp loop", median(ours) / median(bare), "x", at_least(0.4, 0.6), seen)
    return result


def body(number: int) -> bytes:
    customer = {"id": f"cust_{number}", "source_id": f"customer{number}", "email": f"customer{number}@shop.example"}
    data = {"customer": customer, "voucher": {"code": f"CODE-{number:08d}"}}
    return orjson.dumps({"id": f"msg_{number}", "type": "customer.segment.entered", "data": data})


def deliver_all(sink: Sink, bodies: list[bytes]) -> float:
    """Hand over in batches, as the sender leases them."""
    messages = [
        OutgoingMessage(f"msg_{number}", sink.url, text=each.decode(), secret=SECRET)
        for number, each in enumerate(bodies)
    ]
    started = time.monotonic()
    taken = 0
    for begin in range(0, len(messages), BATCH):
        receipts = webhook.deliver(messages[begin : begin + BATCH])
        taken += sum(receipt is not None and receipt.outcome == Outcome.ACCEPTED for receipt in receipts)
    seconds = time.monotonic() - started
    if (taken, sink.count()) != (len(bodies), len(bodies)):
        raise AssertionError(f"{taken} of {len(bodies)} webhooks were taken, and {sink.count()} arrived")
    return seconds


async def post_all(url: str, bodies: list[bytes]) -> float:
    slots = asyncio.Semaphore(client.CONCURRENCY_PER_RECEIVER)
    async with aiohttp.ClientSession() as session:

        async def post(each: bytes) -> None:
            async with slots, session.post(url, data=each, headers={"Content-Type": "application/json"}) as answer:
                await answer.read()

        started = time.monotonic()
        await asyncio.gather(*(post(each) for each in bodies))
        return time.monotonic() - started
