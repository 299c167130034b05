"""The self-test of an algorithm version: what the database computes beside what its text says."""

from collections.abc import Mapping
from typing import Any, Final

from indelible.captures.entities import AlgorithmVersion, as_float32
from indelible.captures.errors import SelfTestFailed
from indelible.captures.rules.formulas import GIVES_VECTOR, evaluated

CLOSE: Final = 1e-6
A: Final = as_float32((1.0, 0.0, 0.0))
X: Final = as_float32((0.904534, 0.301511, 0.301511))
MOVED: Final = as_float32((0.999075, 0.030414, 0.030414))
CASES: Final[Mapping[str, Mapping[str, Any]]] = {
    "depth": {"words": 1200.0, "dwell": 42_000.0, "scroll": 0.8},
    "magnitude": {"weight": 0.75, "depth": 0.39},
    "distance": {"centroid": A, "vector": X},
    "margin": {"nearest": 0.095466, "second": 0.216071},
    "rate": {"applied": 3.0},
    "centroid": {"centroid": A, "vector": X, "rate": 0.1},
    "drift": {"moved": MOVED, "centroid": A},
    "confidence": {"applied": 5.0},
}


def check_trial(algorithm: AlgorithmVersion, found: Mapping[str, Any]) -> None:
    """Refuse a version that the database computes otherwise than it is written."""
    for name, given in CASES.items():
        expected = evaluated(algorithm.formulas, name, given, algorithm.id)
        pairs = zip(expected, found[name], strict=True) if name in GIVES_VECTOR else [(expected, found[name])]
        if any(abs(one - other) > CLOSE for one, other in pairs):
            raise SelfTestFailed(algorithm.id, name)
