"""Inputs and results of an algorithm version's formulas, and their evaluation in Python.

A store evaluates the formulas in its own way: PostgreSQL within a function of its own, SQLite
within its SELECT statements, the memory store by `MemoryFormulaEngine`. All must agree within
`TOLERANCE`.
"""

from collections.abc import Mapping, Sequence
from math import isfinite
from typing import Any, Final, NamedTuple, Protocol

from attrs import asdict, evolve, frozen

from indelible.captures.entities.aggregates import AlgorithmVersion
from indelible.captures.entities.vectors import Vector, as_float32
from indelible.captures.errors import AlgorithmFailed, SelfTestFailed
from indelible.captures.rules.formulas import VECTOR_FORMULA, Value, parse_formulas

TOLERANCE: Final = 1e-6
# Cosine distances of 32-bit floats are inexact, so that some lie slightly beyond 0 and 2.
MIN_DISTANCE: Final = -0.001
MAX_DISTANCE: Final = 2.001

_A: Final = as_float32((1.0, 0.0, 0.0))
_X: Final = as_float32((0.904534, 0.301511, 0.301511))
_MOVED: Final = as_float32((0.999075, 0.030414, 0.030414))
# Arguments with which a store shows, before an activation, that it computes what the text says.
SELF_TEST_CASES: Final[Mapping[str, Mapping[str, Any]]] = {
    "depth": {"words": 1200.0, "dwell": 42_000.0, "scroll": 0.8},
    "magnitude": {"weight": 0.75, "depth": 0.39},
    "distance": {"centroid": _A, "vector": _X},
    "margin": {"nearest": 0.095466, "second": 0.216071},
    "rate": {"applied": 3.0},
    "centroid": {"centroid": _A, "vector": _X, "rate": 0.1},
    "drift": {"moved": _MOVED, "centroid": _A},
    "confidence": {"applied": 5.0},
}


class Candidate(NamedTuple):
    """A subspace and the distance of its centroid from a vector."""

    subspace_id: str
    distance: float


@frozen(kw_only=True)
class NearestCentroid:
    """The centroid nearest to a vector, and its margin over the second nearest, if any."""

    subspace_id: str
    distance: float
    second_distance: float | None
    margin: float | None


@frozen(kw_only=True)
class ScoreInputs:
    """The measures of one capture that its score is computed from."""

    words: float
    dwell: float
    scroll: float
    depth: float
    weight: float


@frozen(kw_only=True)
class Score:
    """The weight of a capture, and the reading depth that its other measures lead to expect."""

    magnitude: float
    expected_depth: float | None  # None where the text has no words.


@frozen(kw_only=True)
class UpdateInputs:
    """A centroid, the vector that moves it, and the number of updates before this one."""

    centroid: Vector
    logged_centroid: Vector
    vector: Vector
    applied: int


@frozen(kw_only=True)
class CentroidUpdate:
    """A centroid after an update, its distance from two earlier positions, its confidence."""

    vector: Vector
    drift: float
    logged_drift: float
    confidence: float


class FormulaEngine(Protocol):
    """Evaluates the formulas of an algorithm version in the store's own way.

    Every method may raise AlgorithmFailed.
    """

    def evaluate(
        self, algorithm: AlgorithmVersion, formula: str, arguments: Mapping[str, Any]
    ) -> object:
        """Return the value of one formula: a number, a vector, or None where it has no value."""
        ...

    def compute_score(self, algorithm: AlgorithmVersion, inputs: ScoreInputs) -> Score:
        """Evaluate the formulas `depth` and `magnitude`."""
        ...

    def compute_update(self, algorithm: AlgorithmVersion, inputs: UpdateInputs) -> CentroidUpdate:
        """Evaluate the formulas `rate`, `centroid`, `drift` (twice) and `confidence`."""
        ...

    def find_nearest(
        self,
        algorithm: AlgorithmVersion,
        space_id: str,
        vector: Vector,
        named_subspace_id: str | None,
    ) -> NearestCentroid | None:
        """Return the nearest centroid of the space's active subspaces; the lower id wins a tie.

        A named subspace counts as the nearest. None where no subspace, or not the named one, has a
        centroid.
        """
        ...

    def run_self_test(
        self, algorithm: AlgorithmVersion, cases: Mapping[str, Mapping[str, Any]]
    ) -> Mapping[str, Any]:
        """Return the value of each formula for its case; AlgorithmNotInstalled."""
        ...


def evaluate_formula(
    algorithm: AlgorithmVersion, formula: str, arguments: Mapping[str, object]
) -> Value:
    """Evaluate one formula in Python.

    Raises:
        AlgorithmFailed: The formula divides by zero, or leaves the range of its numbers.

    """
    try:
        return parse_formulas(algorithm.formulas)[formula].evaluate(arguments)
    except (ArithmeticError, ValueError) as error:
        raise AlgorithmFailed(algorithm.id) from error


def compute_score(algorithm: AlgorithmVersion, inputs: ScoreInputs) -> Score:
    """Evaluate `depth` and `magnitude` in Python."""
    measures = asdict(inputs)
    expected_depth = None
    if inputs.words:
        expected_depth = evaluate_formula(algorithm, "depth", measures)
    magnitude = evaluate_formula(algorithm, "magnitude", measures)
    return Score(magnitude=magnitude, expected_depth=expected_depth)


