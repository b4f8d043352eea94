"""A CSV file of codes: what its columns mean, and each of its rows as a voucher's body says it."""

import csv
from collections.abc import Iterator, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from access.problems import Problem, invalid_payload
from campaigns.discounts import WITHOUT_CENTS
from campaigns.incentives import DISCOUNT, GIFT, LOYALTY

MOST_BYTES = 10 * 1024 * 1024
CODE = {"code", "codes", "coupon", "coupon code", "voucher", "voucher code"}
PLAIN = {
    "category": "category",
    "start date": "start_date",
    "expiration date": "expiration_date",
    "additional info": "additional_info",
}
READ = {"voucher type", "value", "discount type", "redemption limit", "active", "redeemed quantity", "redeemed amount"}
FLAGS = {"true": True, "false": False, "yes": True, "no": False, "1": True, "0": False}
VALUES = {"AMOUNT": "amount_off", "PERCENT": "percent_off", "FIXED": "fixed_amount", "UNIT": "unit_off"}


def read(content: bytes, currency: str = "USD") -> list[tuple[int, object]]:
    """Return the codes of a CSV file with their lines: each a text, or a voucher where the file says more of it.

    Its codes stand in the column ``code``, or in the first one where no header names one.
    """
    if len(content) > MOST_BYTES:
        raise Problem(413, "payload_too_large", f"The file is larger than {MOST_BYTES // 1024**2} MB")
    if content[:2] == b"PK" or b"\0" in content:
        raise invalid_payload("The file is not a CSV file. Export the sheet as CSV (UTF-8) first")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise invalid_payload("The file is not written in UTF-8. Export it as CSV (UTF-8)") from error
    try:
        return list(_rows(text, currency))
    except csv.Error as error:
        raise invalid_payload(f"The file is not a CSV file: {error}") from error


def _rows(text: str, currency: str) -> Iterator[tuple[int, object]]:
    first = text.split("\n", 1)[0]
    reader = csv.reader(text.splitlines(), delimiter=max(",;\t", key=first.count))
    headers: Sequence[str] = ()
    for row in reader:
        if reader.line_num == 1 and _code_column(row) is not None:
            headers = [name.strip() for name in row]
        elif any(cell.strip() for cell in row):
            yield reader.line_num, _voucher(headers, row, currency) if headers else row[0]


def _code_column(header: Sequence[str]) -> int | None:
    names = [name.strip().lower() for name in header]
    return next((place for place, name in enumerate(names) if name in CODE), None)


def _voucher(headers: Sequence[str], row: Sequence[str], currency: str) -> object:
    """Return a row as a voucher; what cannot be read stays a text, which is refused when the row is taken in."""
    place = _code_column(headers)
    code = row[place] if place is not None and place < len(row) else ""
    cells = {
        header: cell.strip()
        for number, (header, cell) in enumerate(zip(headers, row, strict=False))
        if number != place and header and cell.strip()
    }
    return {"code": code, **_said(cells, currency)} if cells else code


def _said(cells: dict[str, str], currency: str) -> dict[str, Any]:
    named = {header.lower().replace("_", " "): cell for header, cell in cells.items()}
    said: dict[str, Any] = {name: named[header] for header, name in PLAIN.items() if header in named}
    metadata = {
        header: cell
        for header, cell in cells.items()
        if header.lower().replace("_", " ") not in READ and header.lower().replace("_", " ") not in PLAIN
    }
    if metadata:
        said["metadata"] = metadata
    if "active" in named:
        said["active"] = FLAGS.get(named["active"].lower(), named["active"])
    if "redemption limit" in named:
        limit = named["redemption limit"]
        said["redemption"] = {"quantity": None if limit.lower() in ("null", "unlimited") else _whole(limit)}
    return {**said, **_promise(named, currency)}


def _promise(named: dict[str, str], currency: str) -> dict[str, Any]:
    """Read what a row gives; money is written in whole units, as people do: 10.50."""
    if any(named.get(name, "0").strip("0.") for name in ("redeemed quantity", "redeemed amount")):
        # Its redemptions stay where they were: taken in, it could be used again.
        return {"redemption": {"quantity": "redeemed elsewhere"}}
    kind = named.get("voucher type", "").upper()
    value = named.get("value", "")
    said: dict[str, Any] = {"type": kind} if kind else {}
    if not value:
        return said
    if kind == GIFT:
        return {**said, "gift": {"amount": _cents(value, currency)}}
    if kind == LOYALTY:
        return {**said, "loyalty_card": {"points": _whole(value)}}
    sort = named.get("discount type", "").upper()
    number = _cents(value, currency) if sort in ("AMOUNT", "FIXED") else _number(value)
    return {**said, "type": DISCOUNT, "discount": {"type": sort, VALUES.get(sort, "value"): number}}


def _whole(cell: str) -> Any:
    return int(cell) if cell.isascii() and cell.isdigit() else cell


def _number(cell: str) -> Any:
    try:
        number = Decimal(cell)
    except InvalidOperation:
        return cell
    if not number.is_finite():
        return cell
    return int(number) if number == number.to_integral_value() else float(number)


def _cents(cell: str, currency: str) -> Any:
    number = _number(cell)
    if isinstance(number, str):
        return cell
    cents = Decimal(str(number)) * (1 if currency in WITHOUT_CENTS else 100)
    return int(cents) if cents == cents.to_integral_value() else cell
