"""The primitives that every store computes with, in pure Python.

A vector is rounded to 32-bit floats after every step, and a scalar is a 64-bit float, as in the databases.
"""

from math import sqrt
from operator import mul

from indelible.captures.entities import Vector, as_float32


def vec_dot(one: Vector, other: Vector) -> float:
    """The sum of the products."""
    return float(sum(map(mul, one, other)))


def vec_norm(vector: Vector) -> float:
    """The length."""
    return sqrt(vec_dot(vector, vector))


def vec_unit(vector: Vector) -> Vector:
    """The direction; ZeroDivisionError where there is none."""
    norm = vec_norm(vector)
    return as_float32([each / norm for each in vector])


def vec_lerp(one: Vector, other: Vector, rate: float) -> Vector:
    """The point at this rate of the way from one to the other."""
    return as_float32(
        [(1 - rate) * here + rate * there for here, there in zip(one, other, strict=True)]
    )


def vec_dist(one: Vector, other: Vector) -> float:
    """The cosine distance, from 0 to 2."""
    cosine = vec_dot(one, other) / sqrt(vec_dot(one, one) * vec_dot(other, other))
    return 1 - max(-1.0, min(1.0, cosine))
