"""The forms of earning rules and rewards in the admin: read as the API would be told them."""

from typing import Any

from django import forms

from campaigns.models import Campaign
from orders.models import Product
from rewards.earning.proportions import PLACES
from rewards.earning.reading import ENTERED, PAID
from rewards.models import EarningRule, Reward, RewardAssignment
from segments.models import Segment

WHEN = [(PAID, "An order is paid"), (ENTERED, "A customer enters a segment"), ("custom", "A custom event is reported")]
GIVES = [
    ("FIXED", "A fixed number"),
    ("ORDER_AMOUNT", "For every amount spent"),
    ("ORDER_TOTAL_AMOUNT", "For every amount paid"),
]


class RuleForm(forms.Form):
    """When points are earned, and how many."""

    banner = forms.CharField(
        label="Name", max_length=255, widget=forms.TextInput(attrs={"placeholder": "Points for every order"})
    )
    when = forms.ChoiceField(label="When", choices=WHEN)
    segment = forms.ModelChoiceField(
        Segment.objects.order_by("name"), required=False, help_text="Where a segment is entered."
    )
    event = forms.CharField(label="Event", max_length=300, required=False, help_text="The name of the custom event.")
    gives = forms.ChoiceField(label="Points", choices=GIVES)
    points = forms.IntegerField(label="How many", min_value=1, initial=50)
    every = forms.DecimalField(
        label="For every",
        min_value=1,
        decimal_places=2,
        required=False,
        help_text="An amount of money, in proportion only.",
    )
    waits = forms.IntegerField(
        label="Waits days",
        min_value=1,
        max_value=90,
        required=False,
        help_text="Points of paid orders can wait, until the goods cannot be sent back any more.",
    )

    rule: EarningRule | None = None

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("when") == ENTERED and not given.get("segment"):
            self.add_error("segment", "Choose the segment.")
        if given.get("when") == "custom" and not given.get("event"):
            self.add_error("event", "Give the event's name.")
        if given.get("gives") != "FIXED":
            if given.get("when") != PAID:
                self.add_error("gives", "Only a paid order has an amount.")
            if not given.get("every"):
                self.add_error("every", "Give the amount.")
        return given

    def body(self) -> dict[str, Any]:
        """Return the body of a rule as the API would be told it."""
        given = self.cleaned_data
        told: dict[str, Any] = {
            "source": {"banner": given["banner"]},
            "loyalty": self._loyalty(),
            "pending_points": {"period_value": given["waits"]} if given["waits"] and given["when"] == PAID else {},
        }
        if self.rule is not None:
            return told
        if given["when"] == ENTERED:
            return {**told, "event": ENTERED, "segment": {"id": given["segment"].public_id}}
        return {**told, "event": PAID if given["when"] == PAID else given["event"].strip()}

    def _loyalty(self) -> dict[str, Any]:
        given = self.cleaned_data
        if given["gives"] == "FIXED":
            return {"type": "FIXED", "points": given["points"]}
        block, name = PLACES[given["gives"]]
        proportion = {"every": int(given["every"] * 100), "points": given["points"]}
        return {"type": "PROPORTIONAL", "calculation_type": given["gives"], block: {name: proportion}}

    @classmethod
    def of(cls, rule: EarningRule, data: Any = None) -> "RuleForm":
        """Return the form of a rule that exists: when it earns stays as it is."""
        form = cls(data, initial=_said_of(rule))
        form.rule = rule
        for name in ("when", "segment", "event"):
            form.fields[name].disabled = True
        return form

    @property
    def can_be_edited(self) -> bool:
        """Tell whether this form can say all that the rule says; the API can say more."""
        return self.rule is None or self.rule.loyalty.get("calculation_type", "FIXED") in dict(GIVES)


def _said_of(rule: EarningRule) -> dict[str, Any]:
    loyalty = rule.loyalty
    kind = loyalty.get("calculation_type", "FIXED")
    block, name = PLACES.get(kind, ("", ""))
    proportion = loyalty.get(block, {}).get(name, loyalty)
    is_custom = rule.event not in (PAID, ENTERED)
    return {
        "banner": rule.banner,
        "when": "custom" if is_custom else rule.event,
        "segment": rule.segment,
        "event": rule.event if is_custom else "",
        "gives": kind,
        "points": proportion["points"],
        "every": proportion["every"] / 100 if "every" in proportion else None,
        "waits": rule.pending_days,
    }


KINDS = [("campaign", "A code or card of a campaign"), ("product", "A product"), ("coin", "Money off an order")]
GIVEN = ("DISCOUNT_COUPONS", "GIFT_VOUCHERS", "LOYALTY_PROGRAM")


class RewardForm(forms.Form):
    """What can be had for points, and its price in this program."""

    name = forms.CharField(max_length=255, widget=forms.TextInput(attrs={"placeholder": "Free coffee mug"}))
    kind = forms.ChoiceField(label="What", choices=KINDS)
    campaign = forms.ModelChoiceField(Campaign.objects.filter(campaign_type__in=GIVEN).order_by("name"), required=False)
    balance = forms.IntegerField(
        label="Put on the card", min_value=1, required=False, help_text="Points, or cents of a gift card."
    )
    product = forms.ModelChoiceField(Product.objects.order_by("name"), required=False)
    worth = forms.DecimalField(
        label="Worth",
        min_value=0,
        decimal_places=2,
        required=False,
        help_text="What one step of points takes off an order.",
    )
    points = forms.IntegerField(
        label="Points", min_value=1, help_text="The price; of money off, the points of one step."
    )
    stock = forms.IntegerField(min_value=0, required=False, help_text="How many there are in all; empty: no limit.")

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        needed = {"campaign": "campaign", "product": "product", "coin": "worth"}[given.get("kind", "coin")]
        if not given.get(needed):
            self.add_error(needed, "Say which, or how much.")
        return given

    def reward(self) -> dict[str, Any]:
        """Return the body of a reward as the API would be told it."""
        given, kind = self.cleaned_data, self.cleaned_data["kind"]
        parts: dict[str, Any] = {
            "campaign": lambda: {"id": given["campaign"].public_id, "balance": given["balance"]},
            "product": lambda: {"id": given["product"].public_id},
            "coin": lambda: {"exchange_ratio": float(given["worth"]), "points_ratio": given["points"]},
        }
        return {"name": given["name"], "parameters": {kind: parts[kind]()}, "stock": given["stock"]}

    def price(self) -> dict[str, Any]:
        return {"parameters": {"loyalty": {"points": self.cleaned_data["points"]}}}


class PriceForm(forms.Form):
    """What of a reward can be changed in a program: its name, its price, how many there are."""

    name = forms.CharField(max_length=255)
    points = forms.IntegerField(label="Points", min_value=1, required=False)
    stock = forms.IntegerField(min_value=0, required=False, help_text="How many there are in all; empty: no limit.")

    def reward(self) -> dict[str, Any]:
        """Return the body of a change as the API would be told it."""
        stock = self.cleaned_data["stock"]
        return {"name": self.cleaned_data["name"], "stock": "" if stock is None else stock}

    def price(self) -> dict[str, Any]:
        return {"parameters": {"loyalty": {"points": self.cleaned_data.get("points")}}}

    @classmethod
    def of(cls, assignment: RewardAssignment, data: Any = None) -> "PriceForm":
        reward = assignment.reward
        form = cls(data, initial={"name": reward.name, "points": assignment.points, "stock": reward.stock})
        if reward.type == Reward.Type.COIN:
            del form.fields["points"]
        return form
