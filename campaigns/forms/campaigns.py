"""The forms of campaigns: what is promised and when it counts, and the codes of a new one."""

from datetime import timedelta
from typing import Any

from django import forms

from campaigns import codes, durations
from campaigns.forms.promises import PromiseForm
from campaigns.forms.timing import TimingForm
from campaigns.incentives import DISCOUNT, LOYALTY
from campaigns.models import Campaign, Category
from campaigns.terms import MOST_CODES, VOUCHER_KINDS

SYMBOLS = [
    (codes.DEFAULT_CHARSET, "Letters and digits, none that look alike"),
    ("0123456789", "Digits only"),
    ("ABCDEFGHJKLMNPQRSTUVWXYZ", "Letters only"),
]
DEFAULT_PATTERN = "####-####-####"
COUPONS = Campaign.Kind.DISCOUNT_COUPONS
TYPES = [
    (COUPONS, "Discount codes", "Money off, a new price or a free product, by a code."),
    (Campaign.Kind.GIFT_VOUCHERS, "Gift cards", "An amount on each card, spent in as many orders as it lasts."),
    (Campaign.Kind.LOYALTY_PROGRAM, "Loyalty program", "A card for each customer, on which points add up."),
    (Campaign.Kind.REFERRAL_PROGRAM, "Referral program", "A code that a customer hands on to her friends."),
    (Campaign.Kind.PROMOTION, "Promotion", "No codes: whoever's cart fits gets it by itself."),
]
CONVERSIONS = [("redemption", "A friend redeems the code"), ("custom_event", "A friend does something else")]


