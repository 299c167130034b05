"""A history of another system is imported with its own times and actors, and is marked."""

import json
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest
from tests.service.exports import (
    Document,
    export_of,
    import_into,
    new_store,
    refused_import,
    saved_concept,
)

import indelible_sql
from indelible.concepts import get_concept, list_history
from indelible.kernel import Actor
from indelible.kernel.exports import InvalidExportLine
from indelible.testing.stores import edit
from indelible_sql import SqlStore
from indelible_sql.maintenance.export_errors import HistoryDiffers
from indelible_sql.maintenance.import_export import Imported

pytestmark = pytest.mark.slow


def step(
    action: str, at: str, actor: str = "user:grace", concept_id: str = "old/7", **more: object
) -> Document:
    """Return a line of a foreign history."""
    return {
        "concept_id": concept_id,
        "action": action,
        "actor": actor,
        "reason": f"to {action}",
        "at": at,
        **more,
    }


CONTENT = {"name": "Ratio", "definition": "One quantity against another."}
EDITED_CONTENT = {**CONTENT, "examples": ["3 : 4"]}
FOREIGN = [
    step("create", "1999-12-31T23:00:00-05:00", content=CONTENT),
    step(
        "edit",
        "2001-01-01T00:00:00Z",
        "key:hopper",
        content=EDITED_CONTENT,
        change_note="an example",
    ),
    step("create", "2001-01-01T00:00:00Z", concept_id="old/8", content={"name": "Rate"}),
    step("submit", "2001-01-01T00:00:00Z"),
    step("approve", "2003-05-06T07:08:09.123456+02:00", "user:turing"),
]


def json_lines(steps: list[Document]) -> bytes:
    """Write one JSON line for each step."""
    lines = [json.dumps(document).encode() + b"\n" for document in steps]
    return b"".join(lines)


def test_a_foreign_history_is_imported_completely(store: SqlStore) -> None:
    file = json_lines(FOREIGN)

    imported = import_into(store, file)

    assert imported == Imported(
        entities=2, changes=5, entities_already_there=0, file=sha256(file).hexdigest()
    )
    stored = store.read(get_concept, "old/7")
    assert stored.concept.status == "APPROVED"
    assert stored.version.created_by == Actor.parse("key:hopper")
    assert stored.version.change_note == "an example"
    assert "EXPL_EMPTY" in {warning.code for warning in stored.warnings}
    assert not indelible_sql.verify(store)


def test_a_foreign_history_keeps_its_times_and_actors(store: SqlStore) -> None:
    import_into(store, json_lines(FOREIGN))

    changes = store.read(list_history, "old/7")

    # The submit has the time of the edit, and two changes never have the same time.
    submitted_at = datetime(2001, 1, 1, microsecond=1, tzinfo=UTC)
    assert [(change.action, str(change.actor), change.at) for change in changes] == [
        ("create", "user:grace", datetime(2000, 1, 1, 4, tzinfo=UTC)),
        ("edit", "key:hopper", datetime(2001, 1, 1, tzinfo=UTC)),
        ("submit", "user:grace", submitted_at),
        ("approve", "user:turing", datetime(2003, 5, 6, 5, 8, 9, 123456, tzinfo=UTC)),
    ]


def test_every_change_of_a_foreign_history_is_marked_as_imported(store: SqlStore) -> None:
    file = json_lines(FOREIGN)
    import_into(store, file)

    changes = store.read(list_history, "old/7")

    for change in changes:
        mark = change.data["imported"]
        assert mark["by"] == "system:importer"
        assert mark["file"] == sha256(file).hexdigest()
        assert datetime.fromisoformat(mark["at"]) > changes[-1].at


def test_an_imported_foreign_history_is_exported_and_imported(
    store: SqlStore, template_file: Path
) -> None:
    import_into(store, json_lines(FOREIGN))

    with new_store(template_file) as target:
        import_into(target, export_of(store))

        assert export_of(target) == export_of(store)


def test_the_same_foreign_file_is_recognised_and_another_refused(store: SqlStore) -> None:
    import_into(store, json_lines(FOREIGN))

    imported_again = import_into(store, json_lines(FOREIGN))
    shorter_refusal = refused_import(store, json_lines(FOREIGN[:4]))
    edit(store, saved_concept(store, "old/8"))
    refusal_after_edit = refused_import(store, json_lines(FOREIGN))

    assert imported_again.entities_already_there == 2
    assert str(shorter_refusal) == str(HistoryDiffers("concept", "old/7"))
    assert str(refusal_after_edit) == str(HistoryDiffers("concept", "old/8"))


@pytest.mark.parametrize(
    ("step_after", "problem"),
    [
        (step("publish", "2002-01-01T00:00:00Z"), "earlier"),
        (step("submit", "2004-01-01T00:00:00Z"), "INVALID_TRANSITION"),
        (step("create", "2004-01-01T00:00:00Z", content=CONTENT), "INVALID_TRANSITION"),
        (step("publish", "2004-01-01T00:00:00Z", content=CONTENT), "content belongs to"),
        (step("edit", "2004-01-01T00:00:00Z"), "content belongs to"),
        (step("publish", "2004-01-01T00:00:00"), "Not an instant"),
        (step("publish", "yesterday"), "at"),
        ({**step("publish", "2004-01-01T00:00:00Z"), "reason": " "}, "TEXT_BLANK"),
        (step("publish", "2004-01-01T00:00:00Z", hash="0"), "Unknown field"),
        ({"concept_id": "old/7"}, "required field"),
        (step("publish", "2004-01-01T00:00:00Z", concept_id="a b"), "TEXT_HAS_CONTROLS"),
    ],
)
def test_an_impossible_step_is_refused_with_its_line(
    step_after: Document, problem: str, sqlite: SqlStore
) -> None:
    error = refused_import(sqlite, json_lines([*FOREIGN, step_after]))

    assert isinstance(error, InvalidExportLine)
    assert error.line == 6
    assert problem in error.problem


def test_a_foreign_history_that_does_not_begin_with_a_creation_is_refused(
    sqlite: SqlStore,
) -> None:
    error = refused_import(sqlite, json_lines(FOREIGN[1:]))

    assert isinstance(error, InvalidExportLine)
    assert error.line == 1
    assert "INVALID_TRANSITION" in error.problem


def test_an_export_and_a_foreign_history_in_one_file_are_refused(
    export: bytes, sqlite: SqlStore
) -> None:
    refused_import(sqlite, json_lines(FOREIGN) + export)
    refused_import(sqlite, export + json_lines(FOREIGN))
