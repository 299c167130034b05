"""A forged export is refused and changes nothing, even where its digests are correct."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from tests.service.exports import (
    Document,
    entries_of,
    export_of,
    export_with,
    import_into,
    new_store,
    refused_import,
)
from tests.service.forgeries import (
    VERSIONS,
    WARNINGS,
    EntryForgery,
    Forgery,
    add_a_version,
    at_entry,
    nested_lists,
    remove_a_change,
    remove_a_warning,
    remove_column,
    remove_field,
    remove_records,
    remove_version,
    remove_warnings,
    repeat_a_change,
    repeat_a_version_id,
    repeat_the_first_change_last,
    set_change,
    set_data,
    set_record,
    set_ruleset,
    set_unknown_severity,
    stop_the_clock,
    swap_two_changes,
    with_correct_hashes,
)

import indelible_sql
from indelible.concepts.rules.warnings.content import RULESET
from indelible.kernel.exports import InvalidExportLine
from indelible.testing.stores import CountedIds, create
from indelible_sql import SqlStore

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
    "other rules": at_entry(0, set_record(WARNINGS, ruleset=RULESET + 1)),
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


class ListedIds(CountedIds):
    """The ids of a list, in order."""

    def __init__(self, *ids: str) -> None:
        super().__init__()
        self._remaining = iter(ids)

    def new(self) -> str:
        """Return the next id."""
        return next(self._remaining)


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forged_export_with_a_correct_digest_is_refused(
    export: bytes, name: str, sqlite: SqlStore
) -> None:
    forge = FORGERIES[name]
    entries = entries_of(export)
    forge(entries)

    error = refused_import(sqlite, export_with(entries))

    assert isinstance(error, InvalidExportLine)


def test_an_export_with_recomputed_digests_is_the_same(export: bytes) -> None:
    def leave_unchanged(_: Document) -> None:
        """Change nothing."""

    assert with_correct_hashes(export, leave_unchanged) == export


@pytest.mark.slow
def test_an_import_keeps_the_number_of_the_rules_of_warnings(
    export: bytes, store: SqlStore
) -> None:
    rulesets: set[int] = set()
    for entry in entries_of(export):
        if entry["records"]:
            rulesets.add(entry["records"][WARNINGS]["ruleset"])

    assert rulesets == {RULESET}

    newer_export = with_correct_hashes(export, set_ruleset(RULESET + 1))

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
        set_data({"x": 10**700}),
        set_data({"x\x00": 1}),
        set_data({"x": nested_lists(40)}),
        set_data({"x": nested_lists(400)}),
    ],
)
def test_a_forged_export_with_correct_hashes_is_refused(
    sqlite: SqlStore, postgresql: SqlStore, export: bytes, forge_entry: EntryForgery
) -> None:
    forged_export = with_correct_hashes(export, forge_entry)

    sqlite_error = refused_import(sqlite, forged_export)
    postgresql_error = refused_import(postgresql, forged_export)

    assert isinstance(sqlite_error, InvalidExportLine)
    assert isinstance(postgresql_error, InvalidExportLine)


def test_a_version_id_of_another_concept_is_refused(store: SqlStore, template_file: Path) -> None:
    stored = create(store)
    ids = ListedIds("first", "new", "second", stored.version.id)
    with new_store(template_file, ids) as source:
        create(source)
        create(source)
        forged_export = export_of(source)

    error = refused_import(store, forged_export)

    assert isinstance(error, InvalidExportLine)
    assert error.line == 3
    assert "concept_versions" in error.problem
