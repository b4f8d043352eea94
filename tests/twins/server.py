"""What every twin has in common: a server on loopback, routes, a log, a rate limit, and faults on demand.

Nothing here, or in the twins beside it, needs more than the product itself: the demo runs them, too.
"""

import fnmatch
import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, parse_qsl, unquote, urlsplit


@dataclass(frozen=True)
class Request:
    """What came: `headers` in lower case, `query` with the last value of each name, `parts` from the route's braces."""

    verb: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    raw: bytes
    parts: dict[str, str] = field(default_factory=dict)
    at: float = field(default_factory=time.monotonic)

    @property
    def body(self) -> Any:
        """The body as JSON; None where it is empty, `ValueError` where it is not JSON."""
        return json.loads(self.raw) if self.raw else None

    @property
    def form(self) -> dict[str, str]:
        """The body as `application/x-www-form-urlencoded`."""
        return dict(parse_qsl(self.raw.decode(), keep_blank_values=True))

    @property
    def form_lists(self) -> dict[str, list[str]]:
        return parse_qs(self.raw.decode(), keep_blank_values=True)

    @property
    def line(self) -> str:
        return f"{self.verb} {self.path}"


@dataclass(frozen=True)
class Answer:
    """What is said back; a body of None sends none."""

    status: int
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Fault:
    """One misbehaviour. `accepts`: the request is acted on first. Without an `answer` the connection is cut."""

    accepts: bool
    answer: Answer | None = None
    silence: float = 0.0
    on: str = "*"


def refuses(status: int, body: Any = None, headers: dict[str, str] | None = None, *, on: str = "*") -> Fault:
    """Answer this without acting on the request."""
    return Fault(accepts=False, answer=Answer(status, body, headers or {}), on=on)


def accepts_and_answers(status: int, body: Any = None, *, on: str = "*") -> Fault:
    """Act on the request, and then answer this: the 5xx of a gateway whose backend had finished."""
    return Fault(accepts=True, answer=Answer(status, body), on=on)


def drops(*, on: str = "*") -> Fault:
    """Cut the connection without acting on the request."""
    return Fault(accepts=False, on=on)


def accepts_and_drops(*, on: str = "*") -> Fault:
    """Act on the request, and cut the connection before the answer."""
    return Fault(accepts=True, on=on)


def accepts_and_stalls(seconds: float, *, on: str = "*") -> Fault:
    """Act on the request, say nothing for this long, and cut the connection."""
    return Fault(accepts=True, silence=seconds, on=on)


Handler = Callable[[Any, Request], Answer]
_ROUTE = "_twin_route"


def route(verb: str, path: str) -> Callable[[Handler], Handler]:
    """Mark a method as the answer to this verb and path; `{name}` in it stands for one segment."""

    def mark(handler: Handler) -> Handler:
        pattern = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", re.escape(path))
        setattr(handler, _ROUTE, (verb, re.compile(pattern)))
        return handler

    return mark


class RoomyServer(ThreadingHTTPServer):
    """A server at which many may knock at once; the usual one turns away who comes sixth while it is busy."""

    request_queue_size = 256


