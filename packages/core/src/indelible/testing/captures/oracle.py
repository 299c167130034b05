"""Every formula of the first algorithm, written by hand in Python: what a store's own computation is held against."""

from typing import Final

from indelible.captures.entities import Vector
from indelible.captures.rules.vectors import vec_dist, vec_lerp, vec_unit

LEARNING_RATE: Final = 0.1
SLOWEST_RATE: Final = 0.05
FULL_CONFIDENCE: Final = 20.0  # updates
MOST_RATIO: Final = 1.5
MILLISECONDS_A_WORD: Final = 300.0  # at 200 words a minute


def reading_depth(words: int, dwell_time_ms: int, scroll_depth: float) -> float:
    """How deeply a text of so many words was read: about 1 is once, at an even pace, to the end."""
    if not words:
        return 0.0
    return 0.6 * min(MOST_RATIO, dwell_time_ms / (words * MILLISECONDS_A_WORD)) + 0.4 * scroll_depth


def magnitude(weight: float, depth: float) -> float:
    """How much a capture counts."""
    return weight * (0.5 + 0.5 * min(1.0, depth))


def margin(nearest: float, second: float) -> float:
    """How much nearer the nearest is than the next."""
    return second - nearest


def spherical_ema(centroid: Vector, vector: Vector, rate: float = LEARNING_RATE) -> Vector:
    """The centroid after a vector drew it on."""
    return vec_unit(vec_lerp(vec_unit(centroid), vec_unit(vector), rate))


def annealed_rate(applied: int) -> float:
    """The rate of the next update, which falls as a centroid settles."""
    return max(SLOWEST_RATE, 1 / (applied + 1))


def drift(moved: Vector, centroid: Vector) -> float:
    """How far a centroid moved."""
    return vec_dist(moved, centroid)


def confidence(applied: int) -> float:
    """How far a centroid has settled, from 0 to 1."""
    return min(1.0, applied / FULL_CONFIDENCE)
