"""The providers that take mail over an API of their own: what each account needs, and what each promises."""

from datetime import timedelta

from distributions.channels.providers import Capabilities, Idempotency, Provider, Setting, Takes, base_url

SENDER = Setting(
    "from", "Sender address", "One that the provider has verified. Empty: that of PROMO_MAIL_FROM.", is_required=False
)
_ELSEWHERE = Setting(
    "base_url", "API address", "Only where it is reached at another address than its region's.", is_required=False,
    kind="url",
)  # fmt: skip
_KEY = Setting("api_key", "API key", is_secret=True)


def _provider(
    name: str, label: str, address: str, *settings: Setting, keeps_key: timedelta | None = None,
    calls_per_second: float | None = None, can_look_up: bool = False, calls_per_message: int = 1,
) -> Provider:  # fmt: skip
    repeats = (
        f"A repeated hand-over within {_span(keeps_key)} is recognised there." if keeps_key
        else "Knows no repeated hand-over; its reports tell what became of one whose answer was lost."
    )  # fmt: skip
    return Provider(
        name=name,
        channel="email",
        label=label,
        settings=(*settings, SENDER, base_url(address) if address else _ELSEWHERE),
        capabilities=Capabilities(
            idempotency=Idempotency.KEY if keeps_key else Idempotency.NONE, key_ttl=keeps_key, can_look_up=can_look_up,
            calls_per_second=calls_per_second, calls_per_message=calls_per_message,
        ),
        address="email",
        takes=frozenset({Takes.LETTER}),
        about=repeats,
    )  # fmt: skip


def _span(length: timedelta) -> str:
    minutes = int(length.total_seconds() // 60)
    return f"{minutes // 60} hours" if minutes % 60 == 0 else f"{minutes} minutes"


PROVIDERS = (
    _provider(
        "ses", "Amazon SES", "",
        Setting("access_key_id", "Access key id"),
        Setting("secret_access_key", "Secret access key", is_secret=True),
        Setting("region", "Region", "Such as eu-west-1."),
        Setting(
            "configuration_set", "Configuration set", "The one whose events SNS sends to us.", is_required=False
        ),
        Setting(
            "topic_arn", "SNS topic",
            "arn:aws:sns:...; only its reports are heard, and only its subscription is confirmed.", is_required=False,
        ),
        calls_per_second=14.0,
    ),
    _provider(
        "sendgrid", "SendGrid", "https://api.sendgrid.com", _KEY,
        Setting(
            "webhook_public_key", "Verification key", "Of its signed event webhook, where you turned that on.",
            is_required=False,
        ),
    ),
    _provider(
        "mailgun", "Mailgun", "https://api.mailgun.net", _KEY,
        Setting("domain", "Sending domain"),
        Setting(
            "webhook_signing_key", "Webhook signing key", "With it, its reports are verified by their signature.",
            is_secret=True, is_required=False,
        ),
    ),
    _provider(
        "postmark", "Postmark", "https://api.postmarkapp.com",
        Setting("server_token", "Server API token", is_secret=True),
        Setting(
            "message_stream", "Message stream", "A broadcast stream for marketing, such as broadcast.",
            is_required=False,
        ),
        can_look_up=True,
    ),
    _provider(
        "brevo", "Brevo", "https://api.brevo.com", _KEY, keeps_key=timedelta(minutes=15),
    ),
    _provider(
        "resend", "Resend", "https://api.resend.com", _KEY,
        Setting(
            "webhook_secret", "Webhook signing secret", "whsec_...; with it, its reports are verified by it.",
            is_secret=True, is_required=False,
        ),
        keeps_key=timedelta(hours=24), calls_per_second=2.0,
    ),
    _provider(
        "sparkpost", "SparkPost", "https://api.sparkpost.com", _KEY, keeps_key=timedelta(hours=24),
    ),
)  # fmt: skip
