"""The forms of campaigns, in the words of who gives discounts; each says what the API's body would say."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django import forms

from access import project
from campaigns import codes, durations
from campaigns.discounts import ITEMS, ORDER, WITHOUT_CENTS
from campaigns.models import Campaign
from campaigns.terms import MOST_CODES

KINDS = [
    ("PERCENT", "Percentage off"),
    ("AMOUNT", "Amount off"),
    ("FIXED", "New price"),
    ("UNIT", "Free product"),
]
SYMBOLS = [
    (codes.DEFAULT_CHARSET, "Letters and digits, none that look alike"),
    ("0123456789", "Digits only"),
    ("ABCDEFGHJKLMNPQRSTUVWXYZ", "Letters only"),
]
DEFAULT_PATTERN = "####-####-####"
# Which field says the value of which kind of discount.
VALUES = {"PERCENT": "percent_off", "AMOUNT": "amount_off", "FIXED": "fixed_amount", "UNIT": "unit_off"}
DAY = forms.DateInput(attrs={"type": "date"})


class OfferForm(forms.Form):
    """What is promised, and how long it counts: said at the start, and changed later."""

    description = forms.CharField(
        max_length=400, required=False, help_text="For your colleagues; customers never see it."
    )
    kind = forms.ChoiceField(choices=KINDS, widget=forms.RadioSelect, label="What do customers get?")
    percent_off = forms.DecimalField(label="Percent off", min_value=0, max_value=100, decimal_places=2, required=False)
    amount_limit = forms.DecimalField(label="At most", min_value=0, decimal_places=2, max_digits=12, required=False)
    amount_off = forms.DecimalField(label="Amount off", min_value=0, decimal_places=2, max_digits=12, required=False)
    fixed_amount = forms.DecimalField(label="New price", min_value=0, decimal_places=2, max_digits=12, required=False)
    unit_off = forms.IntegerField(label="How many", min_value=1, max_value=1000, required=False)
    unit_type = forms.CharField(label="Product or SKU id", max_length=255, required=False)
    counts_for = forms.ChoiceField(
        choices=[(ORDER, "The whole order"), (ITEMS, "Each item")], required=False, label="Counts for", initial=ORDER
    )
    starts = forms.DateField(label="Valid from", required=False, widget=DAY)
    ends = forms.DateField(label="Valid until", required=False, widget=DAY, help_text="The end of this day.")
    days_after_sending = forms.IntegerField(
        label="Days after sending",
        min_value=1,
        max_value=3650,
        required=False,
        help_text="Each code gets an end of its own, so many days after its customer got it.",
    )
    join_once = forms.BooleanField(label="One code per customer", required=False)
    auto_update = forms.BooleanField(label="Make more codes when they run out", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        current = project.current()
        self.zone, self.currency = ZoneInfo(current.time_zone), current.currency
        for name in ("amount_limit", "amount_off", "fixed_amount"):
            self.fields[name].label = f"{self.fields[name].label}, {self.currency}"
        self.fields["ends"].help_text = f"The end of this day, {current.time_zone}."

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        for name in (VALUES.get(given.get("kind", "")), "unit_type" if given.get("kind") == "UNIT" else None):
            if name and not given.get(name) and name not in self.errors and given.get(name) != 0:
                self.add_error(name, "Say how much." if name != "unit_type" else "Say which product.")
        if given.get("starts") and given.get("ends") and given["ends"] < given["starts"]:
            self.add_error("ends", "The end lies before the start.")
        return given

    def discount(self) -> dict[str, Any]:
        given = self.cleaned_data
        kind, name = given["kind"], VALUES[given["kind"]]
        value = given[name]
        said: dict[str, Any] = {
            "type": kind,
            name: self._cents(value) if kind in ("AMOUNT", "FIXED") else _number(value),
        }
        if kind == "UNIT":
            return {**said, "unit_type": given["unit_type"]}
        if kind == "PERCENT" and given["amount_limit"]:
            said["amount_limit"] = self._cents(given["amount_limit"])
        return {**said, "effect": given["counts_for"] or ORDER}

    def changes(self) -> dict[str, Any]:
        """Return the body of a change as the API would be told it."""
        given = self.cleaned_data
        days = given["days_after_sending"]
        return {
            "description": given["description"],
            "voucher": {"discount": self.discount()},
            "start_date": self._moment(given["starts"], time.min),
            "expiration_date": self._moment(given["ends"], time(23, 59, 59)),
            "activity_duration_after_publishing": f"P{days}D" if days else None,
            "join_once": given["join_once"],
            "type": Campaign.Type.AUTO_UPDATE if given["auto_update"] else Campaign.Type.STATIC,
        }

    def _cents(self, amount: Decimal) -> int:
        return int(amount) if self.currency in WITHOUT_CENTS else int(amount * 100)

    def _moment(self, day: date | None, at: time) -> str | None:
        return datetime.combine(day, at, self.zone).astimezone(UTC).isoformat() if day else None

    @classmethod
    def of(cls, campaign: Campaign, data: Any = None) -> "OfferForm":
        """Return the form of a campaign; its kind of discount stays what it is."""
        form = cls(data, initial={})
        form.initial = form.said_of(campaign)
        form.fields["kind"].disabled = True
        return form

    def said_of(self, campaign: Campaign) -> dict[str, Any]:
        discount = (campaign.discount.get("units") or [{}])[0] | campaign.discount
        shown = {name: discount.get(name) for name in ("percent_off", "unit_off", "unit_type")}
        money = {name: self._amount(discount.get(name)) for name in ("amount_limit", "amount_off", "fixed_amount")}
        lasts = campaign.lasts_after_publishing
        return {
            **shown,
            **money,
            "description": campaign.description,
            "kind": discount["type"],
            "counts_for": discount["effect"],
            "starts": campaign.start_date and campaign.start_date.astimezone(self.zone).date(),
            "ends": campaign.expiration_date and campaign.expiration_date.astimezone(self.zone).date(),
            "days_after_sending": lasts and max(lasts // timedelta(days=1), 1),
            "join_once": campaign.join_once,
            "auto_update": campaign.type == Campaign.Type.AUTO_UPDATE,
        }

    def _amount(self, cents: int | None) -> Decimal | None:
        if cents is None:
            return None
        return Decimal(cents) if self.currency in WITHOUT_CENTS else Decimal(cents) / 100


class CampaignForm(OfferForm):
    """A new campaign: the offer, its name, and how its codes look."""

    name = forms.CharField(max_length=255, widget=forms.TextInput(attrs={"placeholder": "Cart rescue 5 %"}))
    pattern = forms.CharField(
        max_length=100,
        initial=DEFAULT_PATTERN,
        help_text="Each # becomes a random symbol; the rest stays as you write it.",
    )
    symbols = forms.ChoiceField(choices=SYMBOLS, initial=codes.DEFAULT_CHARSET, label="Symbols")
    vouchers_count = forms.IntegerField(
        label="How many codes",
        min_value=0,
        max_value=MOST_CODES,
        initial=1000,
        help_text="You can add more at any time.",
    )

    def body(self) -> dict[str, Any]:
        """Return the body of ``POST /v1/campaigns``."""
        given = self.cleaned_data
        said = self.changes()
        config = {"pattern": given["pattern"].strip(), "charset": given["symbols"]}
        voucher = {"type": "DISCOUNT_VOUCHER", **said["voucher"], "code_config": config}
        return {**said, "name": given["name"], "voucher": voucher, "vouchers_count": given["vouchers_count"]}


class AddCodesForm(forms.Form):
    count = forms.IntegerField(label="How many more", min_value=1, max_value=MOST_CODES)


class ImportForm(forms.Form):
    file = forms.FileField(label="CSV file", help_text="One code per line, or a column named code. UTF-8.")


def _number(value: Decimal | int) -> int | float:
    return int(value) if value == int(value) else float(value)


def lasts_in_words(campaign: Campaign) -> str:
    lasts = campaign.lasts_after_publishing
    return f"{durations.in_words(lasts)} after each is sent" if lasts else ""
