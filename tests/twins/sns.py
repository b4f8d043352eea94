"""Amazon SNS as it reports: messages signed with a key whose certificate it serves, and subscriptions to confirm.

After https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html and
.../sns-verify-signature-of-message.html: version 1 is SHA1, version 2 SHA256, both with RSA, over names and values by
turns. It listens by TLS in the name of `HOST`, with its own certificate.
"""

import base64
import json
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID

from tests.twins.server import Answer, Request, Twin, route

HOST = "sns.eu-west-1.amazonaws.com"
TOPIC = "arn:aws:sns:eu-west-1:123456789012:promo"
HASHES = {"1": hashes.SHA1, "2": hashes.SHA256}
CLOSE = {"Connection": "close"}


class SnsTwin(Twin):
    """`message` makes what it would post; `confirmed` are the tokens of subscriptions that were confirmed."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.confirmed: list[str] = []
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.certificate = certify(self.key)
        self.certificate_url = f"https://{HOST}/SimpleNotificationService-{uuid4().hex}.pem"
        self._server.socket = self._dressed(folder).wrap_socket(self._server.socket, server_side=True)

    def trusting(self) -> ssl.SSLContext:
        """Return what a caller must trust to believe that this is Amazon."""
        return ssl.create_default_context(cadata=self.certificate.decode())

    def message(self, kind: str, message: str, *, version: str = "1", **more: str | None) -> dict[str, Any]:
        """Return a signed message; what is named in `more` is said in place of what it would say."""
        said: dict[str, Any] = {
            "Type": kind,
            "MessageId": str(uuid4()),
            "TopicArn": TOPIC,
            "Message": message,
            "Timestamp": stamp(datetime.now(tz=UTC)),
            **(self._subscription() if kind != "Notification" else {}),
            "SignatureVersion": version,
            "SigningCertURL": self.certificate_url,
            **more,
        }
        signature = self.key.sign(signed_words(said), padding.PKCS1v15(), HASHES[version]())
        return {**said, "Signature": base64.b64encode(signature).decode()}

    @route("GET", "/{name}")
    def give_certificate(self, request: Request) -> Answer:
        if not self.certificate_url.endswith(request.path):
            return Answer(404, None, CLOSE)
        return Answer(200, self.certificate, CLOSE)

    @route("GET", "/")
    def act(self, request: Request) -> Answer:
        if request.query.get("Action") != "ConfirmSubscription" or request.query.get("TopicArn") != TOPIC:
            return Answer(400, "<ErrorResponse/>", CLOSE)
        self.confirmed.append(request.query["Token"])
        return Answer(200, "<ConfirmSubscriptionResponse/>", CLOSE)

    def _subscription(self) -> dict[str, str]:
        token = uuid4().hex
        asked = urlencode({"Action": "ConfirmSubscription", "TopicArn": TOPIC, "Token": token})
        return {"Token": token, "SubscribeURL": f"https://{HOST}/?{asked}"}

    def _dressed(self, folder: Path) -> ssl.SSLContext:
        chain = folder / "sns.pem"
        key = self.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        chain.write_bytes(key + self.certificate)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(chain)
        return context


def certify(key: rsa.RSAPrivateKey, *, days: int = 1) -> bytes:
    """Return a certificate in the name of `HOST`, valid for so many days from now."""
    name, now = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)]), datetime.now(tz=UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=9))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .sign(key, hashes.SHA256())
        .public_bytes(serialization.Encoding.PEM)
    )


def stamp(at: datetime) -> str:
    """Return a moment as SNS writes it."""
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03}Z"


def signed_words(said: dict[str, Any]) -> bytes:
    """Return what is signed of a message: its fields in the order of their names, without those of the signature."""
    unsigned = {"Signature", "SignatureVersion", "SigningCertURL", "UnsubscribeURL"}
    named = sorted(name for name, value in said.items() if name not in unsigned and value is not None)
    return "".join(f"{name}\n{said[name]}\n" for name in named).encode()


def event(kind: str, message_id: str, address: str, **more: Any) -> str:
    """Return what SES publishes of a mail with our tag, as the text of a notification."""
    mail = {"messageId": uuid4().hex, "destination": [address], "tags": {"promo_message": [message_id]}, "headers": []}
    return json.dumps({"eventType": kind, "mail": mail, **more})
