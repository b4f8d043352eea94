"""A shop with an account at Mailchimp's twin."""

from collections.abc import Iterator

import pytest

from distributions import connecting
from distributions.models import Connection
from tests.channels.conftest import loopback_is_allowed
from tests.distributions.conftest import shop, step_by_step
from tests.twins.mailchimp import MailchimpTwin

__all__ = ["loopback_is_allowed", "shop", "step_by_step"]


@pytest.fixture
def mailchimp() -> Iterator[MailchimpTwin]:
    with MailchimpTwin() as twin:
        yield twin


@pytest.fixture
def account(db: None, mailchimp: MailchimpTwin) -> Connection:
    settings = {"api_key": mailchimp.api_key, "list_id": mailchimp.list_id, "base_url": mailchimp.url}
    return connecting.create(connecting.provider_for("mailchimp"), "Shop customers", settings)
