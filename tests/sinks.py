"""A mail server and a webhook receiver that remember what came, and can be told to misbehave."""

import json
import socket
import threading
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from http.server import BaseHTTPRequestHandler
from typing import Any, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.twins.server import RoomyServer

DROP = "drop"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class MailSink:
    """Answers with the given ``replies`` first, then with 250; DROP takes the message and hangs up without a word."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.raw: list[bytes] = []
        self.recipients: list[list[str]] = []
        self.replies: list[str] = []
        self.connections = 0
        self._controller = Controller(self, hostname="127.0.0.1", port=free_port())

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        reply = self.replies.pop(0) if self.replies else "250 remembered"
        if reply == DROP or reply.startswith("2"):
            self.raw.append(envelope.content or b"")
            self.messages.append(message_from_bytes(envelope.content or b"", policy=default))  # type: ignore[arg-type]
            self.recipients.append(envelope.rcpt_tos)
        if reply == DROP:
            server.transport.abort()
            return "421 gone"
        return reply

    def to(self, address: str) -> list[EmailMessage]:
        return [message for message in self.messages if address in str(message["To"])]

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self._controller.server.sockets[0].getsockname()[1]}"

    def __enter__(self) -> Self:
        self._controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop listening; twice is harmless."""
        if self._controller.server is not None:
            self._controller.stop()


@dataclass(frozen=True)
class Received:
    headers: dict[str, str]
    raw: bytes

    @property
    def body(self) -> Any:
        return json.loads(self.raw)


class WebhookSink:
    """Answers with the given ``answers`` first (a status, or headers with it), then with 200; DROP hangs up."""

    def __init__(self) -> None:
        self.received: list[Received] = []
        self.answers: list[int | str | tuple[int, dict[str, str]]] = []
        self.words = b""
        self._server = RoomyServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        sink = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                raw = self.rfile.read(int(self.headers["Content-Length"]))
                sink.received.append(Received({name.lower(): value for name, value in self.headers.items()}, raw))
                answer = sink.answers.pop(0) if sink.answers else 200
                if answer == DROP:
                    self.close_connection = True
                    self.connection.close()
                    return
                status, headers = answer if isinstance(answer, tuple) else (int(answer), {})
                self.send_response(status)
                for name, value in {"Content-Length": str(len(sink.words)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(sink.words)

            def log_message(self, *_: object) -> None:
                """Say nothing: the tests read what was received."""

        return Handler

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    def codes(self) -> list[str]:
        return [received.body["data"]["voucher"]["code"] for received in self.received]

    def customers(self) -> list[str]:
        return [received.body["data"]["customer"]["source_id"] for received in self.received]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


class SilentSink:
    """A receiver that takes connections and never says a word."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}/hook"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()
