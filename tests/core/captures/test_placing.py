"""A capture moves the nearest centroid by a clear margin, and remarks never block it."""

import pytest
from attrs import evolve
from tests.core.captures.builders import ALGORITHM, SETTINGS, make_request

from indelible.captures.entities.values import Decision
from indelible.captures.rules.evaluation import (
    NearestCentroid,
    Score,
    check_nearest,
)
from indelible.captures.rules.placing import choose_subspace, find_warnings
from indelible.testing.captures.scenarios import code

THRESHOLD = SETTINGS.threshold


def nearest_with(margin: float | None, *, distance: float = 0.2) -> NearestCentroid:
    """Return the subspace `near` as the nearest one with this margin."""
    nearest = NearestCentroid(
        subspace_id="near", distance=distance, second_distance=None, margin=None
    )
    if margin is None:
        return nearest

    return evolve(nearest, second_distance=distance + margin, margin=margin)


@pytest.mark.parametrize(
    ("margin", "decision", "updates_centroid"),
    [
        (THRESHOLD + 0.01, Decision.UPDATED, True),
        (THRESHOLD, Decision.UPDATED, True),
        (THRESHOLD - 0.01, Decision.AMBIGUOUS, False),
        (0.0, Decision.AMBIGUOUS, False),
        (-0.01, Decision.OVERRIDDEN, False),
    ],
)
def test_the_margin_decides_whether_the_nearest_centroid_moves(
    margin: float, decision: Decision, *, updates_centroid: bool
) -> None:
    result = choose_subspace(nearest_with(margin), None, SETTINGS)

    assert result.decision is decision
    assert result.nearest_subspace_id == "near"
    assert result.margin == margin
    assert result.updates_centroid is updates_centroid
    assert result.is_ambiguous is not updates_centroid


@pytest.mark.parametrize(("distance", "updates_centroid"), [(0.5, True), (0.51, False)])
def test_a_single_centroid_moves_within_the_maximal_distance(
    distance: float, *, updates_centroid: bool
) -> None:
    settings = evolve(SETTINGS, max_assign_distance=0.5)
    result = choose_subspace(nearest_with(None, distance=distance), None, settings)

    assert result.decision is Decision.SINGLE
    assert result.nearest_subspace_id == "near"
    assert result.margin is None
    assert result.updates_centroid is updates_centroid


@pytest.mark.parametrize("distance", [-0.1, 2.1, float("nan"), float("inf")])
def test_a_distance_that_is_none_fails_the_algorithm(distance: float) -> None:
    nearest = nearest_with(None, distance=distance)

    assert code(lambda: check_nearest(ALGORITHM, nearest)) == "ALGORITHM_FAILED"


@pytest.mark.parametrize("distance", [0.0, -0.0005, 2.0005])
def test_a_distance_may_exceed_its_range_by_a_rounding_error(distance: float) -> None:
    nearest = nearest_with(None, distance=distance)

    assert check_nearest(ALGORITHM, nearest) == nearest


@pytest.mark.parametrize(
    ("expected_depth", "warnings"),
    [(0.7, ()), (0.71, ("DEPTH_MISMATCH",)), (0.29, ("DEPTH_MISMATCH",)), (None, ())],
)
def test_a_depth_far_from_the_expected_one_is_remarked(
    expected_depth: float | None, warnings: tuple[str, ...]
) -> None:
    capture = make_request(reading_depth=0.5)
    score = Score(magnitude=0.5, expected_depth=expected_depth)
    settings = evolve(SETTINGS, depth_tolerance=0.2)

    assert find_warnings(capture, score, settings, is_named_gone=False) == warnings
