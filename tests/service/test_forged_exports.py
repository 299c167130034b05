"""A damaged or forged export is refused and changes nothing."""

import json
from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import pytest
from attrs import fields
from tests.service.exports import (
    Document,
    canonical_bytes,
    documents_of,
    entries_of,
    export_of,
    export_with,
    import_into,
    new_store,
    refused_import,
)

import indelible_sql
from indelible.concepts import ConceptContent, ConceptVersion
from indelible.concepts.entities import VersionWarnings
from indelible.kernel import canonical_json, exports
from indelible.kernel.exports import InvalidExportLine
from indelible.testing.stores import CountedIds, create
from indelible_sql import SqlStore
from indelible_sql.maintenance.export_entries import FORMAT

pytestmark = pytest.mark.slow

VERSIONS: Final = "concept_versions"
WARNINGS: Final = "concept_warnings"
# Flipping a bit at every position would take minutes.
POSITIONS_BETWEEN_FLIPS: Final = 41

Forgery = Callable[[list[Document]], None]
EntryForgery = Callable[[Document], None]


class ListedIds(CountedIds):
    """The ids of a list, in order."""

    def __init__(self, *ids: str) -> None:
        super().__init__()
        self._remaining = iter(ids)

    def new(self) -> str:
        """Return the next id."""
        return next(self._remaining)


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


FORGERIES: Mapping[str, Forgery] = {
    "another reason": at_entry(0, set_change(reason="another")),
    "another actor": at_entry(1, set_change(actor="user:eve")),
    "another instant": at_entry(3, set_change(at="2027-01-01T00:00:00.000000+00:00")),
    "two changes at the same time": stop_the_clock,
    "an unknown state": at_entry(1, set_change(to_state="PERFECT")),
    "a missing change": remove_a_change,
    "a repeated change": repeat_a_change,
    "a concept in two sections": repeat_the_first_change_last,
    "two swapped changes": swap_two_changes,
    "no records": at_entry(0, remove_records),
    "other content": at_entry(0, set_record(VERSIONS, name="Other")),
    "content of another type": at_entry(0, set_record(VERSIONS, examples=[1])),
    "an unknown column": at_entry(0, set_record(VERSIONS, more=1)),
    "a derived column": at_entry(0, set_record(VERSIONS, name_key="ratio")),
    "a missing column": at_entry(0, remove_column),
    "a missing warning": at_entry(0, remove_a_warning),
    "other rules": at_entry(0, set_record(WARNINGS, ruleset=2)),
    "a missing version": at_entry(0, remove_version),
    "missing warnings": at_entry(0, remove_warnings),
    "a version too many": add_a_version,
    "a repeated version id": repeat_a_version_id,
    "a version of another concept": at_entry(0, set_record(VERSIONS, concept_id="other")),
    "an unknown lifecycle": at_entry(1, set_change(lifecycle="loan")),
    "another lifecycle": at_entry(0, set_change(lifecycle="key")),
    "a text instead of a number": at_entry(0, set_change(seq="1")),
    "true instead of a number": at_entry(0, set_change(seq=True)),
    "a text instead of a list": at_entry(0, set_record(VERSIONS, examples="abc")),
    "a list instead of data": at_entry(0, set_change(data=[])),
    "an instant without a zone": at_entry(0, set_change(at="2026-01-01T00:00:00")),
    "a year before 2000": at_entry(0, set_change(at="1999-01-01T00:00:00+00:00")),
    "a blank reason": at_entry(0, set_change(reason=" ")),
    "a control character": at_entry(0, set_change(reason="a\x1bb")),
    "an actor without a kind": at_entry(0, set_change(actor="maya")),
    "a request id with a space": at_entry(0, set_change(request_id="a b")),
    "an unknown field": at_entry(0, set_change(more=1)),
    "a missing field": at_entry(0, remove_field),
    "an unknown severity": at_entry(0, set_unknown_severity),
    "a name that is too long": at_entry(0, set_record(VERSIONS, name="x" * 1_001)),
    "NUL in a value": at_entry(0, set_data({"note": "a\x00"})),
    "NUL in a key": at_entry(0, set_data({"note\x00": 1})),
    "data that is nested too deeply": at_entry(0, set_data({"note": nested_lists(40)})),
}


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forged_export_with_a_correct_digest_is_refused(
    export: bytes, name: str, sqlite: SqlStore
) -> None:
    entries = entries_of(export)
    FORGERIES[name](entries)

    error = refused_import(sqlite, export_with(entries))

    assert isinstance(error, InvalidExportLine)


def with_correct_hashes(export: bytes, forge_entry: EntryForgery) -> bytes:
    """Forge the first entry of an export, and compute all digests of its concept again."""
    entries = entries_of(export)
    first = entries[0]
    change = first["change"]
    version = first["records"][VERSIONS]
    warnings = first["records"][WARNINGS]
    forge_entry(first)

    change["data"]["version"] = version_digest(version)
    change["data"]["warnings"] = digest_of(
        [warnings[name] for name in field_names(VersionWarnings)]
    )
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
    covered = {name: value for name, value in change.items() if name != "hash"}
    own_hash = digest_of(covered)
    change["hash"] = own_hash
    return own_hash


def digest_of(value: object) -> str:
    """Compute the digest of a JSON value."""
    return sha256(canonical_bytes(value)).hexdigest()


def test_an_export_with_recomputed_digests_is_the_same(export: bytes) -> None:
    def leave_unchanged(_: Document) -> None:
        pass

    assert with_correct_hashes(export, leave_unchanged) == export


