"""When something counts: the days between which, and the days and hours at which."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django import forms

from access import project
from campaigns.validity import DAYS

DAY = forms.DateInput(attrs={"type": "date"})
HOUR = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
# Monday first, as calendars of shops do; numbered as callers do, from Sunday.
WEEK = [(str(day), DAYS[day]) for day in (1, 2, 3, 4, 5, 6, 0)]


class TimingForm(forms.Form):
    """Dates, days of the week and hours, all by the shop's clock."""

    starts = forms.DateField(label="Valid from", required=False, widget=DAY)
    ends = forms.DateField(label="Valid until", required=False, widget=DAY, help_text="The end of this day.")
    days = forms.MultipleChoiceField(
        choices=WEEK,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label="Only on these days",
        help_text="None ticked: every day.",
    )
    from_hour = forms.TimeField(label="Only from", required=False, widget=HOUR)
    to_hour = forms.TimeField(label="until", required=False, widget=HOUR)

    zone: ZoneInfo

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zone = project.current().time_zone
        self.fields["ends"].help_text = f"The end of this day, {zone}."

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("starts") and given.get("ends") and given["ends"] < given["starts"]:
            self.add_error("ends", "The end lies before the start.")
        if bool(given.get("from_hour")) != bool(given.get("to_hour")) and not self.errors:
            self.add_error("to_hour", "Say both hours, or neither.")
        return given

    def dates(self) -> dict[str, Any]:
        """Return both dates; an empty text means none, as the API reads it."""
        given = self.cleaned_data
        return {
            "start_date": self._moment(given["starts"], time.min),
            "expiration_date": self._moment(given["ends"], time(23, 59, 59)),
        }

    def hours(self, known: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Return the days and hours; hours that this form cannot show stay as they are."""
        given = self.cleaned_data
        said: dict[str, Any] = {"validity_day_of_week": [int(day) for day in given["days"]]}
        if _one_span(known) is None:
            return said
        begin, end = given["from_hour"], given["to_hour"]
        span = {"start_time": f"{begin:%H:%M}", "expiration_time": f"{end:%H:%M}"} if begin and end else None
        return {**said, "validity_hours": {"daily": [span]} if span else {}}

    def said_of_times(
        self, start: datetime | None, end: datetime | None, known: Mapping[str, Any] | None
    ) -> dict[str, Any]:
        """Return what the fields would say of stored dates and hours."""
        span = _one_span(known) or {}
        return {
            "starts": start and start.astimezone(self.zone).date(),
            "ends": end and end.astimezone(self.zone).date(),
            "days": [str(day) for day in (known or {}).get("day_of_week") or ()],
            "from_hour": span.get("start_time"),
            "to_hour": span.get("expiration_time"),
        }

    def _moment(self, day: date | None, at: time) -> str:
        return datetime.combine(day, at, self.zone).astimezone(UTC).isoformat() if day else ""


def _one_span(known: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """Return the one span that a form can show, an empty one where there is none; None where there is more to it."""
    spans = ((known or {}).get("hours") or {}).get("daily", [])
    if len(spans) > 1 or any("days_of_week" in span for span in spans):
        return None
    return spans[0] if spans else {}
