from datetime import timedelta

import pytest

from campaigns import durations


@pytest.mark.parametrize(
    ("text", "length", "words"),
    [
        ("P7D", timedelta(days=7), "7 days"),
        ("PT36H", timedelta(hours=36), "36 hours"),
        ("P2W", timedelta(weeks=2), "14 days"),
        ("P1DT30M", timedelta(days=1, minutes=30), "1,470 minutes"),
        ("P1Y", timedelta(days=365), "365 days"),
    ],
)
def test_a_duration_is_read_and_said(text: str, length: timedelta, words: str) -> None:
    assert durations.parse(text) == length
    assert durations.in_words(length) == words


@pytest.mark.parametrize(
    "text", ["", "P", "PT", "7 days", "P0D", "P-1D", "P1.5D", "P99999999999Y", "P1D\n", "PT" + "9" * 30 + "S"]
)
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"duration|longer"):
        durations.parse(text)
