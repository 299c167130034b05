"""Exports and imports: nothing is lost, nothing is changed, and nothing is taken on trust."""

import json
import shutil
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from attrs import fields
from sqlalchemy import create_engine
from tests.conftest import POLICY
from tests.examples.loans import LOAN, LOANS, lend
from tests.examples.loans import migrate as migrate_loans
from tests.feeds import changes
from tests.guards.raw_database import postgresql_engine

import indelible_sql
from indelible.concepts import (
    ConceptContent,
    ConceptSaved,
    ConceptVersion,
    get_concept,
    list_history,
)
from indelible.concepts.entities import VersionWarnings
from indelible.kernel import Actor, IndelibleError, canonical_json, exports
from indelible.kernel.exports import ExportDamaged, InvalidExportLine, line_of
from indelible.testing.stores import (
    MAYA,
    CountedIds,
    TickingClock,
    approve,
    create,
    edit,
    published,
    refusal,
    submit,
)
from indelible_service.concepts_import import import_file
from indelible_service.embedded import APP, PostgresServer
from indelible_sql import SqlContext, SqlStore, open_store
from indelible_sql.contexts import CATALOG
from indelible_sql.maintenance.export import export_histories, exported_hashes
from indelible_sql.maintenance.export_entries import FORMAT
from indelible_sql.maintenance.export_errors import ExportIncomplete, HistoryDiffers
from indelible_sql.maintenance.import_export import Imported

pytestmark = pytest.mark.slow

ODD = ConceptContent(
    name="Odd \u2028 name \U0001f600",
    definition="tab\t, line\nbreak, \x01, \u202e, \ufeff and e\u0301",
    examples=("", "a\\u0000b"),
    misconceptions=('"quoted"', "{}"),
    scope_boundaries="",
)
IMPORTER = Actor.system("importer")
Document = dict[str, Any]


class GivenIds(CountedIds):
    """The ids that a test wants."""

    def __init__(self, *ids: str) -> None:
        super().__init__()
        self._given = iter(ids)

    def new(self) -> str:
        return next(self._given)


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest) -> SqlStore:
    found: SqlStore = request.getfixturevalue(request.param)
    return found


@contextmanager
def another(
    file: Path, ids: CountedIds | None = None, contexts: tuple[SqlContext, ...] = ()
) -> Generator[SqlStore]:
    """A store of its own, in a copy of the file."""
    with TemporaryDirectory() as folder:
        path = shutil.copy(file, Path(folder) / "another.db")
        opened = open_store(
            f"sqlite:///{path}",
            policy=POLICY,
            clock=TickingClock(),
            ids=ids or CountedIds(),
            contexts=contexts,
        )
        yield opened
        opened.dispose()


LOANS_CONTEXT = SqlContext(name="loans", heads={LOANS: LOAN})


def declare_loans(store: SqlStore, request: pytest.FixtureRequest) -> None:
    """Create the host's table as the schema's owner."""
    if store.engines.writer.dialect.name == "sqlite":
        declare_loans_on_sqlite(request.getfixturevalue("sqlite_url"))
        return
    database: PostgresServer = request.getfixturevalue("database")
    engine = postgresql_engine(database.owner_url)
    with engine.begin() as connection:
        migrate_loans(connection)
        connection.exec_driver_sql(f"GRANT SELECT, INSERT, UPDATE ON loans TO {APP}")
    engine.dispose()


def declare_loans_on_sqlite(url: str) -> None:
    """Create the host's table in a file."""
    engine = create_engine(url)
    with engine.begin() as connection:
        migrate_loans(connection)
    engine.dispose()


def lend_a_book(store: SqlStore) -> None:
    store.run(lend, ("Ulysses", date(2026, 5, 1)), actor=MAYA, reason="a loan")


@pytest.fixture(scope="module")
def export(template_file: Path) -> bytes:
    """Concepts at several statuses, one corrected, one with every odd character."""
    with another(template_file) as source:
        right = published(source)
        create(source, corrects=right.concept.id)
        edit(source, approve(source, submit(source, edit(source, create(source, ODD)))))
        return exported(source)


def exported(store: SqlStore) -> bytes:
    out = BytesIO()
    store.read(export_histories, out)
    return out.getvalue()


def imported(store: SqlStore, file: bytes) -> Imported:
    return import_file(store, BytesIO(file), by=IMPORTER)


