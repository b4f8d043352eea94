"""L5: idle Celery hops, each from ``delay()`` to the task's body. Run as a program; prints the seconds of each."""

import argparse
import json
import time

import django
import redis
from django.conf import settings

from benchmarks.reference import celery

HOP = "benchmarks.reference.tasks.hop"


def hops(count: int, pause: float) -> list[float]:
    """Send one task at a time, with a pause between them, to an otherwise idle worker."""
    valkey = redis.Redis.from_url(settings.REDIS_URL)
    valkey.delete("hops")
    taken = []
    for _ in range(count):
        time.sleep(pause)
        sent = time.monotonic()
        celery.app.signature(HOP).delay()
        _, arrived = valkey.blpop("hops", timeout=10)
        taken.append(float(arrived) - sent)
    return taken


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("count", type=int)
    django.setup()
    print(json.dumps(hops(parser.parse_args().count, pause=0.02)))
