"""Templates filled with the samples of the merge-field picker: for showing what belongs to nobody, and as a trial."""

from typing import Any

from django.conf import settings

from distributions.composing import sandbox
from distributions.composing.merge_fields import MERGE_FIELDS

# What stands for a picture that only a customer or a shop has.
_PICTURE = "/static/designs/samples/{}.svg"


def context() -> dict[str, Any]:
    """Return what a template may name, with a sample of each."""
    found: dict[str, Any] = {"public_url": settings.PROMO_PUBLIC_URL}
    for field in MERGE_FIELDS:
        place = found
        *path, last = field.name.split(".")
        for name in path:
            place = place.setdefault(name, {})
        place[last] = field.sample
    found["voucher"] |= {"qr_url": _PICTURE.format("qr"), "barcode_url": _PICTURE.format("barcode")}
    found["brand"]["logo_url"] = _PICTURE.format("logo")
    return found


def filled(html: str) -> str:
    """Return the template's HTML with samples in it; raise TemplateError where it breaks or grows beyond all bounds."""
    return sandbox.render_html(html, context())


def refusal(text: str) -> str:
    """Return why nobody can get this text: it is no Liquid, or grows beyond all bounds; "" where values decide."""
    try:
        sandbox.parsed(text, is_html=False)
    except sandbox.TemplateError as error:
        return str(error)
    try:
        sandbox.render_text(text, context())
    except sandbox.RunawayError as error:
        return str(error)
    except sandbox.TemplateError:
        return ""
    return ""