def refused(store: SqlStore, file: bytes) -> IndelibleError:
    """Why the file is refused, once it is certain that it changed nothing."""
    before = changes(store)
    error = refusal(lambda: imported(store, file))
    assert error is not None
    assert changes(store) == before
    return error


def standing(store: SqlStore, concept_id: str) -> ConceptSaved:
    """The concept as it stands, in the shape that the next step takes."""
    shown = store.read(get_concept, concept_id)
    return ConceptSaved(
        concept=shown.concept,
        version=shown.version,
        warnings=shown.warnings,
        current_warnings=(),
        seq=shown.seq,
    )


def documents(file: bytes) -> list[Document]:
    return [json.loads(line) for line in file.split(b"\n") if line]


def dumped(value: object) -> bytes:
    """As `canonical` writes it, floats too."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def sealed(entries: list[Document]) -> bytes:
    """An export of these entries whose first and last line are right: what a forger would make."""
    body = line_of({"format": FORMAT}) + b"".join(dumped(each) + b"\n" for each in entries)
    return body + dumped({"digest": sha256(body).hexdigest()}) + b"\n"


def test_an_export_is_the_same_through_every_store(
    export: bytes, sqlite: SqlStore, postgresql: SqlStore
) -> None:
    file = export
    for each in (sqlite, postgresql):
        assert imported(each, file) == Imported(
            entities=3, changes=10, entities_already_there=0, file=sha256(file).hexdigest()
        )
        file = exported(each)

    assert file == export
    assert not indelible_sql.verify(sqlite)
    assert not indelible_sql.verify(postgresql)


def test_an_export_is_canonical_in_order_and_names_its_own_digest(export: bytes) -> None:
    header, *entries, footer = documents(export)
    order = [entry["change"]["at"] for entry in entries]
    body = export[: export.rindex(b"\n", 0, -1) + 1]

    assert header == {"format": FORMAT}
    assert order == sorted(order)
    assert footer == {"digest": sha256(body).hexdigest()}
    assert export == b"".join(f"{canonical_json(each)}\n".encode() for each in documents(export))


def test_an_empty_store_has_an_export_too(store: SqlStore) -> None:
    file = exported(store)

    assert imported(store, file).entities == 0
    assert exported(store) == file


def test_history_of_an_unregistered_lifecycle_is_exported_only_when_left_out(
    store: SqlStore, export: bytes, request: pytest.FixtureRequest
) -> None:
    imported(store, export)
    declare_loans(store, request)
    lend_a_book(store)

    assert str(refusal(lambda: exported(store))) == str(ExportIncomplete(("loan",)))

    out = BytesIO()
    store.read(export_histories, out, leaving_out=("loan",))
    assert out.getvalue() == export


def test_a_registered_context_of_a_host_is_exported_and_imported(
    template_file: Path,
) -> None:
    with (
        another(template_file, contexts=(LOANS_CONTEXT,)) as source,
        another(template_file, contexts=(LOANS_CONTEXT,)) as target,
    ):
        for each in (source, target):
            declare_loans_on_sqlite(each.own_url)
        lend_a_book(source)

        imported(target, exported(source))

        assert exported(target) == exported(source)
        assert not indelible_sql.verify(target)
        assert {each.changed for each in indelible_sql.rebuild(target)} == {()}


def test_what_is_there_already_is_recognised_and_left_alone(store: SqlStore, export: bytes) -> None:
    imported(store, export)
    before = changes(store)

    assert imported(store, export).entities_already_there == 3
    assert changes(store) == before


def test_one_differing_history_keeps_the_whole_file_out(store: SqlStore, export: bytes) -> None:
    *_, last = documents(export)[:-1]
    concept_id = last["change"]["entity_id"]
    only = [each for each in documents(export)[1:-1] if each["change"]["entity_id"] == concept_id]
    imported(store, sealed(only[:-1]))

    assert str(refused(store, export)) == str(HistoryDiffers("concept", concept_id))


def test_work_goes_on_after_an_import(store: SqlStore, export: bytes) -> None:
    imported(store, export)
    last = documents(export)[-2]["change"]
    shown = store.read(get_concept, last["entity_id"])
    saved = approve(store, standing(store, last["entity_id"]))

    assert (shown.seq, saved.seq) == (last["seq"], last["seq"] + 1)
    assert documents(exported(store))[-2]["change"]["prev_hash"] == last["hash"]


def test_no_flipped_byte_comes_in(export: bytes, sqlite: SqlStore) -> None:
    for place in range(0, len(export), 41):
        flipped = export[:place] + bytes([export[place] ^ 1]) + export[place + 1 :]
        refused(sqlite, flipped)


def test_no_shortened_file_comes_in(export: bytes, sqlite: SqlStore) -> None:
    whole = export.split(b"\n")
    for count in range(len(whole) - 1):
        refused(sqlite, b"\n".join(whole[:count]))
        refused(sqlite, b"\n".join(whole[count + 1 :]))


def forge(change: Callable[[list[Document]], object]) -> Callable[[bytes], bytes]:
    def forged(file: bytes) -> bytes:
        entries = documents(file)[1:-1]
        change(entries)
        return sealed(entries)

    return forged


VERSION, WARNINGS = "concept_versions", "concept_warnings"
FORGERIES: dict[str, Callable[[list[Document]], object]] = {
    "another reason": lambda all_: all_[0]["change"].update(reason="another"),
    "another actor": lambda all_: all_[1]["change"].update(actor="user:eve"),
    "another instant": lambda all_: all_[3]["change"].update(at="2027-01-01T00:00:00.000000+00:00"),
    "time that stands still": lambda all_: all_[1]["change"].update(at=all_[0]["change"]["at"]),
    "an invented state": lambda all_: all_[1]["change"].update(to_state="PERFECT"),
    "a change left out": lambda all_: all_.pop(1),
    "a change told twice": lambda all_: all_.insert(1, all_[1]),
    "a concept told in two places": lambda all_: all_.append(all_[0]),
    "two changes swapped": lambda all_: all_.insert(0, all_.pop(1)),
    "no records": lambda all_: all_[0].pop("records"),
    "other content": lambda all_: all_[0]["records"][VERSION].update(name="Other"),
    "content of another kind": lambda all_: all_[0]["records"][VERSION].update(examples=[1]),
    "a column of its own": lambda all_: all_[0]["records"][VERSION].update(more=1),
    "a column that is derived": lambda all_: all_[0]["records"][VERSION].update(name_key="ratio"),
    "a column left out": lambda all_: all_[0]["records"][VERSION].pop("scope_boundaries"),
    "a warning left out": lambda all_: all_[0]["records"][WARNINGS]["warnings"].pop(),
    "other rules": lambda all_: all_[0]["records"][WARNINGS].update(ruleset=2),
    "a version left out": lambda all_: all_[0]["records"].pop(VERSION),
    "warnings left out": lambda all_: all_[0]["records"].pop(WARNINGS),
    "a version too many": lambda all_: all_[1].update(records=all_[0]["records"]),
    "a version's id given twice": lambda all_: all_[4]["records"][VERSION].update(
        id=all_[0]["records"][VERSION]["id"]
    ),
    "a version of another concept": lambda all_: all_[0]["records"][VERSION].update(
        concept_id="other"
    ),
    "no lifecycle of ours": lambda all_: all_[1]["change"].update(lifecycle="loan"),
    "another lifecycle": lambda all_: all_[0]["change"].update(lifecycle="key"),
    "a text for a number": lambda all_: all_[0]["change"].update(seq="1"),
    "true for a number": lambda all_: all_[0]["change"].update(seq=True),
    "a text for a list": lambda all_: all_[0]["records"][VERSION].update(examples="abc"),
    "a list for data": lambda all_: all_[0]["change"].update(data=[]),
    "an instant without a zone": lambda all_: all_[0]["change"].update(at="2026-01-01T00:00:00"),
    "a year before ours": lambda all_: all_[0]["change"].update(at="1999-01-01T00:00:00+00:00"),
    "a blank reason": lambda all_: all_[0]["change"].update(reason=" "),
    "a hidden control": lambda all_: all_[0]["change"].update(reason="a\x1bb"),
    "an actor of no kind": lambda all_: all_[0]["change"].update(actor="maya"),
    "a request id with spaces": lambda all_: all_[0]["change"].update(request_id="a b"),
    "a field of its own": lambda all_: all_[0]["change"].update(more=1),
    "a field amiss": lambda all_: all_[0]["change"].pop("reason"),
    "an unknown severity": lambda all_: all_[0]["records"][WARNINGS]["warnings"][0].update(
        severity="fatal"
    ),
    "a name too long": lambda all_: all_[0]["records"][VERSION].update(name="x" * 1_001),
    "NUL": lambda all_: all_[0]["change"]["data"].update(note="a\x00"),
    "half a surrogate pair in data": lambda all_: all_[0]["change"]["data"].update({"note\x00": 1}),
    "data too deep": lambda all_: all_[0]["change"]["data"].update(
        note=json.loads("[" * 40 + "]" * 40)
    ),
}


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forged_export_is_refused_though_its_own_digest_is_right(
    export: bytes, name: str, sqlite: SqlStore
) -> None:
    assert isinstance(refused(sqlite, forge(FORGERIES[name])(export)), InvalidExportLine)


Forgery = Callable[[Document], object]


def rehashed(file: bytes, forgery: Forgery) -> bytes:
    """Return the export with a forged first line and recomputed digests of that concept."""
    entries = documents(file)[1:-1]
    first, version, warned = (
        entries[0]["change"],
        *(entries[0]["records"][name] for name in (VERSION, WARNINGS)),
    )
    forgery(entries[0])
    content = {name: version[name] for name in field_names(ConceptContent)}
    version_values = {name: version[name] for name in field_names(ConceptVersion, "content")}
    version_values["content"] = content
    warning_values = [warned[name] for name in field_names(VersionWarnings)]
    first["data"]["version"] = sha256(dumped(version_values)).hexdigest()
    first["data"]["warnings"] = sha256(dumped(warning_values)).hexdigest()
    last = ""
    for change in (
        each["change"] for each in entries if each["change"]["entity_id"] == first["entity_id"]
    ):
        change["prev_hash"] = last
        rest = {name: value for name, value in change.items() if name != "hash"}
        last = change["hash"] = sha256(dumped(rest)).hexdigest()
    return sealed(entries)


def field_names(record: type[Any], *omitted: str) -> list[str]:
    """Return the fields that a record's digest covers, in order, without the omitted ones."""
    names = [attribute.name for attribute in fields(record)]
    return [name for name in names if name not in omitted]


