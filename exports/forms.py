"""The form that starts an export on the screen."""

from typing import Any

from django import forms

from exports.catalogue import ALL, WORDS


class ExportForm(forms.Form):
    """Which objects, and which of their fields; without a choice the usual ones."""

    exported_object = forms.ChoiceField(
        choices=list(WORDS.items()),
        label="What",
        error_messages={"required": "Choose what to export.", "invalid_choice": "Choose one of the list."},
    )
    fields_asked = forms.CharField(
        required=False,
        label="Fields",
        max_length=4000,
        help_text="Separated by commas; empty for the usual ones. Metadata as metadata.size.",
    )
    newest_first = forms.BooleanField(required=False, label="Newest first")

    def body(self) -> dict[str, Any]:
        """Return what the API would be asked."""
        said = self.cleaned_data
        fields = [name.strip() for name in said["fields_asked"].split(",") if name.strip()]
        order = "-created_at" if said["newest_first"] else "created_at"
        return {"exported_object": said["exported_object"], "parameters": {"fields": fields, "order": order}}


def fields_of_all() -> dict[str, str]:
    """Return, for each kind of object, the fields that can be asked for, as one reads them."""
    return {WORDS[kind]: ", ".join(exportable.fields) for kind, exportable in ALL.items()}
