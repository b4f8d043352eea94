from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from access import strict_json
from access.strict_json import NotJSON

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(-1e15, 1e15) | st.text(st.characters(codec="utf-8", exclude_characters="\0")),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(st.characters(codec="utf-8", exclude_characters="\0")), inner, max_size=4),
    max_leaves=20,
)  # fmt: skip


@given(ANYTHING)
def test_what_is_written_is_read_again(value: object) -> None:
    assert strict_json.parse(strict_json.dump(value)) == value


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(b'{"a": ":", "b": "\\":", "c" : 1}', id="colons in texts"),
        pytest.param(b'{"a": {"a": {"a": 1}}, "b": [{"a": 1}, {"a": 2}]}', id="one key in many objects"),
        pytest.param(b'{"a": "\\\\u0000"}', id="an escaped backslash before u0000"),
        pytest.param(b'{"\\"a\\":": 1}', id="quotes and a colon in a key"),
    ],
)
def test_what_only_looks_like_a_fault_is_read(raw: bytes) -> None:
    assert strict_json.parse(raw)


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(b'{"a": 1, "a": 2}', id="twice"),
        pytest.param(b'{"x": ":", "a": 1, "a": 2}', id="twice beside a colon"),
        pytest.param(b'{"a": 1, "\\u0061": 2}', id="twice, once escaped"),
        pytest.param(b'[{"a" :1,"a":\t2}]', id="twice with blanks"),
    ],
)
def test_a_key_given_twice_is_refused(raw: bytes) -> None:
    with pytest.raises(NotJSON, match="twice"):
        strict_json.parse(raw)


def test_a_moment_is_told_in_utc_to_the_millisecond() -> None:
    at = datetime(2026, 1, 2, 10, 0, 0, 123456, tzinfo=UTC)
    assert strict_json.dump({"at": at}) == b'{"at":"2026-01-02T10:00:00.123Z"}'