class OfferForm(PromiseForm, TimingForm):
    """What is promised, and how long it counts: said at the start, and changed later."""

    description = forms.CharField(
        max_length=400, required=False, help_text="For your colleagues; customers never see it."
    )
    category = forms.CharField(
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"list": "categories"}),
        help_text="A drawer of your own, such as winback.",
    )
    days_after_sending = forms.IntegerField(
        label="Days after sending",
        min_value=1,
        max_value=3650,
        required=False,
        help_text="Each code gets an end of its own, so many days after its customer got it.",
    )
    expire_after_months = forms.IntegerField(
        label="Points expire after, months", min_value=1, max_value=1200, required=False, help_text="Empty: never."
    )
    conversion = forms.ChoiceField(
        choices=CONVERSIONS, required=False, initial="redemption", label="When does a referral count?"
    )
    conversion_event = forms.CharField(label="Which event", max_length=300, required=False)
    join_once = forms.BooleanField(label="One code per customer", required=False)
    auto_join = forms.BooleanField(label="Customers join by themselves", required=False)
    auto_update = forms.BooleanField(label="Make more codes when they run out", required=False)
    protected = forms.BooleanField(label="Keep it from being deleted", required=False)

    campaign: Campaign | None = None

    def campaign_type(self) -> str:
        return self.campaign.campaign_type if self.campaign else self.data.get("campaign_type") or COUPONS

    def voucher_kind(self) -> str | None:
        return VOUCHER_KINDS.get(self.campaign_type())

    @property
    def is_standalone(self) -> bool:
        return self.campaign is not None and self.campaign.type == Campaign.Type.STANDALONE

    @property
    def categories(self) -> list[str]:
        return list(Category.objects.values_list("name", flat=True)[:100])

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        is_event = self.campaign_type() == Campaign.Kind.REFERRAL_PROGRAM and given.get("conversion") == "custom_event"
        if is_event and not given.get("conversion_event"):
            self.add_error("conversion_event", "Say which event.")
        return given

    def changes(self) -> dict[str, Any]:
        """Return the body of a change as the API would be told it."""
        given = self.cleaned_data
        days = given["days_after_sending"]
        said = {
            "description": given["description"],
            "category": given["category"],
            "protected": given["protected"],
            **self.dates(),
            **self.hours(self.campaign.validity if self.campaign else None),
            "activity_duration_after_publishing": f"P{days}D" if days else "",
            **self._of_its_kind(),
        }
        return said if self.is_standalone else {**said, **self._of_its_pool()}

    def _of_its_kind(self) -> dict[str, Any]:
        kind, said = self.voucher_kind(), {}
        if self.campaign is None or kind == DISCOUNT:
            said["voucher"] = self.promise()
        if self.campaign_type() == Campaign.Kind.REFERRAL_PROGRAM:
            said["referral_program"] = self._referral_program()
        return said

    def _of_its_pool(self) -> dict[str, Any]:
        given = self.cleaned_data
        kind = Campaign.Type.AUTO_UPDATE if given["auto_update"] else Campaign.Type.STATIC
        is_loyalty = self.voucher_kind() == LOYALTY
        joining = {"auto_join": given["auto_join"]} if is_loyalty else {"join_once": given["join_once"]}
        return {"type": kind, **joining}

    def loyalty_card(self) -> dict[str, Any]:
        months = self.cleaned_data["expire_after_months"]
        rules = {"period_type": "MONTH", "period_value": months} if months else None
        return {**super().loyalty_card(), "expiration_rules": rules}

    def _referral_program(self) -> dict[str, Any]:
        given = self.cleaned_data
        conversion = given["conversion"] or "redemption"
        event = {"custom_event": {"name": given["conversion_event"]}} if conversion == "custom_event" else {}
        return {"conversion_event_type": conversion, **event}

    @classmethod
    def of(cls, campaign: Campaign, data: Any = None) -> "OfferForm":
        """Return the form of a campaign; its kind of discount stays what it is."""
        form = cls(data, initial={})
        form.campaign = campaign
        form.initial = form.said_of(campaign)
        form.fields["kind"].disabled = True
        return form

    def said_of(self, campaign: Campaign) -> dict[str, Any]:
        lasts = campaign.lasts_after_publishing
        program = campaign.referral_program or {}
        return {
            **(self.said_of_discount(campaign.discount) if campaign.discount else {"kind": "PERCENT"}),
            **self.said_of_times(campaign.start_date, campaign.expiration_date, campaign.validity),
            "description": campaign.description,
            "category": campaign.category.name if campaign.category else "",
            "gift_amount": self._amount(campaign.first_balance) if campaign.gift else None,
            "days_after_sending": lasts and max(lasts // timedelta(days=1), 1),
            "conversion": program.get("conversion_event_type"),
            "conversion_event": (program.get("custom_event") or {}).get("name"),
            "join_once": campaign.join_once,
            "auto_join": campaign.auto_join,
            "auto_update": campaign.type == Campaign.Type.AUTO_UPDATE,
            "protected": campaign.protected,
        }


class CampaignForm(OfferForm):
    """A new campaign: the offer, its name, and how its codes look."""

    name = forms.CharField(max_length=255, widget=forms.TextInput(attrs={"placeholder": "Cart rescue 5 %"}))
    one_code = forms.BooleanField(label="One code for everybody", required=False)
    code = forms.CharField(
        max_length=100, required=False, label="The code", widget=forms.TextInput(attrs={"placeholder": "SUMMER26"})
    )
    pattern = forms.CharField(
        max_length=100,
        initial=DEFAULT_PATTERN,
        required=False,
        help_text="Each # becomes a random symbol; the rest stays as you write it.",
    )
    symbols = forms.ChoiceField(choices=SYMBOLS, initial=codes.DEFAULT_CHARSET, label="Symbols", required=False)
    vouchers_count = forms.IntegerField(
        label="How many codes",
        min_value=0,
        max_value=MOST_CODES,
        initial=1000,
        required=False,
        help_text="You can add more at any time.",
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if self.voucher_kind() and given.get("one_code") and not given.get("code"):
            self.add_error("code", "Say the code that everybody uses.")
        return given

    def body(self) -> dict[str, Any]:
        """Return the body of ``POST /v1/campaigns``."""
        given = self.cleaned_data
        said = {**self.changes(), "name": given["name"], "campaign_type": self.campaign_type()}
        if self.voucher_kind() is None:
            return {name: value for name, value in said.items() if name not in ("voucher", "type", "join_once")}
        config = {"pattern": (given["pattern"] or DEFAULT_PATTERN).strip(), "charset": given["symbols"] or None}
        voucher = {**said["voucher"], "code_config": config}
        if self.voucher_kind() == DISCOUNT:
            voucher["redemption"] = {"quantity": given["quantity"]}
        if given["one_code"]:
            return {**said, "type": Campaign.Type.STANDALONE, "voucher": {**voucher, "code": given["code"]}}
        return {**said, "voucher": voucher, "vouchers_count": given["vouchers_count"] or 0}


class AddCodesForm(forms.Form):
    count = forms.IntegerField(label="How many more", min_value=1, max_value=MOST_CODES)


class ImportForm(forms.Form):
    file = forms.FileField(label="CSV file", help_text="One code per line, or a column named code. UTF-8.")


def lasts_in_words(campaign: Campaign) -> str:
    lasts = campaign.lasts_after_publishing
    return f"{durations.in_words(lasts)} after each is sent" if lasts else ""
