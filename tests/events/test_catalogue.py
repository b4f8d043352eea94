import pytest

from events import catalogue
from events.management.commands.document_events import PAGE, page

# The reference lets these tell of the code alone; the customer is whoever holds it.
OF_HOLDERS = {"voucher.gift.balance_added", "voucher.deleted"}


def test_all_fifty_five_internal_events_are_known() -> None:
    assert len(catalogue.INTERNAL) == 55


def test_the_page_of_events_is_current() -> None:
    assert PAGE.read_text() == page(), "run ./run manage document_events"


def test_every_event_stands_in_the_page() -> None:
    text = PAGE.read_text()
    assert [name for name in catalogue.KNOWN if f"`{name}`" not in text] == []


def test_no_spelling_means_two_events() -> None:
    spellings = [alias for event in catalogue.INTERNAL.values() for alias in event.aliases]
    assert len(spellings) == len(set(spellings))
    assert not set(spellings) & set(catalogue.INTERNAL)


@pytest.mark.parametrize(
    ("given", "stored"),
    [("customer.order.paid", "order.paid"), ("order.paid", "order.paid"), ("cart_abandoned", "cart_abandoned")],
    ids=["alias", "own name", "custom"],
)
def test_a_name_has_one_spelling(given: str, stored: str) -> None:
    assert catalogue.canonical(given) == stored


def test_todays_names_of_rules_mean_the_events_of_campaigns_and_of_vouchers() -> None:
    today = "business_validation_rule"
    for spelling, verb in (
        ("assignment.created", "created"),
        ("updated", "updated"),
        ("assignment.deleted", "deleted"),
    ):
        meant = tuple(f"{subject}.validation_rules.{verb}" for subject in ("campaign", "voucher"))
        assert catalogue.meant_by(f"{today}.{spelling}") == meant
    assert catalogue.meant_by("customer.order.paid") == ("order.paid",)
    assert catalogue.meant_by("cart_abandoned") == ("cart_abandoned",)


@pytest.mark.parametrize("event", catalogue.KNOWN.values(), ids=str)
def test_every_event_says_something_to_people(event: catalogue.InternalEvent) -> None:
    assert event.sentence.endswith(".")
    assert event.label
    assert event.payload
    assert ("customer" in event.payload) or not event.has_customer or event.name in OF_HOLDERS
