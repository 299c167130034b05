"""A history of another system is imported with its own times and actors, and is marked."""

import json
from datetime import UTC, datetime
from hashlib import sha256
from itertools import chain, permutations
from pathlib import Path

import pytest
from tests.feeds import changes
from tests.service.exports import (
    Document,
    export_of,
    import_into,
    new_store,
    refused_import,
    saved_concept,
)

import indelible_sql
from indelible.concepts import get_concept, get_version, list_history
from indelible.kernel import Actor, Change
from indelible.kernel.exports import InvalidExportLine, InvalidExportLines
from indelible.testing.stores import edit
from indelible_sql import SqlStore
from indelible_sql.kernel.record_export import HistoryDiffers
from indelible_sql.maintenance.import_export import Imported


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


@pytest.mark.slow
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

    history = store.read(list_history, "old/7")

    # The submit has the time of the edit, and two changes never have the same time.
    submitted_at = datetime(2001, 1, 1, microsecond=1, tzinfo=UTC)
    assert [(change.action, str(change.actor), change.at) for change in history] == [
        ("create", "user:grace", datetime(2000, 1, 1, 4, tzinfo=UTC)),
        ("edit", "key:hopper", datetime(2001, 1, 1, tzinfo=UTC)),
        ("submit", "user:grace", submitted_at),
        ("approve", "user:turing", datetime(2003, 5, 6, 5, 8, 9, 123456, tzinfo=UTC)),
    ]


def test_every_change_of_a_foreign_history_is_marked_as_imported(store: SqlStore) -> None:
    file = json_lines(FOREIGN)
    import_into(store, file)

    history = store.read(list_history, "old/7")

    for change in history:
        mark = change.data["imported"]
        assert mark["by"] == "system:importer"
        assert mark["file"] == sha256(file).hexdigest()
        assert datetime.fromisoformat(mark["at"]) > history[-1].at


@pytest.mark.slow
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


GROWN = [
    *FOREIGN,
    step("publish", "2004-01-01T00:00:00Z"),
    step("create", "2004-01-01T00:00:00Z", concept_id="old/9", content={"name": "Part"}),
]


@pytest.mark.slow
def test_a_source_that_grew_is_continued(store: SqlStore, template_file: Path) -> None:
    import_into(store, json_lines(FOREIGN))
    imported = import_into(store, json_lines(GROWN))
    again = import_into(store, json_lines(GROWN))

    assert (imported.entities, imported.changes, imported.entities_already_there) == (2, 2, 1)
    assert (again.changes, again.entities_already_there) == (0, 3)
    assert not indelible_sql.verify(store)
    with new_store(template_file) as at_once:
        import_into(at_once, json_lines(GROWN))
        for concept_id in ("old/7", "old/8", "old/9"):
            expected = at_once.read(list_history, concept_id)
            history = store.read(list_history, concept_id)
            assert [summary(change) for change in history] == [
                summary(change) for change in expected
            ]


@pytest.mark.parametrize("cut", range(1, len(GROWN)))
def test_a_history_is_imported_in_parts_that_may_overlap(cut: int, sqlite: SqlStore) -> None:
    import_into(sqlite, json_lines(GROWN[:cut]))
    first_ids = {document["concept_id"] for document in GROWN[:cut]}
    import_into(sqlite, json_lines(GROWN[max(0, cut - 1) :]))
    import_into(sqlite, json_lines(GROWN))

    assert len(sqlite.read(list_history, "old/7")) == 5
    assert first_ids <= {"old/7", "old/8", "old/9"}
    assert not indelible_sql.verify(sqlite)


@pytest.mark.parametrize(
    ("line", "change"),
    [
        (0, {"reason": "another"}),
        (0, {"content": EDITED_CONTENT}),
        (1, {"change_note": "another"}),
        (1, {"actor": "key:grace"}),
        (1, {"content": CONTENT}),
        (3, {"at": "2001-01-01T00:00:01Z"}),
        (4, {"reason": "another"}),
    ],
)
def test_a_grown_source_with_another_past_is_refused(
    line: int, change: Document, sqlite: SqlStore
) -> None:
    import_into(sqlite, json_lines(FOREIGN))
    other = [*GROWN]
    other[line] = {**other[line], **change}

    assert str(refused_import(sqlite, json_lines(other))) == str(HistoryDiffers("concept", "old/7"))


def test_a_local_edit_is_never_continued_by_an_import(sqlite: SqlStore) -> None:
    import_into(sqlite, json_lines(FOREIGN))
    edit(sqlite, saved_concept(sqlite, "old/8"))
    later = step("submit", "2999-01-01T00:00:00Z", concept_id="old/8")

    refusal = refused_import(sqlite, json_lines([later]))
    assert str(refusal) == str(HistoryDiffers("concept", "old/8"))


def test_all_invalid_lines_are_reported_at_once_with_their_values(sqlite: SqlStore) -> None:
    lines = [
        *FOREIGN,
        step("publish", "yesterday", hash="0"),
        {**step("publish", "2004-01-01T00:00:00Z"), "reason": " "},
        step("edit", "2004-01-01T00:00:00Z", content={"name": 3}),
        step("submit", "1998-01-01T00:00:00Z", concept_id="old/8"),
        step("submit", "2004-01-01T00:00:00Z", concept_id="old/9"),
    ]
    error = refused_import(sqlite, json_lines(lines) + b"{")

    assert isinstance(error, InvalidExportLines)
    wrong_values = [
        (6, "'yesterday'"),
        (6, "'0'"),
        (7, "' '"),
        (8, "content.name: Not a text. (got 3)"),
        (9, "1998-01-01T00:00:00"),
        (10, "INVALID_TRANSITION"),
        (11, "'{'"),
    ]
    assert len(error.problems) == 6
    for line, value in wrong_values:
        (problem,) = [text for text in error.problems if text.startswith(f"line {line}: ")]
        assert value in problem


