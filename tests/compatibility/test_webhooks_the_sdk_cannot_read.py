"""What docs/compatibility.md says of the Python SDK's list of events is what the SDK does."""

import pytest
from pydantic import ValidationError
from voucherify import ManagementProjectsWebhooksCreateResponseBody as WebhookOfSDK

from webhooks import names


@pytest.mark.parametrize(
    "name",
    [
        "*",
        "customer.updated",
        "customer.segment.entered",
        "order.paid",
        "product.created",
        "sku.deleted",
        "export.done",
        "campaign.validation_rules.created",
        "voucher.validation_rules.updated",
        "voucher.gift.balance_added",
    ],
)
def test_the_python_sdk_refuses_a_webhook_that_asks_for_what_is_not_on_its_list(name: str) -> None:
    assert names.is_published(name)
    with pytest.raises(ValidationError):
        WebhookOfSDK.from_dict({"id": "wh_1", "events": [name]})


def test_the_python_sdk_reads_a_webhook_with_names_on_its_list() -> None:
    told = WebhookOfSDK.from_dict({"id": "wh_1", "events": ["redemption.succeeded", "customer.created"]})
    assert told is not None
    assert told.events == ["redemption.succeeded", "customer.created"]
