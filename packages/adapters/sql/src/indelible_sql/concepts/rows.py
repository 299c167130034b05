"""Conversion between concepts' values and their rows."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, cast

from attrs import fields

from indelible.concepts.entities import (
    Concept,
    ConceptContent,
    ConceptVersion,
    VersionWarnings,
    Warnings,
    name_key,
)
from indelible.concepts.ports import MAX_LISTED_NAME_KEY
from indelible.concepts.repositories import Concepts
from indelible.kernel import canonical_json, to_json_value
from indelible.kernel.json import encode_canonical, sha256_hex
from indelible.kernel.json_numbers import parse_json
from indelible.kernel.values import field_values
from indelible_sql.concepts.tables import CONCEPTS, VERSIONS, WARNINGS
from indelible_sql.engine.errors import UNREADABLE, RowUnreadable
from indelible_sql.engine.session import Row
from indelible_sql.kernel.history import ROWS
from indelible_sql.kernel.mappings import HeadMapping, RecordMapping

# The head and its version are read in one row; the prefix tells columns of the same name apart.
VERSION_PREFIX = "version_"
MAX_SHARED = 1_000  # lists of warnings that are checked once
MAX_SHARED_CHARACTERS = 10_000
CONTENT_NAMES = tuple(attribute.name for attribute in fields(ConceptContent))
VERSION_NAMES = tuple(
    attribute.name for attribute in fields(ConceptVersion) if attribute.name != "content"
)

# The columns of a version itself; the others serve searches and keys.
STORED_VERSION = (*VERSION_NAMES, *CONTENT_NAMES)


def version_of_row(row: Row, prefix: str = "") -> ConceptVersion:
    """Return the version that a row stores in columns with this prefix."""
    content: dict[str, Any] = {}
    for name in CONTENT_NAMES:
        value = row[prefix + name]
        if isinstance(value, list):
            value = tuple(cast("list[str]", value))
        content[name] = value

    values: dict[str, Any] = {}
    for name in VERSION_NAMES:
        values[name] = row[prefix + name]

    try:
        return ConceptVersion(content=ConceptContent(**content), **values)
    except UNREADABLE as error:
        raise RowUnreadable.because_of(error) from error


def version_row(version: ConceptVersion) -> dict[str, Any]:
    """Return the columns of a version."""
    content = version.content
    row = field_values(version)
    row |= field_values(content)
    row |= search_keys(content.name, content.definition)
    return row


def search_keys(name: str, definition: str) -> dict[str, str]:
    """Return the columns by which versions are searched."""
    key = name_key(name)
    return {"name_key": key[:MAX_LISTED_NAME_KEY], "search_key": f"{key}\n{name_key(definition)}"}


def lookup_keys(keys: Iterable[str]) -> list[str]:
    """Return name keys as the `name_key` column stores them, in order and without repetition."""
    return sorted({key[:MAX_LISTED_NAME_KEY] for key in keys})


def _stored_version_digest(row: Row, scheme: int) -> str:
    return version_of_row(row).digest(scheme)


def _search_keys_of_row(row: Row) -> dict[str, str]:
    return search_keys(row["name"], row["definition"])


def _stored_warnings_digest(row: Row, _: int) -> str:
    stored_text = encode_canonical(row["warnings"])  # what was parsed needs no conversion
    if len(stored_text) <= MAX_SHARED_CHARACTERS:
        _check_shared_warnings(stored_text)
    else:
        _check_warnings(stored_text)

    # As `VersionWarnings.digest`, without converting the warnings a second time.
    key = [row["concept_id"], row["version_number"], row["computed_at"], row["ruleset"]]
    key_text = canonical_json(key)
    return sha256_hex(f"{key_text[:-1]},{stored_text}]")


def _check_warnings(text: str) -> None:
    """Raise one of UNREADABLE for warnings that the library writes otherwise."""
    stored = parse_json(text)
    warnings = ROWS.structure(stored, Warnings)
    if to_json_value(warnings) != stored:
        raise ValueError("the stored warnings are not in canonical form")


# Most versions of a concept have the same warnings.
_check_shared_warnings = lru_cache(maxsize=MAX_SHARED)(_check_warnings)


VERSION_RECORDS = RecordMapping(
    table=VERSIONS,
    record=ConceptVersion,
    to_row=version_row,
    of_row=version_of_row,
    head_columns=("name_key",),
    digest=_stored_version_digest,
    derived=_search_keys_of_row,
)
WARNING_RECORDS = RecordMapping(
    table=WARNINGS, record=VersionWarnings, digest=_stored_warnings_digest
)
CONCEPT_HEADS = HeadMapping(
    table=CONCEPTS,
    entity=Concept,
    finders=Concepts,
    records=(VERSION_RECORDS, WARNING_RECORDS),
)