@pytest.mark.parametrize(
    "wrong",
    [
        {"at": "yesterday"},
        {"actor": "Grace"},
        {"reason": " "},
        {"content": {"name": 3}},
        {"hash": "0"},
    ],
)
def test_lines_after_an_invalid_one_of_the_same_concept_are_no_faults(
    wrong: Document, sqlite: SqlStore
) -> None:
    lines = [{**FOREIGN[0], **wrong}, *FOREIGN[1:]]
    error = refused_import(sqlite, json_lines(lines))

    assert isinstance(error, InvalidExportLine)
    assert error.line == 1


@pytest.mark.parametrize(
    ("content", "value"),
    [
        ({"name": "Ratio", "definition": "a\x00b"}, "got 'a\\x00b'"),
        ({"name": "Ratio", "definition": "y" * 20_001}, "got 'yyy"),
        ({"name": "Ratio", "examples": ["x"] * 201}, "got ['x', 'x'"),
    ],
)
def test_a_wrong_value_inside_of_the_content_is_shown(
    content: Document, value: str, sqlite: SqlStore
) -> None:
    error = refused_import(sqlite, json_lines([{**FOREIGN[0], "content": content}]))

    assert isinstance(error, InvalidExportLine)
    assert value in error.problem


@pytest.mark.slow
def test_the_report_of_invalid_lines_is_bounded(sqlite: SqlStore) -> None:
    error = refused_import(sqlite, json_lines([{"concept_id": "x" * 10_000}] * 3_000))

    assert isinstance(error, InvalidExportLines)
    assert len(error.problems) == 100
    assert len(str(error)) < 100_000


GRAPH = {"name": "Graph", "definition": "A set of [nodes](#node) and their pairs."}
NODE = {"name": "Node", "definition": "A thing that has pairs."}
BLOCKS = [
    [
        step("create", "2001-01-01T00:00:00Z", concept_id="graph", content=GRAPH),
        step("edit", "2001-01-04T00:00:00Z", concept_id="graph", content=GRAPH),
    ],
    [
        step("create", "2001-01-02T00:00:00Z", concept_id="node", content=NODE),
        step("edit", "2001-01-05T00:00:00Z", concept_id="node", content=NODE),
    ],
    [step("create", "2001-01-03T00:00:00Z", concept_id="copy", content={"name": "node"})],
]
NAMES_OF_THEIR_TIME = {
    ("graph", 1): set[str](),
    ("graph", 2): {"PREREQ_NONE_BUT_REFERENCED"},
    ("node", 1): set[str](),
    ("node", 2): {"NAME_COLLISION"},
    ("copy", 1): {"NAME_COLLISION"},
}


@pytest.mark.parametrize("blocks", list(permutations(BLOCKS)))
def test_a_version_is_compared_with_the_names_of_its_own_time(
    blocks: tuple[list[Document], ...], sqlite: SqlStore
) -> None:
    import_into(sqlite, json_lines(list(chain(*blocks))))

    warned_versions: dict[tuple[str, int], set[str]] = {}
    for concept_id, number in NAMES_OF_THEIR_TIME:
        stored = sqlite.read(get_version, concept_id, number)
        codes = {warning.code for warning in stored.warnings}
        warned_versions[concept_id, number] = codes & {
            "NAME_COLLISION",
            "PREREQ_NONE_BUT_REFERENCED",
        }
    assert warned_versions == NAMES_OF_THEIR_TIME


SAME_INSTANT = "2001-01-01T00:00:00Z"
CROWDED = [
    step("create", SAME_INSTANT, content=CONTENT),
    step("edit", SAME_INSTANT, content=EDITED_CONTENT),
    step("submit", SAME_INSTANT),
    step("create", "2001-01-01T00:00:00.000001Z", concept_id="old/8", content={"name": "Rate"}),
    step("create", "2000-01-01T00:00:00Z", concept_id="old/9", content={"name": "Part"}),
]


@pytest.mark.parametrize("cut", range(1, len(CROWDED)))
def test_the_changes_of_an_import_are_in_the_order_of_time(cut: int, sqlite: SqlStore) -> None:
    import_into(sqlite, json_lines(CROWDED[:cut]))
    before = len(changes(sqlite))
    import_into(sqlite, json_lines(CROWDED))

    times = [change.at for change in changes(sqlite)[before:] if change.lifecycle == "concept"]
    assert len(times) == len(CROWDED) - cut
    assert times == sorted(times)
    assert not indelible_sql.verify(sqlite)


def test_the_first_refused_line_of_each_concept_is_reported(store: SqlStore) -> None:
    lines: list[Document] = []
    for year, action in [(2001, "create"), (2002, "publish"), (2003, "submit"), (2004, "submit")]:
        for concept_id in ("a", "b"):
            at = f"{year}-01-01T00:00:00Z"
            line = step(action, at, concept_id=concept_id)
            if action == "create":
                line["content"] = CONTENT
            lines.append(line)
    lines.append(step("create", "2001-01-01T00:00:00Z", concept_id="c", content=CONTENT))

    error = refused_import(store, json_lines(lines))

    assert isinstance(error, InvalidExportLines)
    assert [problem.split(":")[0] for problem in error.problems] == ["line 3", "line 4"]


def summary(change: Change) -> tuple[object, ...]:
    """Return the values of a change that do not depend on the day of the import."""
    return change.seq, change.action, change.actor, change.reason, change.at, change.version
