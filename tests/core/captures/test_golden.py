"""Compare with figures that were measured once, of the reference and of the shipped text."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis.strategies import floats, integers, lists

from indelible.captures import CaptureArtifactCommand
from indelible.captures.entities import Vector, as_float32
from indelible.captures.rules import vectors
from indelible.captures.rules.evaluation import SELF_TEST_CASES
from indelible.captures.rules.formulas import ANNEALED, SPHERICAL, parse_formulas
from indelible.kernel import Actor, AuditContext, TimeOrderedIds
from indelible.testing.captures import oracle

CLOSE = 1e-6
A, B, C = (as_float32(each) for each in ((1, 0, 0), (0.6, 0.8, 0), (0, 0, 1)))
X1 = vectors.vec_unit(as_float32((0.9, 0.3, 0.3)))
X2 = vectors.vec_unit(as_float32((0.85, 0.5, 0.1)))


def about(expected: Any) -> Any:  # noqa: ANN401 - pytest's
    return pytest.approx(expected, abs=CLOSE)


def test_the_depth_of_a_read() -> None:
    assert oracle.reading_depth(1_200, 42_000, 0.8) == about(0.39)
    assert oracle.reading_depth(1_200, 600_000, 1.0) == about(1.3)
    assert oracle.reading_depth(0, 42_000, 0.8) == 0.0


def test_the_magnitude_of_an_engaged_read() -> None:
    assert oracle.magnitude(0.75, 0.39) == about(0.52125)


def test_the_first_capture_of_the_worked_example_is_clear() -> None:
    distances = [vectors.vec_dist(each, X1) for each in (A, B, C)]
    moved = oracle.spherical_ema(A, X1)

    assert tuple(X1) == about((0.904534, 0.301511, 0.301511))
    assert distances == about([0.095466, 0.216071, 0.698489])
    assert oracle.margin(*distances[:2]) == about(0.120605)
    assert tuple(moved) == about((0.999075, 0.030414, 0.030414))
    assert oracle.drift(moved, A) == about(0.000925)


def test_the_second_capture_of_the_worked_example_is_clear_at_the_lower_threshold() -> None:
    distances = [vectors.vec_dist(each, X2) for each in (B, A)]

    assert tuple(X2) == about((0.857537, 0.504433, 0.100887))
    assert distances == about([0.081931, 0.142463])
    assert oracle.margin(*distances) == about(0.060532)


def test_two_directions_of_the_plane() -> None:
    assert vectors.vec_dist(A, B) == about(0.4)


def depth(words: float, dwell: float, scroll: float) -> float:
    return oracle.reading_depth(int(words), int(dwell), scroll)


def distance(centroid: Vector, vector: Vector) -> float:
    return vectors.vec_dist(centroid, vector)


def rate(applied: float) -> float:
    return oracle.LEARNING_RATE if applied >= 0 else 0.0


REFERENCE: dict[str, Callable[..., Any]] = {
    "depth": depth,
    "magnitude": oracle.magnitude,
    "distance": distance,
    "margin": oracle.margin,
    "rate": rate,
    "centroid": oracle.spherical_ema,
    "drift": oracle.drift,
    "confidence": oracle.confidence,
}


@pytest.mark.parametrize("name", REFERENCE)
def test_the_shipped_text_says_what_the_reference_computes(name: str) -> None:
    said = parse_formulas(SPHERICAL)[name].evaluate(SELF_TEST_CASES[name])
    computed = REFERENCE[name](**SELF_TEST_CASES[name])

    assert said == about(computed)


@given(integers(0, 10**6))
def test_the_annealed_rate_falls_to_its_floor(applied: int) -> None:
    assert parse_formulas(ANNEALED)["rate"].evaluate({"applied": float(applied)}) == about(
        oracle.annealed_rate(applied)
    )


def has_length(vector: Vector) -> bool:
    return vectors.vec_norm(vector) > 1e-3


directions = (
    lists(floats(-1, 1, width=32), min_size=8, max_size=8).map(as_float32).filter(has_length)
)


@given(directions, directions, floats(0, 1))
def test_an_update_gives_a_unit_vector_no_farther_from_what_drew_it(
    centroid: Vector, vector: Vector, rate: float
) -> None:
    lerped = vectors.vec_lerp(vectors.vec_unit(centroid), vectors.vec_unit(vector), rate)
    if vectors.vec_norm(lerped) > 1e-2:
        moved = vectors.vec_unit(lerped)

        assert vectors.vec_norm(moved) == pytest.approx(1, abs=1e-5)
        assert vectors.vec_dist(moved, vector) <= vectors.vec_dist(centroid, vector) + 1e-5


def test_what_names_a_capture_that_was_kept_stays_as_it_was() -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    command = CaptureArtifactCommand(
        user_id="maya",
        space_id="s-1",
        url="https://a.example/",
        embedding=(1, 0.5),
        embedding_model="m",
        title="T",
        reading_depth=0.25,
        captured_at=at,
    )
    audit = AuditContext(actor=Actor.user("maya"), reason="a test")
    request = command.to_request(at, TimeOrderedIds(), audit)

    assert request.fingerprint == (
        "05e78be1f1bbad114ea646d52a4357a73ab6b43fbf998ed552b191856f8a6d71"
    )
    assert request.capture_key == (
        "6fad9e7520febeca90f00a93d4ea3d5bd4c57c00508a249a39b50c6b28723929"
    )
