"""Codes drawn as QR codes and barcodes, by libraries that only who shows them loads."""

import struct
import zlib
from io import BytesIO

import segno
from barcode.codex import Code128

from campaigns.pictures import has_barcode

BAR_HEIGHT = 70
QUIET_ZONE = 10
BAR_WIDTH = 2
SVG_HEAD = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">'


def draw(kind: str, code: str, form: str, size: int) -> bytes:
    """Draw a code as PNG or SVG. Raise ValueError where a barcode cannot say it."""
    return _draw_qr(code, form, size) if kind == "qr" else _draw_barcode(code, form)


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
