"""Equality of results, with computed numbers within a tolerance."""

from collections.abc import Mapping, Sequence
from math import isclose
from typing import Any, cast

from attrs import fields, has

from indelible.captures.entities import Artifact, Centroid, Signal

TOLERANCE = 1e-6
COMPUTED = (Signal, Artifact, Centroid)  # their hashes cover the last bit of computed numbers
HASHES = ("hash", "centroid_digest")


def differs(found: object, expected: object) -> bool:
    """Return True if two results differ by more than the tolerance of a number."""
    if isinstance(found, float) and isinstance(expected, float):
        return not isclose(found, expected, rel_tol=0, abs_tol=TOLERANCE)

    if type(found) is not type(expected):
        return True

    if has(type(found)):
        return _values_differ(found, expected)

    if isinstance(found, Mapping):
        mapping = cast("Mapping[object, object]", found)
        return _mappings_differ(mapping, cast("Mapping[object, object]", expected))

    if isinstance(found, Sequence) and not isinstance(found, str | bytes):
        items = cast("Sequence[object]", found)
        others = cast("Sequence[object]", expected)
        return len(items) != len(others) or any(map(differs, items, others))

    return found != expected


def _values_differ(found: object, expected: object) -> bool:
    value_class: Any = type(found)  # attrs types only its own classes
    for attribute in fields(value_class):
        if isinstance(found, COMPUTED) and attribute.name in HASHES:
            continue
        if differs(getattr(found, attribute.name), getattr(expected, attribute.name)):
            return True

    return False


def _mappings_differ(found: Mapping[object, object], expected: Mapping[object, object]) -> bool:
    if found.keys() != expected.keys():
        return True

    return any(differs(value, expected[key]) for key, value in found.items())
