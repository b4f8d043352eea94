"""A campaign's codes as a CSV file that a spreadsheet opens without running anything in it."""

import csv
from collections.abc import Iterator
from typing import Any

from campaigns.models import Campaign, Voucher

CHUNK = 2_000
HEADER = ("code", "status", "customer_source_id", "customer_email", "published_at", "expires_at")
# Spreadsheets take a cell that begins so for a formula; full-width forms are folded into these by some.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


class _Line:
    """What the csv module writes to: it hands each line on instead of keeping it."""

    def write(self, line: str) -> str:
        return line


def safe_cell(value: object) -> str:
    """Return the text of a cell; one that a spreadsheet would run is made plain text by a leading apostrophe."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULA_STARTS) or text.lstrip().startswith(FORMULA_STARTS) else text


def codes_csv(campaign: Campaign) -> Iterator[str]:
    """Yield the file line by line, from the database in chunks: a million codes need no memory."""
    writer = csv.writer(_Line())
    yield writer.writerow(HEADER)
    vouchers = Voucher.objects.filter(campaign=campaign).select_related("holder").order_by("id")
    for voucher in vouchers.iterator(chunk_size=CHUNK):
        yield writer.writerow([safe_cell(cell) for cell in _cells(voucher)])


def _cells(voucher: Voucher) -> tuple[Any, ...]:
    holder = voucher.holder
    status = "published" if holder else "free" if voucher.active else "disabled"
    whom = (holder.source_id, holder.email) if holder else ("", "")
    moments = [moment.isoformat() if moment else "" for moment in (voucher.published_at, voucher.expires_at)]
    return (voucher.code, status, *whom, *moments)
