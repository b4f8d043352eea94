"""What customers get: the fields by which a form says it, for campaigns and for single codes alike."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django import forms

from access import project
from campaigns.discounts import ITEMS, ORDER, WITHOUT_CENTS
from campaigns.incentives import BLOCKS, DISCOUNT, GIFT, LOYALTY, MOST_POINTS

KINDS = [
    ("PERCENT", "Percentage off"),
    ("AMOUNT", "Amount off"),
    ("FIXED", "New price"),
    ("UNIT", "Free product"),
]
# Which field says the value of which kind of discount.
VALUES = {"PERCENT": "percent_off", "AMOUNT": "amount_off", "FIXED": "fixed_amount", "UNIT": "unit_off"}
# Without a choice of its own a discount narrows to what its rules name; who edits it must not lose that.
COUNTS_FOR = [("", "The products its rule names, or the whole order"), (ORDER, "The whole order"), (ITEMS, "Each item")]
MONEY = ("amount_limit", "amount_off", "fixed_amount", "gift_amount")


class PromiseForm(forms.Form):
    """A discount, an amount on a gift card, or points on a loyalty card."""

    kind = forms.ChoiceField(
        choices=KINDS, widget=forms.RadioSelect, label="What do customers get?", initial="PERCENT", required=False
    )
    percent_off = forms.DecimalField(label="Percent off", min_value=0, max_value=100, decimal_places=2, required=False)
    amount_limit = forms.DecimalField(label="At most", min_value=0, decimal_places=2, max_digits=12, required=False)
    amount_off = forms.DecimalField(label="Amount off", min_value=0, decimal_places=2, max_digits=12, required=False)
    fixed_amount = forms.DecimalField(label="New price", min_value=0, decimal_places=2, max_digits=12, required=False)
    unit_off = forms.IntegerField(label="How many", min_value=1, max_value=1000, required=False)
    unit_type = forms.CharField(label="Product or SKU id", max_length=255, required=False)
    counts_for = forms.ChoiceField(choices=COUNTS_FOR, required=False, label="Counts for")
    gift_amount = forms.DecimalField(
        label="Amount on each card", min_value=0, decimal_places=2, max_digits=12, required=False
    )
    points = forms.IntegerField(
        label="Points to begin with", min_value=0, max_value=MOST_POINTS, required=False, initial=0
    )
    quantity = forms.IntegerField(
        label="How often each code counts",
        min_value=1,
        max_value=2**31 - 1,
        required=False,
        initial=1,
        help_text="Empty: without limit.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        current = project.current()
        self.zone, self.currency = ZoneInfo(current.time_zone), current.currency
        for name in MONEY:
            self.fields[name].label = f"{self.fields[name].label}, {self.currency}"

    def voucher_kind(self) -> str | None:
        """Return what the codes are that this form describes; None where there are none."""
        raise NotImplementedError

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        for name, sentence in self._needed(given).items():
            if name not in self.errors and not given.get(name) and given.get(name) != 0:
                self.add_error(name, sentence)
        if self.voucher_kind() == GIFT and given.get("gift_amount") == 0:
            self.add_error("gift_amount", "A gift card without an amount gives nothing.")
        return given

    def _needed(self, given: Mapping[str, Any]) -> dict[str, str]:
        kind = self.voucher_kind()
        if kind == GIFT:
            return {"gift_amount": "Say how much is on each card."}
        if kind != DISCOUNT:
            return {}
        sort = given.get("kind") or "PERCENT"
        return {VALUES[sort]: "Say how much.", **({"unit_type": "Say which product."} if sort == "UNIT" else {})}

    def promise(self) -> dict[str, Any]:
        """Return the block of a body that says what the codes give."""
        kind = self.voucher_kind()
        if kind is None:
            return {}
        says = {DISCOUNT: self.discount, GIFT: self.gift, LOYALTY: self.loyalty_card}
        return {BLOCKS[kind]: says[kind]()}

    def discount(self) -> dict[str, Any]:
        given = self.cleaned_data
        kind = given["kind"] or "PERCENT"
        name = VALUES[kind]
        value = given[name]
        said: dict[str, Any] = {
            "type": kind,
            name: self._cents(value) if kind in ("AMOUNT", "FIXED") else _number(value),
        }
        if kind == "UNIT":
            return {**said, "unit_type": given["unit_type"]}
        if kind == "PERCENT" and given["amount_limit"]:
            said["amount_limit"] = self._cents(given["amount_limit"])
        return {**said, "effect": given["counts_for"] or None}

    def gift(self) -> dict[str, Any]:
        return {"amount": self._cents(self.cleaned_data["gift_amount"])}

    def loyalty_card(self) -> dict[str, Any]:
        return {"points": self.cleaned_data["points"] or 0}

    def said_of_discount(self, stored: Mapping[str, Any]) -> dict[str, Any]:
        """Return what the fields would say of a stored discount."""
        discount = {**(stored.get("units") or [{}])[0], **stored}
        shown = {name: discount.get(name) for name in ("percent_off", "unit_off", "unit_type")}
        money = {name: self._amount(discount.get(name)) for name in ("amount_limit", "amount_off", "fixed_amount")}
        return {**shown, **money, "kind": discount["type"], "counts_for": discount.get("effect", "")}

    def _cents(self, amount: Decimal) -> int:
        return int(amount) if self.currency in WITHOUT_CENTS else int(amount * 100)

    def _amount(self, cents: int | None) -> Decimal | None:
        if cents is None:
            return None
        return Decimal(cents) if self.currency in WITHOUT_CENTS else Decimal(cents) / 100


def _number(value: Decimal | int) -> int | float:
    return int(value) if value == int(value) else float(value)
