import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

from access.models import AuditEntry
from campaigns import performance, pools, publishing
from campaigns.models import Campaign, Voucher
from customers.models import Customer
from events.clock import database_now
from events.models import Event
from tests.conftest import RestClient

pytestmark = pytest.mark.django_db

NEW = {
    "name": "Spring",
    "kind": "PERCENT",
    "percent_off": "5",
    "counts_for": "APPLY_TO_ORDER",
    "pattern": "SPRING-####-####",
    "symbols": "ABCDEFGHJKLMNPQRSTUVWXYZ23456789",
    "vouchers_count": "20",
    "days_after_sending": "7",
    "ends": "2030-06-30",
}


def address(name: str, *arguments: object) -> str:
    return reverse(f"admin:campaigns_{name}", args=arguments)


def test_a_campaign_is_made_in_a_form(admin_client: Client) -> None:
    assert admin_client.get(address("campaign_add")).status_code == 200
    answer = admin_client.post(address("campaign_add"), NEW)
    campaign = Campaign.objects.get()
    assert answer.url == address("campaign_change", campaign.pk)
    assert campaign.discount == {"type": "PERCENT", "percent_off": 5, "effect": "APPLY_TO_ORDER"}
    assert campaign.activity_duration_after_publishing == "P7D"
    assert campaign.expiration_date.isoformat() == "2030-06-30T23:59:59+00:00"
    assert (campaign.codes_wanted, campaign.codes.pattern) == (20, "SPRING-####-####")
    assert AuditEntry.objects.get(object_id=campaign.public_id).person.username == "marta"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        pytest.param({"percent_off": ""}, "Say how much.", id="no value"),
        pytest.param({"kind": "UNIT", "unit_off": "1"}, "Say which product.", id="no product"),
        pytest.param({"pattern": "A-##"}, "Use more random symbols.", id="too few codes"),
        pytest.param({"pattern": "A-####", "vouchers_count": "1000"}, "would hit one of 1,000 codes", id="guessable"),
        pytest.param({"starts": "2031-01-01"}, "The end lies before the start.", id="dates"),
        pytest.param({"name": "Taken"}, "already exists", id="name taken"),
    ],
)
def test_the_form_says_what_is_wrong_and_keeps_what_was_written(
    admin_client: Client, make_campaign: Callable[..., Campaign], change: dict[str, str], sentence: str
) -> None:
    make_campaign("Taken", codes=0)
    answer = admin_client.post(address("campaign_add"), {**NEW, "vouchers_count": "2000", **change})
    assert answer.status_code == 400
    assert sentence in answer.content.decode()
    assert Campaign.objects.count() == 1


@pytest.mark.parametrize(
    ("kind", "values", "discount"),
    [
        ("AMOUNT", {"amount_off": "9.99"}, {"amount_off": 999, "effect": "APPLY_TO_ORDER"}),
        ("AMOUNT", {"amount_off": "9.99", "counts_for": ""}, {"amount_off": 999}),
        ("FIXED", {"fixed_amount": "0"}, {"fixed_amount": 0, "effect": "APPLY_TO_ORDER"}),
        (
            "UNIT",
            {"unit_off": "2", "unit_type": "tea"},
            {"unit_off": 2, "unit_type": "tea", "effect": "ADD_MISSING_ITEMS"},
        ),
    ],
)
def test_every_kind_of_discount_can_be_written(
    admin_client: Client, kind: str, values: dict[str, str], discount: dict[str, Any]
) -> None:
    admin_client.post(address("campaign_add"), {**NEW, "kind": kind, **values})
    assert Campaign.objects.get().discount == {"type": kind, **discount}


def test_example_codes_follow_the_pattern_while_it_is_written(admin_client: Client) -> None:
    asked = {"pattern": "HI-####-####", "symbols": "ABCDEFGHJKLMNPQRSTUVWXYZ23456789", "count": "1000"}
    shown = admin_client.get(address("campaign_look"), asked).content.decode()
    assert shown.count("<li>HI-") == 3
    assert "One guess in 1,099,511,627" in shown
    assert "at least one #" in admin_client.get(address("campaign_look"), {**asked, "pattern": "HI"}).content.decode()


