"""Segments, as rules ask for them. The app of segments is named in settings, so that neither imports the other."""

from collections.abc import Collection
from typing import cast

from django.conf import settings
from django.utils.module_loading import import_string


def among(customer_id: int, segments: Collection[str]) -> frozenset[str]:
    """Return which of these segments a customer is in now: one query, or none where nothing is asked."""
    if not segments:
        return frozenset()
    return cast(frozenset[str], import_string(settings.SEGMENT_MEMBERSHIP)(customer_id, segments))


def names(segments: Collection[str] | None = None) -> dict[str, str]:
    """Return the names of these segments by their ids, or of all that may be chosen."""
    return cast(dict[str, str], import_string(settings.SEGMENT_NAMES)(segments))


def hold(segments: Collection[str]) -> None:
    """Raise a Problem unless all these segments exist; they stay until the transaction ends."""
    if segments:
        import_string(settings.SEGMENT_HOLD)(segments)
