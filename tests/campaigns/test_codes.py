import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns import codes
from campaigns.codes import CodeConfig, CodeConfigError

charsets = st.sets(st.sampled_from(string.ascii_letters + string.digits), min_size=2).map("".join)
literals = st.text(string.ascii_uppercase + "-", max_size=6)


@given(charset=charsets, prefix=literals, postfix=literals, count=st.integers(1, 200))
@settings(max_examples=60, deadline=None)
def test_codes_are_different_and_look_as_configured(charset: str, prefix: str, postfix: str, count: int) -> None:
    config = CodeConfig(length=24, charset=charset, prefix=prefix, postfix=postfix)
    made = codes.generate(config, count)
    assert len(made) == len(set(made)) == count
    for code in made:
        assert code.startswith(prefix)
        assert code.endswith(postfix)
        assert set(code[len(prefix) : len(code) - len(postfix)]) <= set(charset)


@given(
    pattern=st.lists(st.sampled_from(["#", "A", "-", "##"]), min_size=1).map("".join).filter(lambda p: p.count("#") > 5)
)
@settings(max_examples=60, deadline=None)
def test_each_hash_of_a_pattern_becomes_one_random_symbol(pattern: str) -> None:
    code = codes.generate(CodeConfig(pattern=pattern), 1)[0]
    assert len(code) == len(pattern)
    assert all(symbol == place for symbol, place in zip(code, pattern, strict=True) if place != "#")


def test_no_symbol_is_favoured_where_the_charset_is_no_power_of_two() -> None:
    drawn = "".join(codes.generate(CodeConfig(charset="ABC", length=60), 2000))
    shares = [drawn.count(symbol) / len(drawn) for symbol in "ABC"]
    assert all(0.32 < share < 0.347 for share in shares)


def test_default_codes_hold_no_symbols_that_look_alike() -> None:
    assert not set("".join(codes.generate(CodeConfig(), 1000))) & set("IO01")


@pytest.mark.parametrize(
    ("config", "count", "allowed"),
    [
        pytest.param({"pattern": "BACK-####-####"}, 100_000, True, id="roomy"),
        pytest.param({}, 1_000_000, True, id="a million of the default"),
        pytest.param({"pattern": "##", "charset": "0123456789"}, 101, False, id="more codes than fit"),
        pytest.param({"pattern": "####", "charset": "0123456789"}, 100, False, id="one guess in a hundred hits"),
    ],
)
def test_a_pattern_whose_codes_could_be_guessed_is_refused(config: dict, count: int, allowed: bool) -> None:
    assert (codes.refusal(CodeConfig.from_json(config), count) is None) is allowed


@pytest.mark.parametrize(
    "config",
    [
        pytest.param({"length": 0}, id="no length"),
        pytest.param({"length": "8"}, id="length as text"),
        pytest.param({"length": True}, id="length as truth"),
        pytest.param({"charset": "A"}, id="one symbol"),
        pytest.param({"charset": "AAB"}, id="a symbol twice"),
        pytest.param({"charset": "AÄ"}, id="not ASCII"),
        pytest.param({"pattern": "SALE"}, id="nothing random"),
        pytest.param({"prefix": "A/B"}, id="a slash"),
        pytest.param({"prefix": "#"}, id="a hash outside the pattern"),
        pytest.param({"prefix": "x" * 300}, id="too long"),
    ],
)
def test_a_configuration_that_makes_no_usable_codes_is_refused(config: dict) -> None:
    with pytest.raises(CodeConfigError):
        CodeConfig.from_json(config)


def test_a_null_in_the_configuration_means_not_given() -> None:
    assert CodeConfig.from_json({"length": None, "pattern": None, "initial_count": 9}) == CodeConfig()
