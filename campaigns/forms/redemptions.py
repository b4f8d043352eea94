"""Forms about what happened at the till."""

from django import forms


class TakeBackForm(forms.Form):
    """Why a redemption is taken back."""

    reason = forms.CharField(max_length=400, help_text="Your colleagues see it, and it is told to webhooks.")
