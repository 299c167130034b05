"""The shipped formulas compute the figures of the hand-off, and what the oracle computes."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis.strategies import floats, integers, lists

from indelible.captures.entities.vectors import Vector, as_float32
from indelible.captures.rules.evaluation import SELF_TEST_CASES
from indelible.captures.rules.formulas import ANNEALED, SPHERICAL, parse_formulas
from indelible.captures.rules.vectors import vec_dist, vec_lerp, vec_norm, vec_unit
from indelible.testing.captures import oracle

TOLERANCE = 1e-6
# The worked example: the seeds of three subspaces, and two captures.
A = as_float32((1, 0, 0))
B = as_float32((0.6, 0.8, 0))
C = as_float32((0, 0, 1))
X1 = vec_unit(as_float32((0.9, 0.3, 0.3)))
X2 = vec_unit(as_float32((0.85, 0.5, 0.1)))


def close_to(expected: Any) -> Any:  # noqa: ANN401 - numbers or sequences, and pytest's own type
    """Compare numbers within the tolerance."""
    return pytest.approx(expected, abs=TOLERANCE)


def test_the_depth_of_a_reading() -> None:
    assert oracle.reading_depth(1_200, 42_000, 0.8) == close_to(0.39)


def test_the_depth_of_a_reading_counts_no_more_than_one_and_a_half_times_its_words() -> None:
    assert oracle.reading_depth(1_200, 600_000, 1.0) == close_to(1.3)


def test_a_page_without_words_has_no_depth() -> None:
    assert oracle.reading_depth(0, 42_000, 0.8) == 0.0


def test_the_magnitude_of_an_engaged_reading() -> None:
    assert oracle.magnitude(0.75, 0.39) == close_to(0.52125)


def test_the_first_capture_of_the_worked_example_moves_its_centroid() -> None:
    distances = [vec_dist(seed, X1) for seed in (A, B, C)]
    moved = oracle.spherical_ema(A, X1)

    assert tuple(X1) == close_to((0.904534, 0.301511, 0.301511))
    assert distances == close_to([0.095466, 0.216071, 0.698489])
    assert oracle.margin(distances[0], distances[1]) == close_to(0.120605)
    assert tuple(moved) == close_to((0.999075, 0.030414, 0.030414))
    assert oracle.drift(moved, A) == close_to(0.000925)


def test_the_second_capture_of_the_worked_example_has_half_the_margin() -> None:
    nearest = vec_dist(B, X2)
    second = vec_dist(A, X2)

    assert tuple(X2) == close_to((0.857537, 0.504433, 0.100887))
    assert nearest == close_to(0.081931)
    assert second == close_to(0.142463)
    assert oracle.margin(nearest, second) == close_to(0.060532)


def test_the_distance_of_two_directions_of_a_plane() -> None:
    assert vec_dist(A, B) == close_to(0.4)


def depth(words: float, dwell: float, scroll: float) -> float:
    """Compute the depth with the names of the formula's parameters."""
    return oracle.reading_depth(int(words), int(dwell), scroll)


def distance(centroid: Vector, vector: Vector) -> float:
    """Compute the distance with the names of the formula's parameters."""
    return vec_dist(centroid, vector)


def rate(applied: float) -> float:
    """Return the rate, which is the same for every number of updates."""
    assert applied >= 0
    return oracle.LEARNING_RATE


REFERENCES: dict[str, Callable[..., Any]] = {
    "depth": depth,
    "magnitude": oracle.magnitude,
    "distance": distance,
    "margin": oracle.margin,
    "rate": rate,
    "centroid": oracle.spherical_ema,
    "drift": oracle.drift,
    "confidence": oracle.confidence,
}


@pytest.mark.parametrize("name", REFERENCES)
def test_a_shipped_formula_computes_what_the_oracle_computes(name: str) -> None:
    arguments = SELF_TEST_CASES[name]
    value = parse_formulas(SPHERICAL)[name].evaluate(arguments)
    reference = REFERENCES[name](**arguments)

    assert value == close_to(reference)


def test_every_formula_has_a_reference() -> None:
    assert REFERENCES.keys() == SELF_TEST_CASES.keys() == parse_formulas(SPHERICAL).keys()


@given(integers(0, 10**6))
def test_the_annealed_rate_falls_to_its_minimum(applied: int) -> None:
    value = parse_formulas(ANNEALED)["rate"].evaluate({"applied": float(applied)})

    assert value == close_to(oracle.annealed_rate(applied))


coordinates = lists(floats(-1, 1, width=32), min_size=8, max_size=8)
directions = coordinates.map(as_float32).filter(lambda vector: vec_norm(vector) > 1e-3)


@given(directions, directions, floats(0, 1))
def test_an_update_returns_a_unit_vector_no_farther_from_the_capture(
    centroid: Vector, vector: Vector, rate: float
) -> None:
    # Opposite vectors can meet near zero, where no direction is exact.
    between = vec_lerp(vec_unit(centroid), vec_unit(vector), rate)
    assume(vec_norm(between) > 1e-2)

    moved = oracle.spherical_ema(centroid, vector, rate)

    assert vec_norm(moved) == pytest.approx(1, abs=1e-5)
    assert vec_dist(moved, vector) <= vec_dist(centroid, vector) + 1e-5
