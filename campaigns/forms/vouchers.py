"""The forms of single codes: one that stands for itself, and what is put on a card or taken off it."""

from decimal import Decimal
from typing import Any

from django import forms

from access import project
from campaigns.discounts import WITHOUT_CENTS
from campaigns.forms.promises import PromiseForm
from campaigns.forms.timing import TimingForm
from campaigns.incentives import DISCOUNT, GIFT, LOYALTY, MOST_POINTS
from campaigns.models import Category, Voucher

TYPES = [
    (DISCOUNT, "Discount code", "Money off, a new price or a free product."),
    (GIFT, "Gift card", "An amount, spent in as many orders as it lasts."),
    (LOYALTY, "Loyalty card", "Points that add up."),
]
LARGEST = 10**10


class VoucherForm(PromiseForm, TimingForm):
    """A code without a campaign."""

    code = forms.CharField(
        max_length=255,
        required=False,
        help_text="Empty: a random one that cannot be guessed.",
        widget=forms.TextInput(attrs={"placeholder": "SORRY-ANNA"}),
    )
    category = forms.CharField(max_length=120, required=False, widget=forms.TextInput(attrs={"list": "categories"}))
    additional_info = forms.CharField(
        max_length=400, required=False, label="Note", help_text="For your colleagues; customers never see it."
    )

    def voucher_kind(self) -> str:
        return self.data.get("type") or DISCOUNT

    @property
    def categories(self) -> list[str]:
        return list(Category.objects.values_list("name", flat=True)[:100])

    def body(self) -> dict[str, Any]:
        """Return the body of ``POST /v1/vouchers``."""
        given = self.cleaned_data
        said = {
            "type": self.voucher_kind(),
            "code": given["code"].strip() or None,
            "category": given["category"] or None,
            "additional_info": given["additional_info"] or None,
            **self.promise(),
            **self.dates(),
            **self.hours(),
        }
        return {**said, "redemption": {"quantity": given["quantity"]}} if self.voucher_kind() == DISCOUNT else said


class WithdrawalForm(forms.Form):
    """Why a code is taken out of use, and whether its holder gets another one."""

    reason = forms.CharField(max_length=400, help_text="Your colleagues see it beside the code.")
    how = forms.ChoiceField(
        choices=[("replace", "Void it and give a new one"), ("void", "Only void it")], label="What to do"
    )

    def __init__(self, voucher: Voucher, data: Any = None) -> None:
        super().__init__(data)
        if voucher.holder_id is None or voucher.campaign_id is None:
            self.fields["how"] = forms.ChoiceField(
                choices=[("void", "Only void it")], widget=forms.HiddenInput, initial="void"
            )


class BalanceForm(forms.Form):
    """So much more on a card, or less."""

    amount = forms.DecimalField(min_value=0, max_value=LARGEST, decimal_places=2)
    direction = forms.ChoiceField(
        choices=[("add", "Add"), ("take", "Take off")], initial="add", label="Add or take off"
    )
    reason = forms.CharField(max_length=400, required=False, help_text="Your colleagues see it beside the amount.")

    def __init__(self, voucher: Voucher, data: Any = None) -> None:
        super().__init__(data)
        self.currency = project.current().currency
        self.is_money = voucher.kind == GIFT
        self.fields["amount"].label = f"Amount, {self.currency}" if self.is_money else "Points"
        if not self.is_money:
            self.fields["amount"] = forms.IntegerField(min_value=1, max_value=MOST_POINTS, label="Points")

    def clean_amount(self) -> Decimal | int:
        amount = self.cleaned_data["amount"]
        if not amount:
            raise forms.ValidationError("Say how much.")
        return amount

    def change(self) -> int:
        """Return the change in cents or points, below zero where it is taken off."""
        amount = self.cleaned_data["amount"]
        whole = int(amount * 100) if self.is_money and self.currency not in WITHOUT_CENTS else int(amount)
        return whole if self.cleaned_data["direction"] == "add" else -whole
