"""What a marketer says of a transfer: the account, who gets a code, and where it is written."""

from typing import Any

from django import forms

from campaigns.models import Campaign
from distributions.models import Connection
from distributions.tool_forms import ToolForm
from segments.models import Segment
from transfers.ordering import Order

HOLDERS, MEMBERS = "holders", "segment"


class TransferForm(ToolForm):
    """The rows of a tool's form, and whose codes they are."""

    WHOM = (
        (HOLDERS, "Customers who hold a code of this campaign"),
        (MEMBERS, "Customers of a segment: who holds no code yet gets one"),
    )

    whom = forms.ChoiceField(choices=WHOM, widget=forms.RadioSelect, initial=HOLDERS, label="Who is written")
    segment: "forms.ModelChoiceField[Segment]" = forms.ModelChoiceField(
        Segment.objects.none(), required=False, to_field_name="public_id", empty_label="Choose a segment"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["segment"].queryset = Segment.objects.order_by("name")  # type: ignore[attr-defined]

    @classmethod
    def for_campaign(cls, campaign: Campaign, data: Any = None) -> "TransferForm":
        """Return the form with the last choices for this campaign, or what is usual."""
        last = campaign.transfers.select_related("connection").order_by("-id").first()
        account = last.connection if last else Connection.objects.filter(channel="mailchimp").order_by("id").first()
        rows = last.fields if last else {"CODE": "{{ voucher.code }}"}
        initial = {
            "type": "mailchimp",
            "connection_id": account.public_id if account else "",
            "rows": list(rows.items()),
            "tags": ", ".join(last.tags) if last else "",
            "whom": HOLDERS,
        }
        return cls(data, initial=initial)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("whom") == MEMBERS and not cleaned.get("segment"):
            self.add_error("segment", "Choose the segment.")
        if not cleaned.get("connection_id"):
            self.add_error("connection_id", "Choose the account.")
        if not cleaned.get("fields"):
            self.add_error(None, "Say which merge tag the code goes into.")
        return cleaned

    def as_order(self) -> Order:
        """Return the order of a form that is valid."""
        said = self.cleaned_data
        connection = Connection.objects.get(public_id=said["connection_id"])
        segment = said["segment"] if said["whom"] == MEMBERS else None
        return Order(connection, said["fields"], said.get("tags") or [], segment)
