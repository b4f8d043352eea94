"""Amounts of money: kept in the currency's smallest unit, written and read as people do."""

from decimal import Decimal

SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "INR": "₹"}
WITHOUT_CENTS = {"JPY", "KRW", "CLP", "VND", "ISK"}


def in_words(amount: int, currency: str) -> str:
    """Return an amount, given in the currency's smallest unit, as people write it."""
    sign, size = "−" if amount < 0 else "", abs(amount)
    number = f"{size:,}" if currency in WITHOUT_CENTS else f"{Decimal(size) / 100:,.2f}"
    symbol = SYMBOLS.get(currency)
    return f"{sign}{symbol}{number}" if symbol else f"{sign}{number} {currency}"


def smallest(amount: Decimal, currency: str) -> Decimal:
    """Return an amount that a person wrote in the currency's smallest unit; what is no whole number of it shows."""
    return amount if currency in WITHOUT_CENTS else amount * 100


def written(amount: int | None, currency: str) -> Decimal | None:
    """Return a stored amount as a person writes it into a field."""
    if amount is None or currency in WITHOUT_CENTS:
        return amount if amount is None else Decimal(amount)
    return Decimal(amount) / 100