def test_an_export_with_recomputed_digests_is_the_same(export: bytes) -> None:
    assert rehashed(export, lambda _: None) == export


def of_rules(number: object) -> Forgery:
    def forgery(entry: Document) -> None:
        entry["change"]["data"]["ruleset"] = entry["records"][WARNINGS]["ruleset"] = number

    return forgery


def of(kind: str, **values: object) -> Forgery:
    return lambda entry: (entry["change"] if kind == "change" else entry["records"][kind]).update(
        values
    )


def of_data(**values: object) -> Forgery:
    return lambda entry: entry["change"]["data"].update(values)


def deep(levels: int) -> object:
    return json.loads("[" * levels + "]" * levels)


def test_warnings_come_back_with_the_number_of_the_rules_that_found_them(
    export: bytes, store: SqlStore
) -> None:
    rules = [
        each["records"][WARNINGS]["ruleset"] for each in documents(export)[1:-1] if each["records"]
    ]
    assert set(rules) == {1}
    newer = rehashed(export, of_rules(2))
    imported(store, newer)

    assert exported(store) == newer
    assert not indelible_sql.verify(store)


@pytest.mark.parametrize(
    "forgery",
    [
        of_rules("1"),
        of_rules(number=True),
        of_rules(0),
        of_rules(2**63),
        of(VERSION, examples=[1]),
        of(VERSION, examples={}),
        of(VERSION, name=5),
        of(VERSION, name="x" * 1_001),
        of(VERSION, definition="a\x00b"),
        of(VERSION, created_by="maya"),
        of(VERSION, created_at="2026-01-01T00:00:01Z"),
        of(VERSION, created_at="2026-01-01T00:00:09.000000+00:00"),
        of(VERSION, concept_id="other"),
        of(VERSION, version_number=2),
        of(VERSION, version_number=True),
        of(VERSION, version_number=1.0),
        of(WARNINGS, warnings=[{"code": "X"}]),
        of(WARNINGS, warnings={}),
        of(WARNINGS, concept_id="other"),
        of(WARNINGS, computed_at="2026-01-01T00:00:09.000000+00:00"),
        of("change", reason=" "),
        of("change", actor="maya"),
        of("change", at="1999-01-01T00:00:00.000000+00:00"),
        of("change", request_id="a b"),
        of("change", lifecycle="key"),
        of("change", version=True),
        of("change", more=1),
        of_data(x=0.5),
        of_data(**{"x\x00": 1}),
        of_data(x=deep(40)),
        of_data(x=deep(400)),
    ],
)
def test_a_forger_who_makes_every_hash_again_is_bound_to_what_can_be_kept(
    sqlite: SqlStore, postgresql: SqlStore, export: bytes, forgery: Forgery
) -> None:
    for store in (sqlite, postgresql):
        assert isinstance(refused(store, rehashed(export, forgery)), InvalidExportLine)