def test_an_edit_keeps_what_it_does_not_change(admin_client: Client, make_campaign: Callable[..., Campaign]) -> None:
    campaign = make_campaign(activity_duration_after_publishing="P7D", join_once=True)
    page = admin_client.get(address("campaign_edit", campaign.pk))
    form = page.context["form"]
    written = {name: form[name].value() for name in form.fields if form[name].value() not in (None, False)}
    answer = admin_client.post(address("campaign_edit", campaign.pk), {**written, "percent_off": "7", "kind": "AMOUNT"})
    assert answer.status_code == 302
    changed = Campaign.objects.get()
    assert changed.discount == {"type": "PERCENT", "percent_off": 7}
    assert (changed.activity_duration_after_publishing, changed.join_once) == ("P7D", True)


def test_the_page_of_a_campaign_shows_its_pool_and_who_got_codes(
    admin_client: Client, make_campaign: Callable[..., Campaign], alice: Customer
) -> None:
    campaign = make_campaign(codes=1000)
    code = publishing.publish(campaign, alice).voucher.code
    page = admin_client.get(address("campaign_change", campaign.pk)).content.decode()
    assert "5% off" in page
    assert "999 of 1,000 left" in page
    assert code in page
    found = admin_client.get(address("campaign_change", campaign.pk), {"q": code[:6]}).content.decode()
    assert code in found
    found = admin_client.get(address("campaign_change", campaign.pk), {"q": "alice"}).content.decode()
    assert code in found
    everything = admin_client.get(address("campaign_change", campaign.pk), {"show": "all", "page": "2"})
    assert everything.content.decode().count("c-code") > 20


def test_the_pool_tells_how_far_the_making_is(
    admin_client: Client, make_campaign: Callable[..., Campaign], monkeypatch: pytest.MonkeyPatch
) -> None:
    campaign = make_campaign(codes=10)
    answer = admin_client.post(address("campaign_codes", campaign.pk), {"count": "30"})
    assert answer.status_code == 302
    monkeypatch.setattr(pools, "SLICE", 10)
    pools.make_some()
    assert "20 of 40 exist" in admin_client.get(address("campaign_pool", campaign.pk)).content.decode()
    refused = admin_client.post(address("campaign_codes", campaign.pk), {"count": "0"})
    assert refused.status_code == 400


def test_a_file_is_imported_with_a_report(admin_client: Client, make_campaign: Callable[..., Campaign]) -> None:
    campaign = make_campaign(codes=0)
    file = io.BytesIO(b"code\nA1\nB2\nA1\n<script>alert(1)</script>\x1b\n")
    file.name = "codes.csv"
    report = admin_client.post(address("campaign_import", campaign.pk), {"file": file}).content.decode()
    assert "2 of 4 codes came in; 2 did not." in report
    assert "This code stands on line 2 already." in report
    assert "<script>alert" not in report
    sheet = io.BytesIO(b"PK\x03\x04")
    sheet.name = "codes.xlsx"
    refused = admin_client.post(address("campaign_import", campaign.pk), {"file": sheet})
    assert "Export the sheet as CSV" in refused.content.decode()


def test_the_download_is_a_file_and_is_recorded(admin_client: Client, make_campaign: Callable[..., Campaign]) -> None:
    campaign = make_campaign(codes=2)
    answer = admin_client.get(address("campaign_download", campaign.pk))
    assert answer["Content-Disposition"] == 'attachment; filename="cart-rescue-codes.csv"'
    assert len(b"".join(answer.streaming_content).splitlines()) == 3
    assert AuditEntry.objects.filter(verb="export", object_id=campaign.public_id).exists()


def test_a_code_has_a_page(admin_client: Client, make_campaign: Callable[..., Campaign], alice: Customer) -> None:
    voucher = publishing.publish(make_campaign(), alice, source_id="mail-7").voucher
    for key in (voucher.public_id, voucher.pk, voucher.code):
        page = admin_client.get(address("voucher_change", key)).content.decode()
        assert "mail-7" in page
        assert "/codes/qr/" in page
    admin_client.post(address("voucher_active", voucher.public_id), {"active": "0"})
    assert Voucher.objects.get(pk=voucher.pk).active is False
    assert admin_client.get(address("voucher_change", "NOTHING")).status_code == 404
    assert voucher.code in admin_client.get(address("voucher_changelist"), {"q": voucher.code}).content.decode()


