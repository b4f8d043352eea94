"""A figure is judged by its target, in the direction that is better for it."""

import pytest

from benchmarks.table import NONE, Result, Row, Target, as_markdown, at_least, at_most, quantile


@pytest.mark.parametrize(
    ("target", "got", "verdict"),
    [
        pytest.param(at_least(0.5, 0.75), 0.8, "stretch", id="more than excellent"),
        pytest.param(at_least(0.5, 0.75), 0.5, "reached", id="just enough"),
        pytest.param(at_least(0.5, 0.75), 0.49, "MISSED", id="too little"),
        pytest.param(at_most(2.0, 1.4), 1.4, "stretch", id="cheap"),
        pytest.param(at_most(2.0, 1.4), 2.1, "MISSED", id="too dear"),
        pytest.param(at_most(700), 10, "reached", id="without a stretch"),
        pytest.param(NONE, 3.0, "-", id="without a target"),
    ],
)
def test_a_figure_is_judged_by_its_target(target: Target, got: float, verdict: str) -> None:
    assert Row("what", got, "x", target).verdict == verdict


def test_a_benchmark_that_failed_is_a_row_that_says_so() -> None:
    assert "| ingest | TimeoutError: not done | - | - | - | FAILED |  |" in as_markdown(
        [Result("ingest", failure="TimeoutError: not done")]
    )


def test_the_quantile_is_a_value_that_was_seen() -> None:
    assert quantile([5.0, 1.0, 3.0, 2.0, 4.0], 0.99) == 5.0
