"""The vector functions over the bytes that SQLite stores, in pure Python."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from heapq import nsmallest
from math import sqrt
from typing import Any, Final

from indelible.captures.entities.vectors import Vector
from indelible.captures.rules import vectors
from indelible.captures.rules.formulas import FUNCTIONS
from indelible_sql.captures.vector_cache import VectorCache

Batch = Iterable[tuple[str, bytes]]  # the ids of artifacts, and their vectors
Measured = tuple[Vector, float]  # a vector and the square of its length

VALUE_BYTES: Final = 8  # a float takes 24 bytes and its reference 8, a stored number 4


def _measure(data: bytes) -> Measured:
    vector = Vector.unpacked(data)
    return vector, vectors.vec_dot(vector, vector)


CACHE: Final = VectorCache[Measured](_measure, VALUE_BYTES)


def _distance(left: Measured, right: Measured) -> float:
    """Return what `vec_dist` returns, without the lengths that are known already."""
    lengths = sqrt(left[1] * right[1])
    cosine = vectors.vec_dot(left[0], right[0]) / lengths
    return 1 - max(-1.0, min(1.0, cosine))


def vec_dist(left: bytes, right: bytes) -> float:
    """Return the cosine distance, from 0 to 2."""
    return _distance(CACHE.get(left), CACHE.get(right))


def _on_bytes(function: Callable[..., Any], *arguments: object) -> object:
    """Call a function of vectors with stored bytes, and return such bytes."""
    values: list[object] = []
    for argument in arguments:
        values.append(CACHE.get(argument)[0] if isinstance(argument, bytes) else argument)

    result = function(*values)
    return result.packed() if isinstance(result, Vector) else result


def functions() -> Mapping[str, Callable[..., Any]]:
    """Return the functions of the formula language by their names."""
    by_name: dict[str, Callable[..., Any]] = {}
    for name, function in FUNCTIONS.items():
        by_name[name] = partial(_on_bytes, function.python)
    by_name["vec_dist"] = vec_dist
    return by_name


def nearest(query: bytes, batches: Iterable[Batch], limit: int) -> list[tuple[float, str]]:
    """Return the smallest distances with their ids, nearest first, then by id.

    A vector of another width, or without a direction, is near nothing.
    """
    measured_query = _measure(query)
    best: list[tuple[float, str]] = []
    for batch in batches:
        candidates = list(best)
        for artifact_id, data in batch:
            measured = _measure(data)
            if len(data) == len(query) and measured[1] > 0:
                candidates.append((_distance(measured, measured_query), artifact_id))
        best = nsmallest(limit, candidates)

    return best