class Twin:
    """A provider's stand-in; `with MailchimpTwin() as twin:` listens at `twin.url` on a free port of loopback.

    Give `faults` to the next requests with `misbehave`; a fault waits for a request that its `on` (a pattern of
    `VERB /path`) matches. `received` is every request, `accepted` those acted on with success, `refused`
    those that were not; each takes `latency` seconds, and `busiest` is how many were open at a time.
    """

    #: At most this many requests within so many seconds; None for no limit.
    rate: tuple[int, float] | None = None

    def __init__(self, port: int = 0) -> None:
        self.received: list[Request] = []
        self.accepted: list[Request] = []
        self.refused: list[Request] = []
        # Called with each request and what is said to it (None: nothing), for whoever looks on.
        self.heard: Callable[[Request, Answer | None], None] = lambda _request, _answer: None
        self.latency = 0.0
        self.busiest = 0
        self._open = 0
        self._faults: list[Fault] = []
        self._lock = threading.RLock()
        self._routes = self._find_routes()
        self._server = RoomyServer(("127.0.0.1", port), _handler_for(self))
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    # What a provider says of its own.

    def authenticate(self, request: Request) -> Answer | None:
        """Return a refusal where the request's credentials are not good."""
        return None

    def not_found(self, request: Request) -> Answer:
        return Answer(404)

    def too_many(self, retry_after: int) -> Answer:
        return Answer(429, None, {"Retry-After": str(retry_after)})

    def not_json(self, request: Request) -> Answer:
        return Answer(400)

    # What the tests ask and tell.

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def misbehave(self, *faults: Fault) -> None:
        with self._lock:
            self._faults.extend(faults)

    def calls(self, pattern: str = "*", *, accepted: bool = True) -> list[Request]:
        """Return the requests whose `VERB /path` matches, in the order they came."""
        with self._lock:
            found = list(self.accepted if accepted else self.received)
        return [request for request in found if fnmatch.fnmatchcase(request.line, pattern)]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    # The work.

    def _find_routes(self) -> list[tuple[str, re.Pattern[str], Handler]]:
        named = [getattr(type(self), name) for name in dir(type(self))]
        return [(*getattr(each, _ROUTE), each) for each in named if hasattr(each, _ROUTE)]

    @contextmanager
    def open_call(self) -> Iterator[None]:
        """Count a call as open while it lasts."""
        with self._lock:
            self._open += 1
            self.busiest = max(self.busiest, self._open)
        time.sleep(self.latency)
        try:
            yield
        finally:
            with self._lock:
                self._open -= 1

    def respond(self, request: Request) -> tuple[Answer | None, float]:
        """Act on a request; return what is said to it (None: nothing, the line goes dead) and after which silence."""
        with self._lock:
            said = self._said_to(request)
            self.heard(request, said[0])
            return said

    def _said_to(self, request: Request) -> tuple[Answer | None, float]:
        self.received.append(request)
        fault = self._next_fault(request)
        if fault is not None and not fault.accepts:
            return fault.answer, fault.silence
        answer = self._act(request)
        return (answer, 0.0) if fault is None else (fault.answer, fault.silence)

    def _next_fault(self, request: Request) -> Fault | None:
        for place, fault in enumerate(self._faults):
            if fnmatch.fnmatchcase(request.line, fault.on):
                return self._faults.pop(place)
        return None

    def _act(self, request: Request) -> Answer:
        handler, request = self._handler_of(request)
        answer = self.authenticate(request) or self._over_the_rate() or self._handled(handler, request)
        (self.accepted if answer.status < 300 else self.refused).append(request)
        return answer

    def _handled(self, handler: Handler | None, request: Request) -> Answer:
        if handler is None:
            return self.not_found(request)
        try:
            return handler(self, request)
        except ValueError:
            return self.not_json(request)

    def _over_the_rate(self) -> Answer | None:
        if self.rate is None:
            return None
        most, seconds = self.rate
        if len([each for each in self.received if each.at > time.monotonic() - seconds]) <= most:
            return None
        return self.too_many(max(1, round(seconds)))

    def _handler_of(self, request: Request) -> tuple[Handler | None, Request]:
        for verb, pattern, handler in self._routes:
            if verb == request.verb and (found := pattern.fullmatch(request.path)):
                parts = {name: unquote(value) for name, value in found.groupdict().items()}
                given = {name: getattr(request, name) for name in ("verb", "path", "query", "headers", "raw", "at")}
                return handler, Request(**given, parts=parts)
        return None, request


def _handler_for(twin: Twin) -> type[BaseHTTPRequestHandler]:
    class _Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = -1

        def answer_any(self) -> None:
            with twin.open_call():
                answer, silence = twin.respond(self._request())
            if silence:
                time.sleep(silence)
            if answer is None:
                self.close_connection = True
                self.connection.close()
                return
            self._say(answer)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer_any

        def _request(self) -> Request:
            asked = urlsplit(self.path)
            raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            return Request(self.command, asked.path, dict(parse_qsl(asked.query)), headers, raw)

        def _say(self, answer: Answer) -> None:
            content = b"" if answer.body is None else _as_bytes(answer.body)
            kind = "application/json; charset=utf-8" if isinstance(answer.body, dict | list) else "text/plain"
            headers = {"Content-Type": kind, "Content-Length": str(len(content)), **answer.headers}
            with suppress(ConnectionError):
                self.send_response(answer.status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)
                self.wfile.flush()

        def log_message(self, *_: object) -> None:
            """Say nothing: the tests read what was received."""

    return _Handler


def _as_bytes(body: Any) -> bytes:
    if isinstance(body, bytes):
        return body
    return body.encode() if isinstance(body, str) else json.dumps(body).encode()
