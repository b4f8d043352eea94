"""The form that starts an export on the screen: what, which of its fields, of which days, in which order."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms

from access import project
from campaigns.models import Campaign
from exports.catalogue import ALL, WORDS
from exports.fields import Exportable

CAMPAIGNS_MOST = 500
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Kind:
    """One kind of object, as the form shows it: its fields, those that are ticked, and what it can be sorted by."""

    name: str
    words: str
    fields: list[tuple[str, bool]]
    orders: list[tuple[str, bool]]
    has_metadata: bool
    has_campaign: bool


class ExportForm(forms.Form):
    """Fields of one kind only are read, those of ``fields_<kind>`` and ``order_<kind>``."""

    exported_object = forms.ChoiceField(
        choices=list(WORDS.items()),
        label="What",
        initial="voucher",
        error_messages={"required": "Choose what to export.", "invalid_choice": "Choose one of the list."},
    )
    since = forms.DateField(
        required=False, label="Made from", widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"invalid": "Write a day as 2026-03-01."},
    )  # fmt: skip
    until = forms.DateField(
        required=False, label="to (included)", widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"invalid": "Write a day as 2026-03-01."},
    )  # fmt: skip
    metadata = forms.CharField(
        required=False,
        label="Metadata",
        max_length=2000,
        help_text="Keys with commas between them, each a column of its own. Tick “metadata” for all in one column.",
    )
    newest_first = forms.BooleanField(required=False, label="In reverse order")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        campaigns = Campaign.objects.order_by("-pk").values_list("public_id", "name")[:CAMPAIGNS_MOST]
        self.fields["campaign"] = forms.ChoiceField(
            choices=[("", "Any"), *campaigns], required=False, label="Of the campaign"
        )

    def clean(self) -> dict[str, Any]:
        told = super().clean() or self.cleaned_data
        if told.get("since") and told.get("until") and told["since"] > told["until"]:
            self.add_error("until", "The last day lies before the first.")
        return told

    def body(self) -> dict[str, Any]:
        """Return what the API would be asked."""
        said = self.cleaned_data
        kind = said["exported_object"]
        sign = "-" if said["newest_first"] else ""
        order = self._posted(f"order_{kind}")
        parameters = {
            "fields": [*self._ticked(kind), *self._metadata()],
            "order": f"{sign}{order[0] if order else 'created_at'}",
            "filters": dict(self._filters(ALL[kind])),
        }
        return {"exported_object": kind, "parameters": {name: part for name, part in parameters.items() if part}}

    def kinds(self) -> Iterator[Kind]:
        """Yield what can be exported, with what was ticked before or is ticked usually."""
        for name, exportable in ALL.items():
            ticked, order = self._ticked(name), (self._posted(f"order_{name}") or ["created_at"])[0]
            fields = [*exportable.fields, *(["metadata"] if exportable.metadata else [])]
            orders = [one for one in exportable.sortable() if one not in ("created_at", "date", "id")]
            yield Kind(
                name,
                WORDS[name],
                [(field, field in ticked) for field in fields],
                [(field, field == order) for field in orders],
                exportable.metadata is not None,
                "campaign_id" in exportable.columns,
            )

    def _ticked(self, kind: str) -> list[str]:
        if self.is_bound and self.data.get("exported_object") == kind:
            return self._posted(f"fields_{kind}")
        return list(ALL[kind].defaults)

    def _metadata(self) -> list[str]:
        return [f"metadata.{key.strip()}" for key in self.cleaned_data["metadata"].split(",") if key.strip()]

    def _posted(self, name: str) -> list[str]:
        return list(self.data.getlist(name)) if self.is_bound and hasattr(self.data, "getlist") else []

    def _filters(self, exportable: Exportable) -> Iterator[tuple[str, Any]]:
        said = self.cleaned_data
        made = {
            operator: [_begin_of(day + shift)]
            for operator, day, shift in (("$more_than_equal", said["since"], 0 * DAY), ("$before", said["until"], DAY))
            if day
        }
        if made:
            yield "created_at", {"conditions": made}
        if said["campaign"] and "campaign_id" in exportable.columns:
            yield "campaign_id", {"conditions": {"$is": [said["campaign"]]}}


def _begin_of(day: date) -> str:
    """Return when a day begins where the project is."""
    return datetime.combine(day, time.min, ZoneInfo(project.current().time_zone)).isoformat()
