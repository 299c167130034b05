"""With and without numpy the vector functions on SQLite return the same bits."""

from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
from hypothesis import assume, given
from hypothesis.strategies import SearchStrategy, floats, integers, lists
from tests.service.exports import new_store

import indelible_sql
from indelible import captures
from indelible.captures.entities.vectors import Vector, as_float32
from indelible.captures.rules import vectors
from indelible.captures.rules.formulas import FUNCTIONS
from indelible.testing.captures.scenarios import activate_algorithm_for, space_of
from indelible_sql.captures import (
    formulas,
    numpy_vectors,
    python_vectors,
    sqlite_functions,
    sqlite_search,
)
from indelible_sql.captures.sqlite_functions import VectorFunctions
from indelible_sql.captures.vector_cache import MAX_CACHE_BYTES, VectorCache

WIDTH = 8
IN_PYTHON = VectorFunctions(python_vectors.functions(), python_vectors.nearest)
BY_NUMPY = sqlite_functions.vector_functions()

numbers = floats(width=32, allow_nan=False, allow_infinity=False)
stored: SearchStrategy[bytes] = lists(numbers, min_size=WIDTH, max_size=WIDTH).map(
    lambda values: Vector(values).packed()
)
rates = floats(0, 1)


def outcome(function: Callable[..., object], *arguments: object) -> object:
    """Return the function's result, or the type of its error."""
    try:
        return function(*arguments)
    except (ArithmeticError, ValueError) as error:
        return type(error)


@given(stored, stored, rates)
def test_numpy_and_python_compute_the_same_bits(left: bytes, right: bytes, rate: float) -> None:
    arguments = {
        "vec_dist": (left, right),
        "vec_dot": (left, right),
        "vec_lerp": (left, right, rate),
        "vec_norm": (left,),
        "vec_unit": (left,),
        "least": (rate, 0.5),
        "greatest": (rate, 0.5),
    }
    assert arguments.keys() == FUNCTIONS.keys()

    for name, values in arguments.items():
        in_python = outcome(IN_PYTHON.functions[name], *values)
        assert outcome(BY_NUMPY.functions[name], *values) == in_python, name


@given(stored, stored)
def test_a_distance_is_that_of_the_oracle(left: bytes, right: bytes) -> None:
    assume(any(Vector.unpacked(left)))
    assume(any(Vector.unpacked(right)))
    expected = outcome(vectors.vec_dist, Vector.unpacked(left), Vector.unpacked(right))

    assert outcome(python_vectors.vec_dist, left, right) == expected
    assert outcome(numpy_vectors.vec_dist, left, right) == expected


@pytest.mark.parametrize("functions", [IN_PYTHON, BY_NUMPY], ids=["python", "numpy"])
def test_vectors_without_a_result_are_errors(functions: VectorFunctions) -> None:
    zero = Vector((0.0,) * WIDTH).packed()
    huge = as_float32((3e38,) * WIDTH).packed()
    opposite = as_float32((-3e38,) * WIDTH).packed()

    assert outcome(functions.functions["vec_unit"], zero) is ZeroDivisionError
    assert outcome(functions.functions["vec_lerp"], huge, opposite, -9.0) is OverflowError
    assert outcome(functions.functions["vec_lerp"], huge, huge[4:], 0.5) is ValueError


few_numbers = integers(-2, 2).map(float)
rough_vectors = lists(few_numbers, min_size=3, max_size=3).filter(any)


@given(
    lists(rough_vectors, min_size=0, max_size=60), rough_vectors, integers(1, 12), integers(1, 9)
)
def test_a_search_ranks_by_distance_and_then_by_id(
    points: list[list[float]], question: list[float], limit: int, batch_size: int
) -> None:
    rows = [(f"{number:02}", as_float32(point).packed()) for number, point in enumerate(points)]
    batches = [rows[start : start + batch_size] for start in range(0, len(rows), batch_size)]
    query = as_float32(question)
    ranked = [
        (vectors.vec_dist(Vector.unpacked(data), query), artifact_id) for artifact_id, data in rows
    ]
    expected = sorted(ranked)[:limit]

    assert IN_PYTHON.nearest(query.packed(), batches, limit) == expected
    assert BY_NUMPY.nearest(query.packed(), batches, limit) == expected


