"""The vector functions that every store computes with, in pure Python.

A vector is rounded to 32-bit floats after every function. A number is a 64-bit float, as in the
databases.
"""

from math import sqrt
from operator import mul

from indelible.captures.entities.vectors import Vector, as_float32


def vec_dot(left: Vector, right: Vector) -> float:
    """Return the dot product."""
    return float(sum(map(mul, left, right)))


def vec_norm(vector: Vector) -> float:
    """Return the Euclidean length."""
    return sqrt(vec_dot(vector, vector))


def vec_unit(vector: Vector) -> Vector:
    """Return the vector scaled to length 1.

    Raises:
        ZeroDivisionError: Every number is zero.

    """
    norm = vec_norm(vector)
    return as_float32([number / norm for number in vector])


def vec_lerp(start: Vector, end: Vector, rate: float) -> Vector:
    """Return the point between both vectors: the start at rate 0, the end at rate 1."""
    pairs = zip(start, end, strict=True)
    return as_float32([(1 - rate) * first + rate * last for first, last in pairs])


def vec_dist(left: Vector, right: Vector) -> float:
    """Return the cosine distance, from 0 to 2."""
    lengths = sqrt(vec_dot(left, left) * vec_dot(right, right))
    cosine = vec_dot(left, right) / lengths
    return 1 - max(-1.0, min(1.0, cosine))