def compute_update(algorithm: AlgorithmVersion, inputs: UpdateInputs) -> CentroidUpdate:
    """Evaluate the formulas of a centroid's update in Python."""
    applied = float(inputs.applied)
    rate = evaluate_formula(algorithm, "rate", {"applied": applied})
    vector = evaluate_formula(
        algorithm,
        "centroid",
        {"centroid": inputs.centroid, "vector": inputs.vector, "rate": rate},
    )

    def drift_from(centroid: Vector) -> float:
        drift: float = evaluate_formula(algorithm, "drift", {"moved": vector, "centroid": centroid})
        return drift

    return CentroidUpdate(
        vector=vector,
        drift=drift_from(inputs.centroid),
        logged_drift=drift_from(inputs.logged_centroid),
        confidence=evaluate_formula(algorithm, "confidence", {"applied": applied + 1.0}),
    )


def rank_candidates(
    algorithm: AlgorithmVersion, candidates: Sequence[Candidate], named_subspace_id: str | None
) -> NearestCentroid | None:
    """Evaluate `margin` in Python for the nearest two; a named subspace counts as the nearest."""
    ranked = sorted(
        candidates,
        key=lambda candidate: (
            candidate.subspace_id != named_subspace_id,
            candidate.distance,
            candidate.subspace_id,
        ),
    )
    if not ranked:
        return None
    first = ranked[0]
    if named_subspace_id is not None and first.subspace_id != named_subspace_id:
        return None

    nearest = NearestCentroid(
        subspace_id=first.subspace_id, distance=first.distance, second_distance=None, margin=None
    )
    if len(ranked) == 1:
        return nearest
    second_distance = ranked[1].distance
    distances = {"nearest": first.distance, "second": second_distance}
    margin = evaluate_formula(algorithm, "margin", distances)
    return evolve(nearest, second_distance=second_distance, margin=margin)


def check_score(algorithm: AlgorithmVersion, score: Score) -> Score:
    """Return the score, or raise AlgorithmFailed where it is no score."""
    _check_number(algorithm, score.magnitude)
    if score.expected_depth is not None:
        _check_number(algorithm, score.expected_depth)
    return score


def check_update(
    algorithm: AlgorithmVersion, inputs: UpdateInputs, update: CentroidUpdate
) -> CentroidUpdate:
    """Return the update, or raise AlgorithmFailed where it is no centroid of the same dimension."""
    _check_vector(algorithm, update.vector, len(inputs.centroid))
    _check_distance(algorithm, update.drift)
    _check_distance(algorithm, update.logged_drift)
    _check_number(algorithm, update.confidence, minimum=0.0, maximum=1.0)
    return update


def check_nearest(
    algorithm: AlgorithmVersion, nearest: NearestCentroid | None
) -> NearestCentroid | None:
    """Return the nearest centroid, or raise AlgorithmFailed where its distances are none."""
    if nearest is None:
        return None
    _check_distance(algorithm, nearest.distance)
    if nearest.second_distance is not None:
        _check_distance(algorithm, nearest.second_distance)
        _check_number(algorithm, nearest.margin)
    return nearest


def check_value(algorithm: AlgorithmVersion, formula: str, value: object) -> Value:
    """Return the value of a formula, or raise AlgorithmFailed where it is not usable."""
    if formula == VECTOR_FORMULA:
        _check_vector(algorithm, value)
    else:
        _check_number(algorithm, value)
    return value


def verify_self_test(algorithm: AlgorithmVersion, results: Mapping[str, Any]) -> None:
    """Compare what a store computed for the self-test cases with the reference in Python.

    Raises:
        SelfTestFailed: A result differs by more than the tolerance.
        AlgorithmFailed: A result is no number.

    """
    for formula, arguments in SELF_TEST_CASES.items():
        expected = evaluate_formula(algorithm, formula, arguments)
        result = check_value(algorithm, formula, results[formula])
        if formula != VECTOR_FORMULA:
            expected, result = (expected,), (result,)
        for expected_number, number in zip(expected, result, strict=True):
            if abs(expected_number - number) > TOLERANCE:
                raise SelfTestFailed(algorithm.id, formula)


def _check_distance(algorithm: AlgorithmVersion, value: object) -> None:
    _check_number(algorithm, value, minimum=MIN_DISTANCE, maximum=MAX_DISTANCE)


def _check_number(
    algorithm: AlgorithmVersion,
    value: object,
    *,
    minimum: float = float("-inf"),
    maximum: float = float("inf"),
) -> None:
    if not isinstance(value, float) or not isfinite(value):
        raise AlgorithmFailed(algorithm.id)
    if not minimum <= value <= maximum:
        raise AlgorithmFailed(algorithm.id)


def _check_vector(algorithm: AlgorithmVersion, value: object, dimension: int | None = None) -> None:
    if not isinstance(value, Vector) or dimension not in (None, len(value)):
        raise AlgorithmFailed(algorithm.id)
    if not any(value) or not all(isfinite(number) for number in value):
        raise AlgorithmFailed(algorithm.id)
