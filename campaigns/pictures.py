"""Where codes stand as pictures: QR codes and barcodes at addresses that nobody can make up."""

from functools import cache

from django.conf import settings
from django.core import signing
from django.urls import reverse

SALT = "campaigns.pictures"
KINDS = ("qr", "barcode")
# The page that copies a code is signed like its pictures.
COPY = "copy"


def address(kind: str, code: str, form: str = "png") -> str:
    """Return the public address of a code's picture; it tells the code only to who already has it."""
    return settings.PROMO_PUBLIC_URL + path(kind, code, form)


def path(kind: str, code: str, form: str = "png") -> str:
    """Return the address within this site, for our own pages."""
    signed = signing.Signer(salt=f"{SALT}.{kind}").sign_object(code, compress=True)
    before, after = _picture_place(kind, form)
    return f"{before}{signed}{after}"


@cache
def _picture_place(kind: str, form: str) -> tuple[str, str]:
    """Return what stands before and after the signed code in the address of its picture."""
    before, _, after = reverse("code-picture", args=[kind, "-", form]).rpartition("-")
    return before, after


def copy_address(code: str) -> str:
    """Return the public address of the page on which the code can be copied."""
    return settings.PROMO_PUBLIC_URL + _copy_place() + signing.Signer(salt=f"{SALT}.{COPY}").sign_object(code)


@cache
def _copy_place() -> str:
    return reverse("code-copy", args=["-"]).removesuffix("-")


def kinds_of(code: str) -> list[str]:
    """Return the kinds of picture that can say this code."""
    return [kind for kind in KINDS if kind == "qr" or has_barcode(code)]


def code_of(kind: str, signed: str) -> str | None:
    """Return the code of an address that we gave out; None for any other."""
    try:
        return signing.Signer(salt=f"{SALT}.{kind}").unsign_object(signed)
    except signing.BadSignature:
        return None


def has_barcode(code: str) -> bool:
    """Tell whether the code fits a barcode that scanners read."""
    return code.isascii() and code.isprintable() and len(code) <= 80