def test_a_versions_id_that_another_concept_has_keeps_the_whole_file_out(
    sqlite: SqlStore, postgresql: SqlStore, template_file: Path
) -> None:
    for store in (sqlite, postgresql):
        kept = create(store)
        with another(template_file, GivenIds("first", "new", "second", kept.version.id)) as source:
            create(source)
            create(source)
            error = refused(store, exported(source))

        assert isinstance(error, InvalidExportLine)
        assert (error.line, "concept_versions" in error.problem) == (3, True)


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
def test_hostile_bytes_are_one_bad_line(hostile: bytes, sqlite: SqlStore) -> None:
    error = refused(sqlite, hostile)

    assert isinstance(error, InvalidExportLine)
    assert error.line == 1


def test_what_stands_behind_the_last_line_damages_an_export(
    export: bytes, sqlite: SqlStore
) -> None:
    assert isinstance(refused(sqlite, export + export), InvalidExportLine)
    assert isinstance(refused(sqlite, export + b"{}"), InvalidExportLine)


def test_an_export_of_another_format_is_not_taken_for_ours(export: bytes, sqlite: SqlStore) -> None:
    body = export.replace(FORMAT.encode(), b"indelible concepts 2").rpartition(b'{"digest"')[0]
    other = body + f"{canonical_json({'digest': sha256(body).hexdigest()})}\n".encode()

    assert isinstance(refused(sqlite, other), InvalidExportLine)


