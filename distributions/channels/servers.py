"""Mail servers: which one takes a message, and how a connection to it is opened."""

import ipaddress
import smtplib
import socket
import ssl
from dataclasses import dataclass, field
from typing import Any, cast

from django.conf import settings

from distributions.channels import egress
from distributions.channels.handover import Account
from distributions.channels.providers import Setting

STEP_SECONDS = 8.0
SECURITY = {"starttls": "STARTTLS", "tls": "TLS from the first byte", "none": "None"}
PORTS = {"starttls": 587, "tls": 465, "none": 25}
SETTINGS = (
    Setting("host", "Server", "Such as smtp.example.com."),
    Setting("security", "Encryption", kind="choice", choices=SECURITY, default="starttls"),
    Setting("port", "Port", "Empty: the usual one, 587 or 465.", is_required=False, kind="number"),
    Setting("username", "User name", is_required=False),
    Setting("password", "Password", is_secret=True, is_required=False),
    Setting("from", "Sender", "Empty: the sender of this installation (PROMO_MAIL_FROM).", is_required=False),
)


@dataclass(frozen=True)
class MailServer:
    """A server and how to sign in to it. One that a connection names is ``guarded``, as every outside address is."""

    host: str
    port: int
    security: str = "none"
    username: str = ""
    password: str = field(default="", repr=False)
    is_guarded: bool = False


def server_for(account: Account | None) -> MailServer | None:
    """Return the account's server, or without an account this installation's own; None where there is none."""
    if account is not None:
        security = account["security"] or "starttls"
        port = int(account["port"] or PORTS[security])
        return MailServer(
            account["host"], port, security, account["username"], account["password"], is_guarded=True
        )  # fmt: skip
    told = settings.PROMO_MAIL_SERVER
    if told is None:
        return None
    security = "tls" if told["tls"] else "starttls" if told["starttls"] else "none"
    return MailServer(told["host"], told["port"], security, told["username"], told["password"])


def connect(server: MailServer) -> smtplib.SMTP:
    """Return a connection that has said hello, is encrypted as asked, and has signed in."""
    context = ssl.create_default_context()
    connection: smtplib.SMTP = (
        _GuardedTls(server, context) if server.security == "tls" else _Guarded(server)
    )  # fmt: skip
    try:
        connection.connect(server.host, server.port)
        connection.ehlo_or_helo_if_needed()
        if server.security == "starttls":
            connection.starttls(context=context)
            connection.ehlo()
        if server.username:
            connection.login(server.username, server.password)
    except BaseException:
        connection.close()
        raise
    return connection


class _Guarded(smtplib.SMTP):
    """Connects to the address that was judged, and asks for no other."""

    def __init__(self, server: MailServer) -> None:
        super().__init__(timeout=STEP_SECONDS)
        self._server, self._host = server, server.host

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        return _reached(self._server, host, port, timeout)


class _GuardedTls(smtplib.SMTP_SSL):
    def __init__(self, server: MailServer, context: ssl.SSLContext) -> None:
        super().__init__(timeout=STEP_SECONDS, context=context)
        self._server, self._host = server, server.host

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        return cast(Any, self).context.wrap_socket(_reached(self._server, host, port, timeout), server_hostname=host)


def _reached(server: MailServer, host: str, port: int, timeout: float) -> socket.socket:
    if not server.is_guarded:
        return socket.create_connection((host, port), timeout)
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [str(entry[4][0]).split("%", 1)[0] for entry in found]
    for address in addresses:
        egress.check(ipaddress.ip_address(address))
    return socket.create_connection((addresses[0], port), timeout)
