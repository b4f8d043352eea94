"""The whole product, started as `./run` starts it, on a database and a broker of its own; driven over HTTP only."""

import http.client
import json
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import make_conninfo
from redis import Redis

from promo_site import keeper as processes
from tests.sinks import MailSink, free_port

ROOT = Path(__file__).resolve().parents[1]
ADMIN_EMAIL, ADMIN_PASSWORD = "marta@shop.example", "correct horse battery"


@dataclass
class Answer:
    status: int
    body: Any


@dataclass
class Product:
    """A running product: its address, its key, and the means to disturb it."""

    port: int
    keeper: processes.Keeper
    environment: dict[str, str]
    key: dict[str, str] = field(default_factory=dict)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def call(self, verb: str, path: str, body: object = None) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        headers = {
            "Content-Type": "application/json",
            "X-App-Id": self.key["app_id"],
            "X-App-Token": self.key["app_token"],
        }
        connection.request(verb, path, json.dumps(body) if body is not None else None, headers)
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return Answer(answer.status, json.loads(content) if content else None)

    def get(self, path: str) -> Any:
        answer = self.call("GET", path)
        assert answer.status == 200, answer
        return answer.body

    def post(self, path: str, body: object = None) -> Any:
        answer = self.call("POST", path, body)
        assert answer.status == 200, answer
        return answer.body

    def manage(self, *arguments: str) -> str:
        done = subprocess.run(
            processes.manage(*arguments), cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def kill(self, name: str) -> None:
        """End a process as the kernel's out-of-memory killer would; the supervisor starts it again."""
        self.keeper.processes[name].kill()
        self.keeper.processes[name].wait()

    def keep(self) -> None:
        self.keeper.restart_the_dead()

    def forget_broker(self) -> None:
        Redis.from_url(self.environment["REDIS_URL"]).flushdb()


def eventually(check: Callable[[], Any], seconds: float = 10.0, meanwhile: Callable[[], None] = lambda: None) -> Any:
    """Return the first true answer of ``check``; fail where none comes in time."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if found := check():
            return found
        meanwhile()
        time.sleep(0.05)
    return pytest.fail(f"{check} did not become true within {seconds} s")


@pytest.fixture(scope="session")
def mail_sink() -> Iterator[MailSink]:
    with MailSink() as sink:
        yield sink


@pytest.fixture(scope="session")
def running_product(tmp_path_factory: pytest.TempPathFactory, mail_sink: MailSink) -> Iterator[Product]:
    data, port = tmp_path_factory.mktemp("product"), free_port()
    environment = _own_environment(data, port, mail_sink)
    subprocess.run(processes.manage("migrate", "-v", "0"), cwd=ROOT, env=environment, check=True)
    subprocess.run(processes.manage("prepare_installation"), cwd=ROOT, env=environment, check=True)
    keeper = processes.Keeper(environment, data)
    product = Product(port, keeper, environment)
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("PROMO_PORT", str(port))
            processes.start_product(keeper)
        processes.wait_until_healthy(keeper, product.address)
        product.key = json.loads(product.manage("create_api_key", "--kind", "server", "--name", "shop", "--json"))
        product.manage("create_admin", "--email", ADMIN_EMAIL, "--password", ADMIN_PASSWORD)
        yield product
    finally:
        keeper.stop()


def _own_environment(data: Path, port: int, mail_sink: MailSink) -> dict[str, str]:
    name = f"journey_{os.getpid()}"
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return {
        **os.environ,
        "DATABASE_URL": make_conninfo(os.environ["DATABASE_URL"], dbname=name),
        "REDIS_URL": os.environ["REDIS_URL"].partition("db=")[0] + f"db={os.getpid() % 60 + 4}",
        "PROMO_DATA": str(data),
        "PROMO_PORT": str(port),
        "PROMO_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "PROMO_EGRESS_ALLOW": "127.0.0.0/8",
        "PROMO_DEMO": "0",
        "PROMO_ADMIN_PASSWORD": "first start only",
        "EMAIL_URL": mail_sink.url,
    }


@pytest.fixture
def product(running_product: Product, mail_sink: MailSink) -> Product:
    running_product.keep()
    mail_sink.messages.clear()
    return running_product
