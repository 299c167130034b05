"""Try an algorithm on labelled vectors: how many would be assigned to their own topic.

Centroids and vectors are compared by cosine distance, as the shipped algorithms compare them. An
algorithm decides how a capture moves a centroid.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from operator import mul
from typing import NamedTuple

from attrs import field, frozen

from indelible.captures.entities.vectors import Vector, as_float32
from indelible.captures.rules.formulas import VECTOR_FORMULA, parse_formulas
from indelible.captures.rules.placing import is_clear
from indelible.captures.rules.vectors import vec_unit

Centroids = Mapping[str, Vector]  # by topic, all of length 1


class Sample(NamedTuple):
    """A vector of length 1, and the topic that it belongs to."""

    topic: str
    vector: Vector


class Assignment(NamedTuple):
    """The topic that a vector is assigned to, and its margin over the next one."""

    topic: str
    margin: float


@frozen(kw_only=True)
class Outcome:
    """The assignments of samples, counted by their own topic and the assigned one."""

    counts: Mapping[tuple[str, str], int] = field(factory=Counter[tuple[str, str]])

    @property
    def total(self) -> int:
        """Return the number of samples."""
        return sum(self.counts.values())

    @property
    def accuracy(self) -> float:
        """Return the share of samples that were assigned to their own topic."""
        right = sum(count for (own, assigned), count in self.counts.items() if own == assigned)
        return right / self.total if self.total else 0.0


@frozen(kw_only=True)
class Drawing:
    """Centroids after a stream of captures, and the captures that moved one, right or wrong."""

    centroids: Centroids
    captures: int
    updates: int
    right_updates: int


def mean_direction(vectors: Iterable[Vector]) -> Vector:
    """Return the direction of the mean of vectors of length 1.

    Raises:
        ZeroDivisionError: The vectors cancel each other.
    """
    sums = [sum(numbers) for numbers in zip(*vectors, strict=True)]
    return vec_unit(as_float32(sums))


def assign(centroids: Centroids, vector: Vector) -> Assignment:
    """Return the nearest topic and the margin over the second nearest; the first name wins a tie.

    There are at least two centroids.
    """
    nearest = ""
    best = float("-inf")
    second = float("-inf")
    for topic in sorted(centroids):
        cosine = float(sum(map(mul, centroids[topic], vector)))
        if cosine > best:
            nearest, best, second = topic, cosine, best
        elif cosine > second:
            second = cosine

    return Assignment(nearest, best - second)


def assign_all(centroids: Centroids, samples: Iterable[Sample]) -> Outcome:
    """Assign every sample to its nearest centroid."""
    counts = Counter[tuple[str, str]]()
    for sample in samples:
        counts[sample.topic, assign(centroids, sample.vector).topic] += 1

    return Outcome(counts=counts)


def draw_on(
    formulas: str, seeds: Centroids, captures: Sequence[Sample], threshold: float
) -> Drawing:
    """Move the centroids by captures in their order, as ingests without a named subspace do."""
    parsed = parse_formulas(formulas)
    centroids = dict(seeds)
    applied = dict.fromkeys(seeds, 0)
    updates = 0
    right_updates = 0
    for own_topic, vector in captures:
        topic, margin = assign(centroids, vector)
        if not is_clear(margin, threshold):
            continue

        rate = parsed["rate"].evaluate({"applied": float(applied[topic])})
        arguments = {"centroid": centroids[topic], "vector": vector, "rate": rate}
        centroids[topic] = vec_unit(parsed[VECTOR_FORMULA].evaluate(arguments))
        applied[topic] += 1
        updates += 1
        right_updates += topic == own_topic

    return Drawing(
        centroids=centroids, captures=len(captures), updates=updates, right_updates=right_updates
    )
