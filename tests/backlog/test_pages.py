from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from backlog import asking
from backlog.models import AsyncAction
from backlog.rows import numbered

pytestmark = pytest.mark.django_db


@pytest.fixture
def action(settings: Any, drain: Any) -> AsyncAction:
    settings.ASYNC_PERFORMERS = {"ROWS.WRITE": "tests.backlog.performers.write_down"}
    return asking.ask("ROWS.WRITE", numbered(["a", 3]), scope="customers")


def test_an_order_is_followed_to_its_report(admin_client: Client, action: AsyncAction, drain: Any) -> None:
    address = reverse("admin:backlog_asyncaction_change", args=[action.pk])
    page = admin_client.get(address).content.decode()
    assert "0 of 2 rows are read." in page
    assert "data-refresh-seconds" in page
    drain()
    told = admin_client.get(address, headers={"X-Requested-With": "fetch"}).content.decode()
    assert "1 of 2 rows came in. One row was refused." in told
    assert "This is no text." in told
    assert "data-refresh-stop" in told


def test_the_list_tells_what_was_ordered(
    admin_client: Client, action: AsyncAction, django_assert_max_num_queries: Any
) -> None:
    asking.note("CAMPAIGN.VOUCHERS_DELETE", {"deleted": 3}, scope="campaigns")
    # Session, person, and the page's rows with one more.
    with django_assert_max_num_queries(4):
        page = admin_client.get(reverse("admin:backlog_asyncaction_changelist")).content.decode()
    assert "Rows: write" in page
    assert "Campaign: vouchers delete" in page
    assert "Waiting" in page


def test_nobody_edits_it(admin_client: Client, action: AsyncAction) -> None:
    assert admin_client.get(reverse("admin:backlog_asyncaction_add")).status_code == 403
    assert admin_client.post(reverse("admin:backlog_asyncaction_delete", args=[action.pk])).status_code == 403
    assert admin_client.get(reverse("admin:backlog_asyncaction_change", args=[0])).status_code == 404
