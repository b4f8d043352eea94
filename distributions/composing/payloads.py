"""Bodies of webhooks to begin with: each is a JSON value with Liquid in its strings."""

import json
from dataclasses import dataclass
from typing import Any, Final


@dataclass(frozen=True)
class Payload:
    """One to begin with; ``json`` is how the box shows it."""

    label: str
    body: Any

    @property
    def json(self) -> str:
        return json.dumps(self.body, indent=2, ensure_ascii=False)


NAME: Final = "{{ customer.name | default: 'you' }}"
PAYLOADS: Final = (
    Payload(
        "Code and customer",
        {
            "customer": {"id": "{{ customer.source_id }}", "email": "{{ customer.email }}", "name": NAME},
            "code": "{{ voucher.code }}",
            "discount": "{{ voucher.discount }}",
            "expires_at": "{{ voucher.expires_at }}",
            "campaign": "{{ campaign.name }}",
        },
    ),
    Payload(
        "Promotion and customer",
        {
            "customer": {"id": "{{ customer.source_id }}", "email": "{{ customer.email }}", "name": NAME},
            "promotion": {"id": "{{ promotion_tier.id }}", "name": "{{ promotion_tier.name }}"},
            "discount": "{{ promotion_tier.discount }}",
            "expires_at": "{{ promotion_tier.expires_at }}",
        },
    ),
    Payload("A chat message", {"text": f"{NAME} got the code {{{{ voucher.code }}}} ({{{{ voucher.discount }}}})."}),
)