def test_campaigns_are_disabled_and_deleted(
    admin_client: Client, make_campaign: Callable[..., Campaign], alice: Customer
) -> None:
    kept, gone = make_campaign("Kept"), make_campaign("Gone")
    publishing.publish(kept, alice)
    admin_client.post(address("campaign_active", kept.pk), {"active": "0"})
    assert Campaign.objects.get(pk=kept.pk).active is False
    admin_client.post(address("campaign_delete", gone.pk))
    refused = admin_client.post(address("campaign_delete", kept.pk), follow=True)
    assert "Customers hold codes of this campaign" in refused.content.decode()
    assert list(Campaign.objects.values_list("name", flat=True)) == ["Kept"]


def test_the_list_takes_as_many_queries_for_many_campaigns_as_for_one(
    admin_client: Client, make_campaign: Callable[..., Campaign], django_assert_max_num_queries: Callable
) -> None:
    for number in range(5):
        make_campaign(f"Campaign {number}")
    # The session, the person, the counts, the campaigns, their pools, the clock, the project; none per campaign.
    with django_assert_max_num_queries(10):
        shown = admin_client.get(address("campaign_changelist")).content.decode()
    assert shown.count("3 of 3 left") == 5


def test_who_may_only_see_changes_nothing(make_campaign: Callable[..., Campaign]) -> None:
    campaign = make_campaign()
    get_user_model().objects.create_user("vera", password="correct horse", is_staff=True)
    client = Client()
    client.login(username="vera", password="correct horse")
    for name in ("change", "edit", "pool", "download"):
        assert client.get(address(f"campaign_{name}", campaign.pk)).status_code == 403
    for name in ("codes", "import", "active", "delete"):
        assert client.post(address(f"campaign_{name}", campaign.pk)).status_code == 403
    assert Client().get(address("campaign_change", campaign.pk)).status_code == 302


@pytest.mark.parametrize(
    ("kind", "written", "told"),
    [
        ("GIFT_VOUCHERS", {"gift_amount": "50"}, {"gift": {"amount": 5000, "effect": "APPLY_TO_ORDER"}}),
        (
            "LOYALTY_PROGRAM",
            {"points": "100", "expire_after_months": "6"},
            {"loyalty_card": {"points": 100, "expiration_rules": {"period_type": "MONTH", "period_value": 6}}},
        ),
        (
            "REFERRAL_PROGRAM",
            {"conversion": "custom_event", "conversion_event": "signed_up"},
            {
                "referral_program": {
                    "conversion_event_type": "custom_event",
                    "custom_event": {"name": "signed_up"},
                }
            },
        ),
        ("PROMOTION", {}, {"discount": None, "codes_wanted": 0}),
        ("DISCOUNT_COUPONS", {"one_code": "on", "code": "SUMMER26", "quantity": ""}, {"type": "STANDALONE"}),
    ],
)
def test_every_kind_of_campaign_is_made_shown_and_edited(
    admin_client: Client, kind: str, written: dict[str, str], told: dict[str, Any]
) -> None:
    answer = admin_client.post(address("campaign_add"), {**NEW, "campaign_type": kind, **written})
    assert answer.status_code == 302, answer.context["form"].errors
    campaign = Campaign.objects.get()
    assert campaign.campaign_type == kind
    assert {name: getattr(campaign, name) for name in told} == told
    assert admin_client.get(address("campaign_change", campaign.pk)).status_code == 200
    form = admin_client.get(address("campaign_edit", campaign.pk)).context["form"]
    kept = {name: form[name].value() for name in form.fields if form[name].value() not in (None, False)}
    answer = admin_client.post(address("campaign_edit", campaign.pk), {**kept, "description": "Changed"})
    assert answer.status_code == 302, answer.context["form"].errors
    campaign.refresh_from_db()
    assert (campaign.description, {name: getattr(campaign, name) for name in told}) == ("Changed", told)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"campaign_type": "GIFT_VOUCHERS"}, "Say how much is on each card."),
        ({"campaign_type": "GIFT_VOUCHERS", "gift_amount": "0"}, "gives nothing"),
        ({"campaign_type": "REFERRAL_PROGRAM", "conversion": "custom_event"}, "Say which event."),
        ({"one_code": "on"}, "Say the code that everybody uses."),
        ({"from_hour": "09:00"}, "Say both hours, or neither."),
        ({"campaign_type": "NONSENSE"}, "campaign_type must be one of"),
    ],
)
def test_what_is_missing_for_a_kind_of_campaign_is_said(
    admin_client: Client, change: dict[str, str], sentence: str
) -> None:
    answer = admin_client.post(address("campaign_add"), {**NEW, **change})
    assert answer.status_code == 400
    assert sentence in answer.content.decode()
    assert not Campaign.objects.exists()


