"""The webhook sink: a server of its own that notes which customer's message came when, and how often."""

import argparse
import json
import subprocess
import sys
import time
import urllib.request
from collections import defaultdict
from typing import Any

import orjson
from aiohttp import web

from promo_site.embedded import spawn


class Sink:
    """A running sink, seen from the benchmark."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.url = f"http://127.0.0.1:{port}/hook"
        self._process: subprocess.Popen[bytes] = spawn([sys.executable, "-m", "benchmarks.sink", str(port)])

    def count(self) -> int:
        """Return how many customers have got a message."""
        return self._ask("count")

    def arrivals(self) -> dict[str, list[float]]:
        """Return when each customer's messages arrived, on the machine's monotonic clock."""
        return self._ask("arrivals")

    def forget(self) -> None:
        self._ask("forget")

    def wait_for(self, count: int, seconds: float) -> float:
        """Wait until so many customers have got a message; return when the last of them did."""
        until = time.monotonic() + seconds
        while (seen := self.count()) < count:
            if time.monotonic() > until:
                raise TimeoutError(f"The sink got {seen} of {count} messages in {seconds:.0f} s.")
            time.sleep(0.05)
        return max(times[0] for times in self.arrivals().values())

    def wait_until_up(self) -> None:
        for _ in range(200):
            try:
                self.forget()
                return
            except OSError:
                time.sleep(0.05)
        raise TimeoutError("The sink did not start.")

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait()

    def _ask(self, what: str) -> Any:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/{what}", timeout=10) as answer:
            return json.load(answer)


def application() -> web.Application:
    arrivals: dict[str, list[float]] = defaultdict(list)

    async def hook(request: web.Request) -> web.Response:
        customer = orjson.loads(await request.read())["data"]["customer"]
        arrivals[customer.get("source_id") or customer["id"]].append(time.monotonic())
        return web.Response()

    async def count(_request: web.Request) -> web.Response:
        return web.json_response(len(arrivals))

    async def all_arrivals(_request: web.Request) -> web.Response:
        return web.Response(body=orjson.dumps(arrivals))

    async def forget(_request: web.Request) -> web.Response:
        arrivals.clear()
        return web.json_response(None)

    app = web.Application()
    reads = {"/count": count, "/arrivals": all_arrivals, "/forget": forget}
    app.add_routes([web.post("/hook", hook), *(web.get(path, handler) for path, handler in reads.items())])
    return app


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    web.run_app(application(), host="127.0.0.1", port=parser.parse_args().port, print=None, access_log=None)
