"""The vector functions over the bytes that SQLite stores, by numpy.

Each function returns the same bits as its form in pure Python: numpy multiplies, and Python's own
`sum` adds the products in the same order. A search selects candidates by faster sums, whose error
is far below SLACK, and ranks them by the same distance as everywhere.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from math import sqrt
from typing import Any, Final

import numpy as np
from attrs import define, field
from numpy.typing import NDArray

from indelible.captures.rules.formulas import FUNCTIONS
from indelible_sql.captures.python_vectors import Batch
from indelible_sql.captures.vector_cache import VectorCache

Reals = NDArray[np.float64]
Measured = tuple[Reals, float]  # a vector and the square of its length

STORED: Final = np.dtype("<f4")
VALUE_BYTES: Final = 2
SLACK: Final = 1e-9  # above any error of a sum of 64-bit floats, for 4,096 numbers
MAX_CANDIDATES: Final = 5_000  # more than a batch; equal vectors are ranked early


def _dot(left: Reals, right: Reals) -> float:
    length = min(len(left), len(right))
    products = left[:length] * right[:length]
    return float(sum(products.tolist()))


def _measure(data: bytes) -> Measured:
    vector = np.frombuffer(data, STORED).astype(np.float64)
    return vector, _dot(vector, vector)


CACHE: Final = VectorCache[Measured](_measure, VALUE_BYTES)


def vec_dot(left: bytes, right: bytes) -> float:
    """Return the dot product."""
    return _dot(CACHE.get(left)[0], CACHE.get(right)[0])


def vec_norm(vector: bytes) -> float:
    """Return the Euclidean length."""
    return sqrt(CACHE.get(vector)[1])


def vec_unit(vector: bytes) -> bytes:
    """Return the vector scaled to length 1.

    Raises:
        ZeroDivisionError: Every number is zero.
    """
    values, square = CACHE.get(vector)
    if square == 0:
        raise ZeroDivisionError("a zero vector has no direction")

    return _packed(values / sqrt(square))


def vec_lerp(start: bytes, end: bytes, rate: float) -> bytes:
    """Return the point between both vectors: the start at rate 0, the end at rate 1.

    Raises:
        ValueError: The vectors have different lengths.
    """
    if len(start) != len(end):
        raise ValueError("the vectors have different lengths")

    first, last = CACHE.get(start)[0], CACHE.get(end)[0]
    return _packed((1 - rate) * first + rate * last)


def vec_dist(left: bytes, right: bytes) -> float:
    """Return the cosine distance, from 0 to 2."""
    return _distance(CACHE.get(left), CACHE.get(right))


def _distance(left: Measured, right: Measured) -> float:
    lengths = sqrt(left[1] * right[1])
    cosine = _dot(left[0], right[0]) / lengths
    return 1 - max(-1.0, min(1.0, cosine))


def _packed(values: Reals) -> bytes:
    """Round to 32-bit floats; OverflowError where a number is too large."""
    with np.errstate(over="ignore"):
        rounded = values.astype(STORED)
    if not np.isfinite(rounded).all():
        raise OverflowError("a number is too large for a 32-bit float")

    return rounded.tobytes()


def functions() -> Mapping[str, Callable[..., Any]]:
    """Return the functions of the formula language by their names."""
    by_name: dict[str, Callable[..., Any]] = {}
    for name, function in FUNCTIONS.items():
        by_name[name] = function.python
    for vector_function in (vec_dist, vec_dot, vec_lerp, vec_norm, vec_unit):
        by_name[vector_function.__name__] = vector_function
    return by_name


def nearest(query: bytes, batches: Iterable[Batch], limit: int) -> list[tuple[float, str]]:
    """Return the smallest distances with their ids, nearest first, then by id.

    A vector of another width, or without a direction, is near nothing.
    """
    selection = _Selection(_measure(query), limit)
    for batch in batches:
        selection.add([row for row in batch if len(row[1]) == len(query)])

    return selection.ranked()


def select_candidates(query: bytes, rows: Sequence[tuple[str, bytes]], limit: int) -> list[str]:
    """Return the ids of all vectors that may be among the nearest, in no order.

    A vector whose distance is unknown may be among them too: one of another width, or without a
    direction.
    """
    candidates: list[str] = []
    comparable: list[tuple[str, bytes]] = []
    for artifact_id, data in rows:
        if len(data) == len(query):
            comparable.append((artifact_id, data))
        else:
            candidates.append(artifact_id)
    if not comparable:
        return candidates

    distances = _distances(_measure(query), [data for _, data in comparable])
    is_far = np.isfinite(distances) & (distances > _reach_of(distances, limit))
    for index in np.flatnonzero(~is_far).tolist():
        candidates.append(comparable[index][0])
    return candidates


@define
class _Selection:
    """The artifacts that may be among the nearest, each with its distance up to SLACK."""

    query: Measured
    limit: int
    rows: list[tuple[float, str, bytes]] = field(factory=list[tuple[float, str, bytes]])

    def add(self, batch: list[tuple[str, bytes]]) -> None:
        """Add the artifacts of a batch that are not farther than the nearest known ones."""
        if not batch:
            return

        distances = _distances(self.query, [data for _, data in batch])
        reach = self._reach(distances)
        for index in np.flatnonzero((distances <= reach) & (distances < np.inf)).tolist():
            artifact_id, data = batch[index]
            self.rows.append((float(distances[index]), artifact_id, data))

        self.rows = [row for row in self.rows if row[0] <= reach]
        if len(self.rows) > MAX_CANDIDATES:
            nearest_ids = {artifact_id for _, artifact_id in self.ranked()}
            self.rows = [row for row in self.rows if row[1] in nearest_ids]

    def ranked(self) -> list[tuple[float, str]]:
        """Return the nearest artifacts by their exact distances."""
        ranked: list[tuple[float, str]] = []
        for _, artifact_id, data in self.rows:
            ranked.append((_distance(_measure(data), self.query), artifact_id))

        return sorted(ranked)[: self.limit]

    def _reach(self, distances: Reals) -> float:
        """Return the distance beyond which nothing can be among the nearest."""
        known = np.array([row[0] for row in self.rows])
        return _reach_of(np.concatenate([known, distances]), self.limit)


def _distances(query: Measured, vectors: list[bytes]) -> Reals:
    """Return the distance of each vector, with an error far below SLACK.

    It is infinite for a vector without a direction.
    """
    width = len(query[0])
    matrix = np.frombuffer(b"".join(vectors), STORED).reshape(-1, width).astype(np.float64)
    squares = np.einsum("ij,ij->i", matrix, matrix)
    with np.errstate(invalid="ignore"):
        cosines = (matrix @ query[0]) / np.sqrt(squares * query[1])
    distances: Reals = 1 - np.clip(cosines, -1.0, 1.0)
    distances[squares == 0] = np.inf
    return distances


def _reach_of(distances: Reals, limit: int) -> float:
    """Return the distance beyond which nothing can be among the nearest."""
    if len(distances) <= limit:
        return float("inf")

    return float(np.partition(distances, limit - 1)[limit - 1]) + SLACK