def test_a_line_and_a_file_have_their_limits(
    export: bytes, sqlite: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "MAX_LINES", 3)
    assert str(refused(sqlite, export)) == str(InvalidExportLine(4, "more than 3 lines"))

    monkeypatch.setattr(exports, "MAX_LINE_BYTES", 60)
    assert str(refused(sqlite, export)) == str(InvalidExportLine(2, "longer than 60 bytes"))


def test_the_hashes_of_an_export_are_all_of_its_changes_or_none(export: bytes) -> None:
    assert exported_hashes(BytesIO(export), CATALOG) == {
        entry["change"]["hash"] for entry in documents(export)[1:-1]
    }
    with pytest.raises(ExportDamaged):
        exported_hashes(BytesIO(export[: export.rindex(b'{"digest"')]), CATALOG)


# Histories of other systems


def step(
    action: str, at: str, actor: str = "user:grace", concept_id: str = "old/7", **more: object
) -> Document:
    said = {
        "concept_id": concept_id,
        "action": action,
        "actor": actor,
        "reason": f"to {action}",
        "at": at,
    }
    return said | more


FIRST = {"name": "Ratio", "definition": "One quantity against another."}
FOREIGN = [
    step("create", "1999-12-31T23:00:00-05:00", content=FIRST),
    step(
        "edit",
        "2001-01-01T00:00:00Z",
        "key:hopper",
        content=FIRST | {"examples": ["3 : 4"]},
        change_note="an example",
    ),
    step("create", "2001-01-01T00:00:00Z", concept_id="old/8", content={"name": "Rate"}),
    step("submit", "2001-01-01T00:00:00Z"),
    step("approve", "2003-05-06T07:08:09.123456+02:00", "user:turing"),
]


def jsonl(steps: list[Document]) -> bytes:
    return b"".join(json.dumps(each).encode() + b"\n" for each in steps)


