"""The naive design's work: one task per event, one COUNT per segment, one code, one post."""

import time

import redis
import requests
from celery import shared_task
from django.conf import settings

from benchmarks.reference.models import Code, Customer, Event, Membership, Segment

valkey = redis.Redis.from_url(settings.REDIS_URL)


@shared_task
def evaluate(event_id: int) -> None:
    customer = Event.objects.select_related("customer").get(pk=event_id).customer
    for segment in Segment.objects.all():
        count = Event.objects.filter(customer=customer, name=segment.event).count()
        if count > segment.more_than:
            _, entered = Membership.objects.get_or_create(segment=segment, customer=customer)
            if entered and segment.has_distribution:
                send_code(segment, customer)


def send_code(segment: Segment, customer: Customer) -> None:
    code = Code.objects.filter(customer=None).first()
    Code.objects.filter(pk=code.pk).update(customer=customer)
    data = {"customer": {"source_id": customer.source_id}, "voucher": {"code": code.code}}
    requests.post(settings.WEBHOOK_URL, json={"type": segment.name, "data": data}, timeout=10)


@shared_task
def hop() -> None:
    """Note when the task's body began."""
    valkey.rpush("hops", time.monotonic())
