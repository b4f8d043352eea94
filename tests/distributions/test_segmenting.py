"""How many text messages a text takes; the page counts as the product does."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from distributions.channels.segmenting import BASIC, EXTENDED, GSM7, ROOM, UCS2, Length, measure, needing_ucs2

SCRIPT = Path(__file__).resolve().parents[2] / "static/distributions/segments.js"
COUNT_ALL = """
import { readFileSync } from "node:fs";
const { measure, needingUcs2 } = await import(process.argv[1]);
const texts = JSON.parse(readFileSync(0, "utf8"));
console.log(JSON.stringify(texts.map((text) => [measure(text), needingUcs2(text)])));
"""

CASES = {
    "": Length(GSM7, 0, 0, 160),
    "a" * 160: Length(GSM7, 160, 1, 0),
    "a" * 161: Length(GSM7, 161, 2, 145),
    "a" * 306: Length(GSM7, 306, 2, 0),
    "a" * 307: Length(GSM7, 307, 3, 152),
    "€" * 80: Length(GSM7, 160, 1, 0),
    "€" * 81: Length(GSM7, 162, 2, 143),
    # The escape and its sign stay together: the 153rd place of the first part stays empty.
    "a" * 152 + "€" + "a" * 10: Length(GSM7, 164, 2, 141),
    "é" * 160: Length(GSM7, 160, 1, 0),
    "ê" * 70: Length(UCS2, 70, 1, 0),
    "ê" * 71: Length(UCS2, 71, 2, 63),
    "ê" * 134: Length(UCS2, 134, 2, 0),
    "👍" * 35: Length(UCS2, 70, 1, 0),
    # Half an emoji is none: 66 units in the first part.
    "👍" * 36: Length(UCS2, 72, 2, 61),
    "a" * 69 + "’": Length(UCS2, 70, 1, 0),
    "{}[]~\\|^€\f": Length(GSM7, 20, 1, 140),
    "line\nline\r\n": Length(GSM7, 11, 1, 149),
    "tab\t": Length(UCS2, 4, 1, 66),
}


@pytest.mark.parametrize(("text", "length"), CASES.items())
def test_a_text_takes_as_many_messages_as_the_standard_says(text: str, length: Length) -> None:
    assert measure(text) == length


def test_the_alphabet_has_its_signs() -> None:
    # 128 places: one is the escape.
    assert len(BASIC) == 127
    assert len(EXTENDED) == 10
    assert not BASIC & EXTENDED


def test_the_signs_that_cost_the_longer_alphabet_are_named() -> None:
    assert needing_ucs2("It’s 5 € for you, it’s 👍") == ["’", "👍"]


@given(st.text(alphabet=st.one_of(st.sampled_from(sorted(BASIC | EXTENDED)), st.characters(codec="utf-8"))))
def test_no_part_is_overfull_and_nothing_is_lost(text: str) -> None:
    length = measure(text)
    alone, part = ROOM[length.alphabet]
    assert 0 <= length.left <= alone
    if length.segments > 1:
        assert length.units > alone
        assert length.units <= length.segments * part - length.left
        # At most one place of each part but the last is left empty.
        assert length.units >= (length.segments - 1) * (part - 1)


def test_the_page_counts_the_same(tmp_path: Path) -> None:
    node = shutil.which("node")
    if not node:
        pytest.skip("No Node was found on the PATH.")
    module = tmp_path / "segments.mjs"
    module.write_text(SCRIPT.read_text())
    texts = [*CASES, *("a" * n + tail for n in (151, 152, 153, 305, 306) for tail in ("", "€", "👍", "ê€👍"))]
    run = [node, "--input-type=module", "-e", COUNT_ALL, module.as_uri()]
    said = subprocess.run(run, input=json.dumps(texts), capture_output=True, text=True, check=True).stdout
    assert json.loads(said) == [[vars(measure(text)), needing_ucs2(text)] for text in texts]
