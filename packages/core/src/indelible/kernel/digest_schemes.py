"""Digest schemes: which fields the hash of a change and the digest of a record cover.

Each change stores the number of its scheme, which is that of the records it adds too. A field that
a later release adds belongs to the next scheme: it raises DIGEST_SCHEME by one and marks the field
with `added_in`. The digests of older rows leave the field out, so that it never makes them differ.
"""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, Final, cast

from attrs import AttrsInstance, fields, has

from indelible.kernel.errors import DigestSchemeUnknown
from indelible.kernel.json import digest, is_written_whole
from indelible.kernel.values import field_values

FIRST_SCHEME: Final = 1
DIGEST_SCHEME = 1  # of what this release writes
SCHEME = "digest_scheme"  # the key in a field's metadata


def added_in(scheme: int) -> Mapping[str, object]:
    """Return the metadata of a field that digests cover from this scheme on.

    A field with a kind needs no more; one without has its limits too: `{**LINE, **added_in(2)}`.
    """
    return {SCHEME: scheme}


def covered_values(value: AttrsInstance, scheme: int) -> dict[str, Any]:
    """Return the fields that digests of a scheme cover; nested values are returned whole.

    Raises:
        DigestSchemeUnknown: The scheme is of a later release, or no scheme.
    """
    if not FIRST_SCHEME <= scheme <= DIGEST_SCHEME:
        raise DigestSchemeUnknown(scheme, DIGEST_SCHEME)

    values = field_values(value)
    for name, first in added_fields(type(value)):
        if first > scheme:
            del values[name]

    return values


def digest_of_scheme(value: object, scheme: int) -> str:
    """Return the digest of all fields that the scheme covers, also of values in fields and lists.

    Raises:
        DigestSchemeUnknown: The scheme is of a later release, or no scheme.
    """
    return digest(_covered(value, scheme))


def _covered(value: object, scheme: int) -> object:
    kind = type(value)
    if kind in (tuple, list):
        return [_covered(item, scheme) for item in cast("Iterable[object]", value)]
    if not has(kind) or is_written_whole(kind):
        return value

    values = covered_values(cast("AttrsInstance", value), scheme)
    return {name: _covered(item, scheme) for name, item in values.items()}


@cache
def added_fields(kind: type[AttrsInstance]) -> tuple[tuple[str, int], ...]:
    """Return the fields that were added after the first scheme, each with its scheme."""
    added: list[tuple[str, int]] = []
    for attribute in fields(kind):
        if SCHEME in attribute.metadata:
            added.append((attribute.name, attribute.metadata[SCHEME]))

    return tuple(added)