def test_a_foreign_history_keeps_its_times_and_actors_and_is_marked(store: SqlStore) -> None:
    file = jsonl(FOREIGN)
    assert imported(store, file) == Imported(
        entities=2, changes=5, entities_already_there=0, file=sha256(file).hexdigest()
    )

    changes = store.read(list_history, "old/7")
    assert [(change.action, str(change.actor), change.at) for change in changes] == [
        ("create", "user:grace", datetime(2000, 1, 1, 4, tzinfo=UTC)),
        ("edit", "key:hopper", datetime(2001, 1, 1, tzinfo=UTC)),
        (
            "submit",
            "user:grace",
            datetime(2001, 1, 1, microsecond=1, tzinfo=UTC),
        ),  # an entity's time never stands still
        ("approve", "user:turing", datetime(2003, 5, 6, 5, 8, 9, 123456, tzinfo=UTC)),
    ]
    assert {change.data["imported"]["by"] for change in changes} == {"system:importer"}
    assert {change.data["imported"]["file"] for change in changes} == {sha256(file).hexdigest()}
    assert all(
        datetime.fromisoformat(change.data["imported"]["at"]) > changes[-1].at for change in changes
    )
    shown = store.read(get_concept, "old/7")
    assert (shown.concept.status, shown.version.created_by, shown.version.change_note) == (
        "APPROVED",
        Actor.parse("key:hopper"),
        "an example",
    )
    assert "EXPL_EMPTY" in {warning.code for warning in shown.warnings}
    assert not indelible_sql.verify(store)


def test_a_foreign_history_once_imported_travels_as_ours(
    store: SqlStore, template_file: Path
) -> None:
    imported(store, jsonl(FOREIGN))
    with another(template_file) as target:
        imported(target, exported(store))

        assert exported(target) == exported(store)


def test_the_same_foreign_file_is_recognised_and_another_refused(store: SqlStore) -> None:
    imported(store, jsonl(FOREIGN))

    assert imported(store, jsonl(FOREIGN)).entities_already_there == 2
    assert str(refused(store, jsonl(FOREIGN[:4]))) == str(HistoryDiffers("concept", "old/7"))
    edit(store, standing(store, "old/8"))
    assert str(refused(store, jsonl(FOREIGN))) == str(HistoryDiffers("concept", "old/8"))


@pytest.mark.parametrize(
    ("steps", "line", "problem"),
    [
        ([*FOREIGN, step("publish", "2002-01-01T00:00:00Z")], 6, "earlier"),
        ([*FOREIGN, step("submit", "2004-01-01T00:00:00Z")], 6, "INVALID_TRANSITION"),
        (
            [*FOREIGN, step("create", "2004-01-01T00:00:00Z", content=FIRST)],
            6,
            "INVALID_TRANSITION",
        ),
        (
            [*FOREIGN, step("publish", "2004-01-01T00:00:00Z", content=FIRST)],
            6,
            "content belongs to",
        ),
        ([*FOREIGN, step("edit", "2004-01-01T00:00:00Z")], 6, "content belongs to"),
        (FOREIGN[1:], 1, "INVALID_TRANSITION"),
        ([*FOREIGN, step("publish", "2004-01-01T00:00:00")], 6, "Not an instant"),
        ([*FOREIGN, step("publish", "yesterday")], 6, "at"),
        ([*FOREIGN, step("publish", "2004-01-01T00:00:00Z") | {"reason": " "}], 6, "TEXT_BLANK"),
        ([*FOREIGN, step("publish", "2004-01-01T00:00:00Z", hash="0")], 6, "Unknown field"),
        ([*FOREIGN, {"concept_id": "old/7"}], 6, "required field"),
        (
            [*FOREIGN, step("publish", "2004-01-01T00:00:00Z", concept_id="a b")],
            6,
            "TEXT_HAS_CONTROLS",
        ),
    ],
)
def test_a_foreign_history_that_cannot_have_been_names_its_line(
    steps: list[Document], line: int, problem: str, sqlite: SqlStore
) -> None:
    error = refused(sqlite, jsonl(steps))

    assert isinstance(error, InvalidExportLine)
    assert error.line == line
    assert problem in error.problem


def test_an_export_and_a_foreign_history_do_not_mix(export: bytes, sqlite: SqlStore) -> None:
    refused(sqlite, jsonl(FOREIGN) + export)
    refused(sqlite, export + jsonl(FOREIGN))


def test_an_importer_is_told_by_the_reason_in_nobody_elses_name(
    store: SqlStore, export: bytes
) -> None:
    imported(store, export)

    assert {change.actor for change in changes(store)} == {MAYA, Actor.user("noor")}
