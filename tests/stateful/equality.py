"""Equality of results, with computed numbers within a tolerance."""

from collections.abc import Mapping, Sequence
from math import isclose
from typing import Any, cast

from attrs import fields, has

from indelible.captures.entities.records import Artifact, Centroid, Signal

TOLERANCE = 1e-6
COMPUTED = (Signal, Artifact, Centroid)  # their hashes cover the last bit of computed numbers
HASHES = ("hash", "centroid_digest")


def differs(actual: object, expected: object) -> bool:
    """Return True if two results differ by more than the tolerance of a number."""
    if isinstance(actual, float) and isinstance(expected, float):
        return not isclose(actual, expected, rel_tol=0, abs_tol=TOLERANCE)

    if type(actual) is not type(expected):
        return True

    if has(type(actual)):
        return _values_differ(actual, expected)

    if isinstance(actual, Mapping):
        mapping = cast("Mapping[object, object]", actual)
        return _mappings_differ(mapping, cast("Mapping[object, object]", expected))

    if isinstance(actual, Sequence) and not isinstance(actual, str | bytes):
        items = cast("Sequence[object]", actual)
        return _sequences_differ(items, cast("Sequence[object]", expected))

    return actual != expected


def _values_differ(actual: object, expected: object) -> bool:
    value_class: Any = type(actual)  # attrs types only its own classes
    for attribute in fields(value_class):
        if isinstance(actual, COMPUTED) and attribute.name in HASHES:
            continue
        if differs(getattr(actual, attribute.name), getattr(expected, attribute.name)):
            return True

    return False


def _mappings_differ(actual: Mapping[object, object], expected: Mapping[object, object]) -> bool:
    if actual.keys() != expected.keys():
        return True

    return any(differs(value, expected[key]) for key, value in actual.items())


def _sequences_differ(actual: Sequence[object], expected: Sequence[object]) -> bool:
    if len(actual) != len(expected):
        return True

    return any(differs(item, other) for item, other in zip(actual, expected, strict=True))
