"""The formulas of the first algorithm version in Python, as the oracle of the stores."""

from typing import Final

from indelible.captures.entities.vectors import Vector
from indelible.captures.rules.vectors import vec_dist, vec_lerp, vec_unit

LEARNING_RATE: Final = 0.1
MIN_LEARNING_RATE: Final = 0.05
UPDATES_FOR_FULL_CONFIDENCE: Final = 20.0
MAX_READING_RATIO: Final = 1.5
MILLISECONDS_PER_WORD: Final = 300.0  # at 200 words a minute


def reading_depth(words: int, dwell_time_ms: int, scroll_depth: float) -> float:
    """Return how deeply a text was read: about 1 is once, at an even pace, to the end."""
    if not words:
        return 0.0
    ratio = dwell_time_ms / (words * MILLISECONDS_PER_WORD)
    return 0.6 * min(MAX_READING_RATIO, ratio) + 0.4 * scroll_depth


def magnitude(weight: float, depth: float) -> float:
    """Return how much a capture counts."""
    return weight * (0.5 + 0.5 * min(1.0, depth))


def margin(nearest: float, second: float) -> float:
    """Return how much nearer the nearest centroid is than the second nearest."""
    return second - nearest


def spherical_ema(centroid: Vector, vector: Vector, rate: float = LEARNING_RATE) -> Vector:
    """Return the centroid after a vector moved it."""
    return vec_unit(vec_lerp(vec_unit(centroid), vec_unit(vector), rate))


def annealed_rate(applied: int) -> float:
    """Return the rate of the next update, which falls with the number of updates."""
    return max(MIN_LEARNING_RATE, 1 / (applied + 1))


def drift(moved: Vector, centroid: Vector) -> float:
    """Return how far a centroid moved."""
    return vec_dist(moved, centroid)


def confidence(applied: int) -> float:
    """Return how settled a centroid is, from 0 to 1."""
    return min(1.0, applied / UPDATES_FOR_FULL_CONFIDENCE)
