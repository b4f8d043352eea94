"""Codes as pictures: QR codes and barcodes at addresses that nobody can make up."""

import struct
import zlib
from functools import cache
from io import BytesIO

import segno
from barcode.codex import Code128
from django.conf import settings
from django.core import signing
from django.urls import reverse

SALT = "campaigns.pictures"
KINDS = ("qr", "barcode")
# The page that copies a code is signed like its pictures.
COPY = "copy"
BAR_HEIGHT = 70
QUIET_ZONE = 10
BAR_WIDTH = 2
SVG_HEAD = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">'


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


def draw(kind: str, code: str, form: str, size: int) -> bytes:
    """Draw a code as PNG or SVG. Raise ValueError where a barcode cannot say it."""
    return _draw_qr(code, form, size) if kind == "qr" else _draw_barcode(code, form)


def has_barcode(code: str) -> bool:
    """Tell whether the code fits a barcode that scanners read."""
    return code.isascii() and code.isprintable() and len(code) <= 80


def _draw_qr(code: str, form: str, size: int) -> bytes:
    picture = BytesIO()
    segno.make(code, micro=False, error="m").save(picture, kind=form, scale=max(1, size), border=4)
    return picture.getvalue()


def _draw_barcode(code: str, form: str) -> bytes:
    if not has_barcode(code):
        raise ValueError("A barcode holds 80 printable ASCII characters at most.")
    modules = "0" * QUIET_ZONE + Code128(code).build()[0] + "0" * QUIET_ZONE
    return _bars_as_svg(modules) if form == "svg" else _bars_as_png(modules)


def _bars_as_svg(modules: str) -> bytes:
    bars = "".join(
        f'<rect x="{place * BAR_WIDTH}" width="{BAR_WIDTH}" height="{BAR_HEIGHT}"/>'
        for place, module in enumerate(modules)
        if module == "1"
    )
    width = len(modules) * BAR_WIDTH
    head = SVG_HEAD.format(width=width, height=BAR_HEIGHT)
    return f'{head}<rect width="{width}" height="{BAR_HEIGHT}" fill="#fff"/>{bars}</svg>'.encode()


def _bars_as_png(modules: str) -> bytes:
    """Write a grey PNG by hand: mail programs show no SVG, and this alone is no reason for an imaging library."""
    row = b"\0" + b"".join((b"\0" if module == "1" else b"\xff") * BAR_WIDTH for module in modules)
    head = struct.pack(">IIBBBBB", len(modules) * BAR_WIDTH, BAR_HEIGHT, 8, 0, 0, 0, 0)
    parts = [(b"IHDR", head), (b"IDAT", zlib.compress(row * BAR_HEIGHT, 9)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, content) for name, content in parts)


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
