"""Forgeries of exports: of single entries, of several entries, and with recomputed digests."""

import json
from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any, Final

from attrs import fields
from tests.service.exports import Document, canonical_bytes, entries_of, export_with

from indelible.concepts import ConceptContent, ConceptVersion
from indelible.concepts.entities import VersionWarnings

VERSIONS: Final = "concept_versions"
WARNINGS: Final = "concept_warnings"
UNCOVERED: Final = ("hash", "digest_scheme")  # what the hash of a change does not cover

Forgery = Callable[[list[Document]], None]
EntryForgery = Callable[[Document], None]


def nested_lists(levels: int) -> object:
    """Return lists within lists."""
    return json.loads("[" * levels + "]" * levels)


# Forgeries of single entries


def set_change(**values: object) -> EntryForgery:
    """Set fields of the change."""

    def forge(entry: Document) -> None:
        entry["change"].update(values)

    return forge


def set_data(values: Mapping[str, object]) -> EntryForgery:
    """Set fields of the change's data."""

    def forge(entry: Document) -> None:
        entry["change"]["data"].update(values)

    return forge


def set_record(table: str, **values: object) -> EntryForgery:
    """Set columns of a record."""

    def forge(entry: Document) -> None:
        entry["records"][table].update(values)

    return forge


def set_ruleset(number: object) -> EntryForgery:
    """Set the number of the rules in the change and in the warnings."""

    def forge(entry: Document) -> None:
        entry["change"]["data"]["ruleset"] = number
        entry["records"][WARNINGS]["ruleset"] = number

    return forge


def remove_field(entry: Document) -> None:
    """Remove a field of the change."""
    del entry["change"]["reason"]


def remove_column(entry: Document) -> None:
    """Remove a column of the version."""
    del entry["records"][VERSIONS]["scope_boundaries"]


def remove_records(entry: Document) -> None:
    """Remove all records."""
    del entry["records"]


def remove_version(entry: Document) -> None:
    """Remove the version."""
    del entry["records"][VERSIONS]


def remove_warnings(entry: Document) -> None:
    """Remove the warnings."""
    del entry["records"][WARNINGS]


def remove_a_warning(entry: Document) -> None:
    """Remove one of the warnings."""
    entry["records"][WARNINGS]["warnings"].pop()


def set_unknown_severity(entry: Document) -> None:
    """Give a warning a severity that does not exist."""
    entry["records"][WARNINGS]["warnings"][0].update(severity="fatal")


def at_entry(number: int, forge_entry: EntryForgery) -> Forgery:
    """Forge one entry of an export."""

    def forge(entries: list[Document]) -> None:
        forge_entry(entries[number])

    return forge


# Forgeries that involve several entries


def stop_the_clock(entries: list[Document]) -> None:
    """Give the second change the time of the first."""
    entries[1]["change"]["at"] = entries[0]["change"]["at"]


def remove_a_change(entries: list[Document]) -> None:
    """Remove the second change."""
    del entries[1]


def repeat_a_change(entries: list[Document]) -> None:
    """Insert the second change a second time."""
    entries.insert(1, entries[1])


def repeat_the_first_change_last(entries: list[Document]) -> None:
    """Append the first change of a concept after all others."""
    entries.append(entries[0])


def swap_two_changes(entries: list[Document]) -> None:
    """Move the second change before the first."""
    entries.insert(0, entries.pop(1))


def add_a_version(entries: list[Document]) -> None:
    """Give the second change the records of the first."""
    entries[1]["records"] = entries[0]["records"]


def repeat_a_version_id(entries: list[Document]) -> None:
    """Give another version the id of the first."""
    entries[4]["records"][VERSIONS]["id"] = entries[0]["records"][VERSIONS]["id"]


# Recomputed digests


def with_correct_hashes(export: bytes, forge_entry: EntryForgery) -> bytes:
    """Forge the first entry of an export, and compute all digests of its concept again."""
    entries = entries_of(export)
    first = entries[0]
    change = first["change"]
    version = first["records"][VERSIONS]
    warnings = first["records"][WARNINGS]
    forge_entry(first)

    warning_values = [warnings[name] for name in field_names(VersionWarnings)]
    change["data"]["version"] = version_digest(version)
    change["data"]["warnings"] = digest_of(warning_values)

    previous_hash = ""
    for entry in entries:
        if entry["change"]["entity_id"] == change["entity_id"]:
            previous_hash = link_change(entry["change"], previous_hash)

    return export_with(entries)


def version_digest(version: Document) -> str:
    """Compute the digest of a version from its columns."""
    content_names = field_names(ConceptContent)
    names = [name for name in field_names(ConceptVersion) if name != "content"]
    values: Document = {name: version[name] for name in names}
    values["content"] = {name: version[name] for name in content_names}

    return digest_of(values)


def field_names(record: type[Any]) -> list[str]:
    """Return the fields of a record, which its digest covers, in order."""
    return [attribute.name for attribute in fields(record)]


def link_change(change: Document, previous_hash: str) -> str:
    """Write the previous hash and the own hash into a change, and return the own hash."""
    change["prev_hash"] = previous_hash
    covered = {name: value for name, value in change.items() if name not in UNCOVERED}
    own_hash = digest_of(covered)
    change["hash"] = own_hash
    return own_hash


def digest_of(value: object) -> str:
    """Compute the digest of a JSON value."""
    return sha256(canonical_bytes(value)).hexdigest()
