"""The forms of promotions in the admin: a tier, and tiers that are applied together."""

from typing import Any

from django import forms

from campaigns.forms.promises import PromiseForm
from campaigns.forms.timing import TimingForm
from campaigns.incentives import DISCOUNT
from campaigns.models import Campaign, Category, PromotionTier


class TierForm(PromiseForm, TimingForm):
    """What a tier takes off, for whom a shop shows it, and when it counts."""

    name = forms.CharField(max_length=255, widget=forms.TextInput(attrs={"placeholder": "10% above $100"}))
    banner = forms.CharField(
        max_length=1000, required=False, help_text="What the shop shows to whoever may have it.",
        widget=forms.TextInput(attrs={"placeholder": "Spend $100, get 10% off"}),
    )  # fmt: skip
    hierarchy = forms.IntegerField(
        label="Place", min_value=0, max_value=10_000, required=False, help_text="The lowest comes first; empty: last."
    )
    category = forms.CharField(max_length=120, required=False, widget=forms.TextInput(attrs={"list": "categories"}))

    tier: PromotionTier | None = None

    def voucher_kind(self) -> str:
        return DISCOUNT

    @property
    def categories(self) -> list[str]:
        return list(Category.objects.values_list("name", flat=True)[:100])

    def body(self) -> dict[str, Any]:
        """Return the body of a tier as the API would be told it."""
        given = self.cleaned_data
        return {
            "name": given["name"],
            "banner": given["banner"],
            "hierarchy": given["hierarchy"],
            "category": given["category"],
            "action": self.promise(),
            **self.dates(),
            **self.hours(self.tier.validity if self.tier else None),
        }

    @classmethod
    def of(cls, tier: PromotionTier, data: Any = None) -> "TierForm":
        form = cls(data)
        form.tier = tier
        form.initial = {
            "name": tier.name,
            "banner": tier.banner,
            "hierarchy": tier.hierarchy,
            "category": tier.category.name if tier.category else "",
            **(form.said_of_discount(tier.discount) if tier.discount else {}),
            **form.said_of_times(tier.start_date, tier.expiration_date, tier.validity),
        }
        return form


class StackForm(forms.Form):
    """Several tiers of a promotion under one name, in the order of their places."""

    name = forms.CharField(max_length=255, widget=forms.TextInput(attrs={"placeholder": "Summer bundle"}))
    tiers = forms.MultipleChoiceField(widget=forms.CheckboxSelectMultiple, label="Tiers")

    def __init__(self, campaign: Campaign, data: Any = None) -> None:
        super().__init__(data)
        known = PromotionTier.objects.filter(campaign=campaign).values_list("public_id", "name")
        self.fields["tiers"].choices = list(known)  # type: ignore[attr-defined]

    def body(self) -> dict[str, Any]:
        """Return the body of a stack as the API would be told it."""
        chosen = set(self.cleaned_data["tiers"])
        in_order = [name for name, _ in self.fields["tiers"].choices if name in chosen]  # type: ignore[attr-defined]
        return {"name": self.cleaned_data["name"], "tiers": {"ids": in_order}}
