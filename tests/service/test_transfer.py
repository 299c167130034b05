"""An export contains everything, and an import into any store adds exactly that."""

from datetime import date
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import create_engine
from tests.examples.loans import contexts, lend
from tests.examples.loans import migrate as migrate_loans
from tests.feeds import changes
from tests.service.exports import (
    documents_of,
    entries_of,
    export_of,
    export_with,
    import_into,
    new_store,
    refused_import,
    saved_concept,
)

import indelible_sql
from indelible.concepts import get_concept
from indelible.kernel import Actor, canonical_json
from indelible.kernel.exports import ExportDamaged
from indelible.testing.stores import MAYA, approve
from indelible_sql import SqlStore
from indelible_sql.contexts import CATALOG
from indelible_sql.kernel.record_export import HistoryDiffers
from indelible_sql.maintenance.export import exported_hashes
from indelible_sql.maintenance.export_entries import FORMAT
from indelible_sql.maintenance.import_export import Imported


def declare_loans_on_sqlite(url: str) -> None:
    """Create the host's table in a file."""
    engine = create_engine(url)
    with engine.begin() as connection:
        migrate_loans(connection)
    engine.dispose()


def lend_a_book(store: SqlStore) -> None:
    """Write a change of the host's lifecycle."""
    store.run(lend, ("Ulysses", date(2026, 5, 1)), actor=MAYA, reason="a loan")


@pytest.mark.slow
def test_an_export_is_the_same_through_every_store(
    export: bytes, sqlite: SqlStore, postgresql: SqlStore
) -> None:
    expected = Imported(
        entities=3, changes=10, entities_already_there=0, file=sha256(export).hexdigest()
    )

    assert import_into(sqlite, export) == expected
    assert export_of(sqlite) == export
    assert import_into(postgresql, export_of(sqlite)) == expected
    assert export_of(postgresql) == export
    assert not indelible_sql.verify(sqlite)
    assert not indelible_sql.verify(postgresql)


def test_an_export_is_canonical_in_order_and_ends_with_its_digest(export: bytes) -> None:
    header, *entries, footer = documents_of(export)
    times = [entry["change"]["at"] for entry in entries]
    body = export[: export.rindex(b"\n", 0, -1) + 1]
    canonical_lines = [f"{canonical_json(line)}\n".encode() for line in documents_of(export)]

    assert header == {"format": FORMAT}
    assert times == sorted(times)
    assert footer == {"digest": sha256(body).hexdigest()}
    assert export == b"".join(canonical_lines)


def test_an_empty_store_is_exported_and_imported(store: SqlStore) -> None:
    file = export_of(store)

    assert import_into(store, file).entities == 0
    assert export_of(store) == file


@pytest.mark.slow
def test_a_registered_context_of_a_host_is_exported_and_imported(template_file: Path) -> None:
    with (
        new_store(template_file, contexts=contexts) as source,
        new_store(template_file, contexts=contexts) as target,
    ):
        declare_loans_on_sqlite(source.own_url)
        declare_loans_on_sqlite(target.own_url)
        lend_a_book(source)

        import_into(target, export_of(source))

        assert export_of(target) == export_of(source)
        assert not indelible_sql.verify(target)
        assert {table.changed for table in indelible_sql.rebuild(target)} == {()}


def test_a_second_import_of_a_file_changes_nothing(store: SqlStore, export: bytes) -> None:
    import_into(store, export)
    before = changes(store)

    assert import_into(store, export).entities_already_there == 3
    assert changes(store) == before


def test_a_file_with_one_differing_history_is_refused(store: SqlStore, export: bytes) -> None:
    entries = entries_of(export)
    concept_id = entries[-1]["change"]["entity_id"]
    history = [entry for entry in entries if entry["change"]["entity_id"] == concept_id]
    import_into(store, export_with(history[:-1]))

    error = refused_import(store, export)

    assert isinstance(error, HistoryDiffers)
    assert error.detail == {"lifecycle": "concept", "entity_id": concept_id}


def test_an_imported_concept_can_be_approved(store: SqlStore, export: bytes) -> None:
    import_into(store, export)
    last_change = entries_of(export)[-1]["change"]
    stored = store.read(get_concept, last_change["entity_id"])

    approved = approve(store, saved_concept(store, last_change["entity_id"]))

    assert stored.seq == last_change["seq"]
    assert approved.seq == last_change["seq"] + 1
    assert entries_of(export_of(store))[-1]["change"]["prev_hash"] == last_change["hash"]


def test_an_import_keeps_the_actors_of_the_changes(store: SqlStore, export: bytes) -> None:
    import_into(store, export)

    assert {change.actor for change in changes(store)} == {MAYA, Actor.user("noor")}


def test_the_hashes_of_an_export_are_those_of_its_changes(export: bytes) -> None:
    expected = {entry["change"]["hash"] for entry in entries_of(export)}

    assert exported_hashes(BytesIO(export), CATALOG) == expected


def test_a_damaged_export_has_no_hashes(export: bytes) -> None:
    without_digest = export[: export.rindex(b'{"digest"')]

    with pytest.raises(ExportDamaged):
        exported_hashes(BytesIO(without_digest), CATALOG)
