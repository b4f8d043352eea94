"""The logic of a rule means what Python means by it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.rules import RuleError, logic

KEYS = ("1", "2", "3", "12")
spaces = st.sampled_from([" ", "  ", "\n"])
junctions = st.sampled_from(["and", "or", "AND", "Or"])
expressions = st.recursive(
    st.sampled_from(KEYS),
    lambda inner: st.one_of(
        st.builds("{0}{3}{1} {2}".format, inner, junctions, inner, spaces),
        st.builds("({0})".format, inner),
    ),
    max_leaves=12,
)
values = st.fixed_dictionaries({key: st.booleans() for key in KEYS})


def as_python(text: str, held: dict[str, bool]) -> bool:
    words = text.lower().replace("(", " ( ").replace(")", " ) ").split()
    return bool(eval(" ".join(str(held[word]) if word in held else word for word in words)))


@given(expressions, values)
def test_an_expression_is_what_python_makes_of_it(text: str, held: dict[str, bool]) -> None:
    expression = logic.parse("logic", text, KEYS)
    assert expression is not None
    assert logic.holds(expression, held.__getitem__) == as_python(text, held)


@given(expressions, expressions, values)
def test_the_order_of_what_is_joined_does_not_matter(one: str, other: str, held: dict[str, bool]) -> None:
    for junction in ("and", "or"):
        told = [
            logic.holds(logic.parse("logic", f"({a}) {junction} ({b})", KEYS), held.__getitem__)  # type: ignore[arg-type]
            for a, b in ((one, other), (other, one))
        ]
        assert told[0] == told[1]


@pytest.mark.parametrize("text", ["", "  ", "\n"], ids=repr)
def test_nothing_said_demands_nothing(text: str) -> None:
    assert logic.parse("logic", text, KEYS) is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("1 and", "but it ends"),
        ("and 1", "not 'and'"),
        ("1 2", "not understood at '2'"),
        ("(1", "not closed"),
        ("1)", "not understood at ')'"),
        ("()", "not ')'"),
        ("1 xor 2", "not 'xor'"),
        ("not 1", "not 'not'"),
        ("1 and 7", "names the rule 7"),
        ("1; 2", "not '; '"[:5]),
        ("12345", "12345"),
        ("(" * 30 + "1" + ")" * 30, "at most 20 deep"),
        ("1 and " * 1000 + "1", "at most 2000 characters"),
    ],
    ids=lambda text: text[:20],
)
def test_what_is_no_logic_is_refused_in_a_sentence(text: str, said: str) -> None:
    with pytest.raises(RuleError) as refused:
        logic.parse("rules.logic", text, KEYS)
    assert said in refused.value.message
    assert refused.value.path == "rules.logic"