def test_a_code_without_a_campaign_is_made_topped_up_and_deleted(admin_client: Client) -> None:
    assert admin_client.get(address("voucher_add")).status_code == 200
    written = {"type": "GIFT_VOUCHER", "code": "SORRY-ANNA", "gift_amount": "25", "days": ["1"], "quantity": "1"}
    assert admin_client.post(address("voucher_add"), written).status_code == 302
    taken = admin_client.post(address("voucher_add"), written)
    assert (taken.status_code, "already exists" in taken.content.decode()) == (400, True)
    voucher = Voucher.objects.get()
    assert (voucher.kind, voucher.balance, voucher.validity) == ("GIFT_VOUCHER", 2500, {"day_of_week": [1]})
    moved = {"amount": "5.50", "direction": "add", "reason": "<b>goodwill</b>"}
    assert admin_client.post(address("voucher_balance", voucher.public_id), moved).status_code == 302
    refused = admin_client.post(address("voucher_balance", voucher.public_id), {"amount": "99", "direction": "take"})
    assert (refused.status_code, "does not hold so much" in refused.content.decode()) == (400, True)
    page = admin_client.get(address("voucher_change", voucher.public_id)).content.decode()
    assert "$30.50" in page
    assert "&lt;b&gt;goodwill" in page
    assert "stands for itself" in admin_client.get(address("voucher_changelist")).content.decode()
    assert admin_client.post(address("voucher_delete", voucher.public_id)).status_code == 302
    assert not Voucher.objects.exists()
    told = Event.objects.filter(name__startswith="voucher.")
    assert {(event.name, event.source) for event in told} == {
        ("voucher.created", "USER_PORTAL"),
        ("voucher.gift.balance_added", "USER_PORTAL"),
        ("voucher.deleted", "USER_PORTAL"),
    }


def test_a_campaign_shows_what_came_of_it_day_by_day(
    admin_client: Client, api: RestClient, make_campaign: Callable[..., Campaign]
) -> None:
    campaign = make_campaign()
    address = reverse("admin:campaigns_campaign_change", args=[campaign.pk])
    assert "Nothing yet" in admin_client.get(address).content.decode()
    given = api.post("/v1/publications", {"campaign": {"name": campaign.name}, "customer": {"source_id": "ida"}}).json()
    wish = {"redeemables": [{"object": "voucher", "id": given["voucher"]["code"]}], "order": {"amount": 20_000}}
    assert api.post("/v1/redemptions", {**wish, "customer": {"source_id": "ida"}}).status_code == 200
    shown = performance.of(campaign, database_now())
    today = shown.days[-1]
    assert (len(shown.days), today.issued, today.redeemed, today.revenue, today.discount) == (30, 1, 1, 20_000, 1_000)
    assert (shown.issued, shown.redeemed, shown.revenue, shown.discount) == (1, 1, "$200.00", "$10.00")
    assert json.loads(shown.amounts)["datasets"][0]["data"][-1] == 200.0
    assert "$200.00" in admin_client.get(address).content.decode()