def test_an_import_keeps_the_number_of_the_rules_of_warnings(
    export: bytes, store: SqlStore
) -> None:
    rulesets: set[int] = set()
    for entry in entries_of(export):
        if entry["records"]:
            rulesets.add(entry["records"][WARNINGS]["ruleset"])
    assert rulesets == {1}

    newer_export = with_correct_hashes(export, set_ruleset(2))
    import_into(store, newer_export)

    assert export_of(store) == newer_export
    assert not indelible_sql.verify(store)


@pytest.mark.parametrize(
    "forge_entry",
    [
        set_ruleset("1"),
        set_ruleset(number=True),
        set_ruleset(0),
        set_ruleset(2**63),
        set_record(VERSIONS, examples=[1]),
        set_record(VERSIONS, examples={}),
        set_record(VERSIONS, name=5),
        set_record(VERSIONS, name="x" * 1_001),
        set_record(VERSIONS, definition="a\x00b"),
        set_record(VERSIONS, created_by="maya"),
        set_record(VERSIONS, created_at="2026-01-01T00:00:01Z"),
        set_record(VERSIONS, created_at="2026-01-01T00:00:09.000000+00:00"),
        set_record(VERSIONS, concept_id="other"),
        set_record(VERSIONS, version_number=2),
        set_record(VERSIONS, version_number=True),
        set_record(VERSIONS, version_number=1.0),
        set_record(WARNINGS, warnings=[{"code": "X"}]),
        set_record(WARNINGS, warnings={}),
        set_record(WARNINGS, concept_id="other"),
        set_record(WARNINGS, computed_at="2026-01-01T00:00:09.000000+00:00"),
        set_change(reason=" "),
        set_change(actor="maya"),
        set_change(at="1999-01-01T00:00:00.000000+00:00"),
        set_change(request_id="a b"),
        set_change(lifecycle="key"),
        set_change(version=True),
        set_change(more=1),
        set_data({"x": 0.5}),
        set_data({"x\x00": 1}),
        set_data({"x": nested_lists(40)}),
        set_data({"x": nested_lists(400)}),
    ],
)
def test_a_forged_export_with_correct_hashes_is_refused(
    sqlite: SqlStore, postgresql: SqlStore, export: bytes, forge_entry: EntryForgery
) -> None:
    forged = with_correct_hashes(export, forge_entry)

    assert isinstance(refused_import(sqlite, forged), InvalidExportLine)
    assert isinstance(refused_import(postgresql, forged), InvalidExportLine)


def test_a_version_id_of_another_concept_is_refused(store: SqlStore, template_file: Path) -> None:
    stored = create(store)
    ids = ListedIds("first", "new", "second", stored.version.id)
    with new_store(template_file, ids) as source:
        create(source)
        create(source)
        error = refused_import(store, export_of(source))

    assert isinstance(error, InvalidExportLine)
    assert error.line == 3
    assert "concept_versions" in error.problem


# Damaged files


def test_a_flipped_bit_is_refused(export: bytes, sqlite: SqlStore) -> None:
    for position in range(0, len(export), POSITIONS_BETWEEN_FLIPS):
        flipped = bytearray(export)
        flipped[position] ^= 1

        refused_import(sqlite, bytes(flipped))


def test_a_shortened_file_is_refused(export: bytes, sqlite: SqlStore) -> None:
    lines = export.split(b"\n")
    for count in range(len(lines) - 1):
        refused_import(sqlite, b"\n".join(lines[:count]))
        refused_import(sqlite, b"\n".join(lines[count + 1 :]))


@pytest.mark.parametrize(
    "hostile",
    [
        b"",
        b"\n",
        b"null\n",
        b"[]\n",
        b"\xff\xfe{}\n",
        b"\xef\xbb\xbf{}\n",
        b'{"format": "indelible export 2", "concepts": NaN, "changes": 0}\n',
        b'{"format": "indelible export 2", "concepts": 0.0, "changes": 0}\n',
        b'{"format": "indelible export 2", "concepts": 1e999, "changes": 0}\n',
        b'{"format": "a", "format": "indelible export 2", "concepts": 0, "changes": 0}\n',
        b'{"format": "indelible export 2", "concepts": ' + b"9" * 5_000 + b', "changes": 0}\n',
        b'{"format": "\\ud800", "concepts": 0, "changes": 0}\n',
        b"[" * 200_000,
        b'{"a":' * 200_000,
    ],
    ids=lambda hostile: repr(hostile[:40]),
)
def test_hostile_bytes_are_refused_at_the_first_line(hostile: bytes, sqlite: SqlStore) -> None:
    error = refused_import(sqlite, hostile)

    assert isinstance(error, InvalidExportLine)
    assert error.line == 1


@pytest.mark.parametrize("addition", ["the export again", "an empty object"])
def test_bytes_after_the_last_line_are_refused(
    export: bytes, addition: str, sqlite: SqlStore
) -> None:
    added = export if addition == "the export again" else b"{}"

    assert isinstance(refused_import(sqlite, export + added), InvalidExportLine)


def test_an_export_of_another_format_is_refused(export: bytes, sqlite: SqlStore) -> None:
    body = export.replace(FORMAT.encode(), b"indelible concepts 2").rpartition(b'{"digest"')[0]
    footer = f"{canonical_json({'digest': sha256(body).hexdigest()})}\n".encode()

    assert isinstance(refused_import(sqlite, body + footer), InvalidExportLine)


def test_a_file_with_too_many_lines_is_refused(
    export: bytes, sqlite: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "MAX_LINES", 3)

    error = refused_import(sqlite, export)

    assert str(error) == str(InvalidExportLine(4, "more than 3 lines"))


def test_a_line_that_is_too_long_is_refused(
    export: bytes, sqlite: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "MAX_LINE_BYTES", 60)
    assert len(documents_of(export)) > 2

    error = refused_import(sqlite, export)

    assert str(error) == str(InvalidExportLine(2, "longer than 60 bytes"))