def test_a_search_among_equal_vectors_keeps_few_candidates(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(numpy_vectors, "MAX_CANDIDATES", 20)
    data = Vector((1.0, 2.0)).packed()
    rows = [(f"{number:04}", data) for number in reversed(range(500))]

    nearest = numpy_vectors.nearest(data, [rows[:250], rows[250:]], 10)

    assert [artifact_id for _, artifact_id in nearest] == [f"{number:04}" for number in range(10)]


@pytest.mark.parametrize("functions", [IN_PYTHON, BY_NUMPY], ids=["python", "numpy"])
def test_a_damaged_vector_is_near_nothing(functions: VectorFunctions) -> None:
    query = Vector((1.0, 2.0)).packed()
    damaged = [("a", Vector((-0.0, 0.0)).packed()), ("b", query[:4]), ("c", query * 2)]

    assert functions.nearest(query, [damaged], 3) == []
    (match,) = functions.nearest(query, [[*damaged, ("d", query)]], 3)
    assert match[1] == "d"


def test_the_cache_of_vectors_is_bounded() -> None:
    cache = VectorCache[int](len, value_bytes=8)
    data_bytes = 16_384
    entries = MAX_CACHE_BYTES // (9 * data_bytes)
    largest = 0

    for number in range(3 * entries):
        data = number.to_bytes(data_bytes, "little")
        assert cache.get(data) == cache.get(data) == data_bytes
        largest = max(largest, len(cache))

    assert largest <= entries


Captured = tuple[list[tuple[str, float | None]], list[Vector], list[tuple[str, float]]]


def captured_with(
    functions: VectorFunctions, template: Path, monkeypatch: pytest.MonkeyPatch
) -> Captured:
    """Return the decisions and the centroids of many captures, and the answer to a search."""
    for module in (sqlite_functions, sqlite_search, formulas):
        monkeypatch.setattr(module, "vector_functions", lambda: functions)

    random = Random(7)  # noqa: S311 - points and no secrets
    points = [[random.gauss(0, 1) for _ in range(WIDTH)] for _ in range(66)]
    decisions: list[tuple[str, float | None]] = []
    with new_store(template) as store:
        activate_algorithm_for(store)
        scenario = space_of(store, dimension=WIDTH)
        for seed in points[:6]:
            scenario.subspace(seed, f"part {len(decisions)}")
        for number, point in enumerate(points[6:]):
            result = scenario.capture(point, url=f"https://example.org/{number}")
            decisions.append((result.decision, result.margin))

        centroids = scenario.read(captures.list_centroids, scenario.space_id)
        found = scenario.read(captures.search_artifacts, scenario.space_id, points[0], limit=7)
        assert not indelible_sql.verify(store)

    answer = [(match.artifact.id, match.distance) for match in found]
    return decisions, [centroid.vector for centroid in centroids], answer


@pytest.mark.slow
def test_captures_are_decided_alike_with_and_without_numpy(
    template_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from_python = captured_with(IN_PYTHON, template_file, monkeypatch)
    by_numpy = captured_with(BY_NUMPY, template_file, monkeypatch)

    assert by_numpy == from_python
    assert len({decision for decision, _ in from_python[0]}) > 1


@pytest.mark.slow
def test_a_search_reads_all_batches_of_a_space(
    template_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = captured_with(BY_NUMPY, template_file, monkeypatch)
    monkeypatch.setattr(sqlite_search, "BATCH_SIZE", 4)

    assert captured_with(BY_NUMPY, template_file, monkeypatch) == whole
