"""Bulk records: one change adds many rows, and both databases and the memory store count them."""

from collections.abc import Generator, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from attrs import evolve, frozen
from sqlalchemy import (
    ColumnElement,
    Executable,
    create_engine,
    insert,
    literal_column,
    select,
    text,
    update,
)
from sqlalchemy.exc import DBAPIError
from tests.conftest import POLICY
from tests.examples.payrolls import (
    CONTEXT,
    DOUBTS,
    HEADS,
    PAYROLL,
    PAYROLLS,
    PAYSLIPS,
    Doubt,
    Payroll,
    Payslip,
    import_payroll,
    migrate,
    move,
    open_payroll,
    payslips,
)

from indelible.kernel import Actor, AuditContext, Change, Stale, UsageError
from indelible.kernel.aggregates import change_for, save_change, save_changes
from indelible.kernel.bulk import (
    AnyBulk,
    Bulk,
    BulkDiffers,
    BulkMismatch,
    BulkRecord,
    BulkTypes,
)
from indelible.kernel.exports import InvalidExportLine, line_of
from indelible.kernel.values import field_values
from indelible.memory.aggregates import MemoryAggregateRepository
from indelible.memory.history import MemoryHistory
from indelible_service.embedded import PostgresServer
from indelible_sql import (
    Fault,
    HeadMapping,
    SqlAggregateRepository,
    SqlStore,
    SqlTransaction,
    export_histories,
    import_histories,
    open_store,
    rebuild,
    verify,
)
from indelible_sql.engine.errors import GuardViolation
from indelible_sql.engine.prepared import SCHEMA
from indelible_sql.maintenance.export_bulk import ROWS_PER_LINE
from indelible_sql.schema.tables import HISTORY

pytestmark = pytest.mark.slow

MAYA = Actor.user("maya")
NOW = datetime(2026, 1, 1, tzinfo=UTC)
LATER = timedelta(days=1)
# Rows added to a change later, to the next change and the one before, and to nothing.
ADDED_ROWS = (
    ("number", "number + 1000000"),
    ("seq", "seq + 1"),
    ("seq", "seq - 1"),
    ("entity_id", "entity_id || 'x'"),
)
AUDIT = AuditContext(actor=MAYA, reason="a test")
NO_DOUBTS = Bulk.of(Doubt)
GRANTS = (
    "GRANT SELECT, INSERT, UPDATE ON payrolls TO indelible_app",
    "GRANT SELECT, INSERT ON payslips, doubts TO indelible_app",
)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.dose)])
def urls(request: pytest.FixtureRequest) -> tuple[str, str]:
    """The address of a database with payrolls, for the application and for its owner."""
    if request.param == "sqlite":
        url: str = request.getfixturevalue("sqlite_url")
        prepare(url)
        return url, url
    database: PostgresServer = request.getfixturevalue("database")
    prepare(database.owner_url, *GRANTS)
    return database.url, database.owner_url


def prepare(url: str, *grants: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        migrate(connection)
        for grant in grants:
            connection.execute(text(grant))
    engine.dispose()


@pytest.fixture
def store(urls: tuple[str, str]) -> Generator[SqlStore]:
    opened = open_store(urls[0], contexts=(CONTEXT,), policy=POLICY)
    yield opened
    opened.dispose()


def opened_payroll(store: SqlStore) -> Payroll:
    return store.run(open_payroll, "May", actor=MAYA, reason="a test")


def moved(store: SqlStore, payroll: Payroll, action: str, *bulk: AnyBulk) -> Payroll:
    return store.run(move, (payroll.id, action, bulk), actor=MAYA, reason="a test")


def paid_payroll(store: SqlStore, count: int = 3) -> Payroll:
    payroll = opened_payroll(store)
    return moved(store, payroll, "pay", payslips(count, NOW), NO_DOUBTS)


def last_change(store: SqlStore, payroll: Payroll) -> Change:
    return store.read(lambda tx: tx.history.of(PAYROLL.name, payroll.id))[-1]


def stored_rows(
    store: SqlStore, payroll: Payroll, *, seq: int, after: int = 0, limit: int | None = None
) -> tuple[Payslip, ...]:
    return store.read(
        lambda tx: SqlAggregateRepository(tx.session, HEADS).bulk_rows(
            Payslip, payroll.id, seq=seq, after=after, limit=limit
        )
    )


def test_a_change_adds_its_rows_and_holds_their_count_and_digest(store: SqlStore) -> None:
    payroll = opened_payroll(store)
    bulk = payslips(3, NOW)
    paid = moved(store, payroll, "pay", bulk, NO_DOUBTS)

    assert stored_rows(store, paid, seq=2) == bulk.rows
    assert stored_rows(store, paid, seq=2, after=1, limit=1) == bulk.rows[1:2]
    assert last_change(store, paid).data == {
        "month": "May",
        "payslips": {"count": 3, "digest": bulk.digest},
        "doubts": {"count": 0, "digest": NO_DOUBTS.digest},
    }
    assert verify(store) == ()


def test_every_change_of_an_aggregate_has_rows_of_its_own(store: SqlStore) -> None:
    payroll = paid_payroll(store)
    correction = payslips(1, NOW + LATER)
    moved(store, payroll, "correct", correction)
    moved(store, payroll, "correct", payslips(0, NOW))

    assert len(stored_rows(store, payroll, seq=2)) == 3
    assert stored_rows(store, payroll, seq=3) == correction.rows
    assert stored_rows(store, payroll, seq=4) == ()
    assert verify(store) == ()


def test_the_change_that_creates_an_aggregate_can_add_rows(store: SqlStore) -> None:
    bulk = payslips(2, NOW)
    payroll = store.run(import_payroll, ("May", (bulk,)), actor=MAYA, reason="a test")

    assert stored_rows(store, payroll, seq=1) == bulk.rows
    assert verify(store) == ()


def test_a_stale_change_adds_no_rows(store: SqlStore) -> None:
    payroll = opened_payroll(store)
    head = store.read(lambda tx: SqlAggregateRepository(tx.session, HEADS).get(payroll.id))
    moved(store, payroll, "postpone")

    def pay(tx: SqlTransaction, _: None) -> None:
        repository = SqlAggregateRepository(tx.session, HEADS)
        paid = head.entity.transition("pay", now=tx.clock.now())
        bulk = (payslips(3, NOW), NO_DOUBTS)
        save_change(tx, repository, head, paid, "pay", bulk=bulk)

    with pytest.raises(Stale):
        store.run(pay, None, actor=MAYA, reason="a test")

    assert stored_rows(store, payroll, seq=2) == ()
    assert verify(store) == ()


def test_missing_and_undeclared_rows_are_refused_by_the_domain(store: SqlStore) -> None:
    payroll = opened_payroll(store)
    wrong: tuple[tuple[str, tuple[AnyBulk, ...]], ...] = (
        ("pay", ()),
        ("pay", (payslips(1, NOW),)),
        ("pay", (NO_DOUBTS, payslips(1, NOW))),
        ("postpone", (payslips(0, NOW),)),
    )

    for action, bulk in wrong:
        with pytest.raises(BulkDiffers):
            moved(store, payroll, action, *bulk)


def save_unchecked(tx: SqlTransaction, command: tuple[str, str, dict[str, Any]]) -> None:
    """Save a change without rows, as a defect of a repository could."""
    payroll_id, action, data = command
    repository = SqlAggregateRepository(tx.session, UNCHECKED_HEADS)
    head = repository.lock(payroll_id)
    payroll = head.entity.transition(action, now=tx.clock.now())
    save_change(tx, repository, head, payroll, action, data=data)


class Unchecked(Payroll):
    """A payroll that declares no rows."""

    bulk_records = MappingProxyType({})


UNCHECKED_HEADS = evolve(HEADS, entity=Unchecked, bulk={})


@pytest.mark.parametrize(
    ("action", "data"),
    [
        ("pay", {}),
        ("pay", {"payslips": {"count": 1}, "doubts": {"count": 0}}),
        ("pay", {"payslips": {"count": 0}, "doubts": {"count": "0 "}}),
        ("pay", {"payslips": {"count": False}, "doubts": {"count": 0}}),
        ("pay", {"payslips": 0, "doubts": {"count": 0}}),
    ],
)
def test_the_databases_refuse_a_change_without_the_rows_that_it_counts(
    store: SqlStore, action: str, data: dict[str, Any]
) -> None:
    payroll = opened_payroll(store)

    with pytest.raises(GuardViolation, match="history_needs_"):
        store.run(save_unchecked, (payroll.id, action, data), actor=MAYA, reason="a test")

    assert verify(store) == ()


# Raw SQL


def refusal(url: str, *statements: Executable) -> str:
    """Run raw statements in one transaction, and return the text of their refusal or ''."""
    engine = create_engine(url)
    own_schema = None if engine.dialect.name == "sqlite" else SCHEMA
    try:
        with engine.begin() as connection:
            for statement in statements:
                options = {"schema_translate_map": {SCHEMA: own_schema}}
                connection.execute(statement, execution_options=options)
    except DBAPIError as error:
        return str(error.orig)
    finally:
        engine.dispose()

    return ""


def test_raw_sql_neither_adds_nor_changes_nor_removes_rows_of_a_change(
    urls: tuple[str, str], store: SqlStore
) -> None:
    paid_payroll(store)
    columns = [column for column in PAYSLIPS.columns if column.computed is None]
    for url in urls:
        for name, value in ADDED_ROWS:
            values: list[ColumnElement[Any]] = [
                literal_column(value) if each.name == name else each for each in columns
            ]
            statement = insert(PAYSLIPS).from_select(columns, select(*values))
            assert "payslips_" in refusal(url, statement), value
        for change in ("DELETE FROM payslips", "UPDATE payslips SET paid_minor = 0"):
            assert refusal(url, text(change)), change
    assert verify(store) == ()


def next_payment(store: SqlStore, payroll: Payroll) -> Change:
    """Return the change that pays a payroll with three payslips."""
    head = store.read(lambda tx: SqlAggregateRepository(tx.session, HEADS).get(payroll.id))
    paid = payroll.transition("pay", now=payroll.updated_at + LATER)
    return change_for(AUDIT, head, paid, "pay", bulk=(payslips(3, NOW), NO_DOUBTS))


def raw_payment(change: Change, numbers: Sequence[int], *, rows_last: bool) -> list[Executable]:
    """Return the statements that pay a payroll with rows of these numbers."""
    payroll_id = change.entity_id
    columns = {"status": "PAID", "seq": 2, "hash": change.hash, "updated_at": change.at}
    moving = update(PAYROLLS).where(PAYROLLS.c.id == payroll_id).values(columns)
    adding = insert(HISTORY).values(field_values(change))
    rows: list[Executable] = []
    for row in payslips(max(numbers, default=0), NOW).rows:
        if row.number in numbers:
            values = {**field_values(row), "entity_id": payroll_id, "seq": 2}
            rows.append(insert(PAYSLIPS).values(values))

    if rows_last:
        return [moving, adding, *rows]
    return [moving, *rows, adding]


@pytest.mark.parametrize(
    ("numbers", "rows_last"),
    [
        ((1, 2), False),
        ((1, 2, 3, 4), False),
        ((1, 2, 4), False),
        ((2, 3, 4), False),
        ((), False),
        ((1, 2, 3), True),
    ],
    ids=["one-missing", "one-too-many", "a-gap", "not-from-1", "none", "after-the-change"],
)
def test_raw_sql_adds_exactly_the_rows_that_the_change_counts(
    urls: tuple[str, str], store: SqlStore, numbers: tuple[int, ...], *, rows_last: bool
) -> None:
    change = next_payment(store, opened_payroll(store))

    for url in urls:
        statements = raw_payment(change, numbers, rows_last=rows_last)
        assert "history_needs_payslips" in refusal(url, *statements)
    assert verify(store) == ()


def test_raw_sql_that_adds_all_rows_before_their_change_is_accepted(
    urls: tuple[str, str], store: SqlStore
) -> None:
    change = next_payment(store, opened_payroll(store))

    assert refusal(urls[0], *raw_payment(change, (1, 2, 3), rows_last=False)) == ""
    assert verify(store) == ()


def test_rows_of_a_head_that_does_not_move_are_refused(
    urls: tuple[str, str], store: SqlStore
) -> None:
    payroll = opened_payroll(store)
    (row,) = payslips(1, NOW).rows

    for seq in (1, 2):
        values = {**field_values(row), "entity_id": payroll.id, "seq": seq}
        statement = insert(PAYSLIPS).values(values)
        assert "payslips_in_change" in refusal(urls[0], statement)


# Verify, rebuild, export and import

TAMPERS = {
    "UPDATE payslips SET paid_minor = 7 WHERE number = 2": "the digest of the rows differs",
    "DELETE FROM payslips WHERE number = 3": "2 rows, and their change counts others",
    "UPDATE payslips SET number = 4 WHERE number = 3": "the digest of the rows differs",
    "UPDATE payslips SET seq = 1": "no change added them",
}


@pytest.mark.parametrize("tamper", TAMPERS)
def test_verify_names_rows_that_were_changed_without_guards(
    urls: tuple[str, str], store: SqlStore, tamper: str
) -> None:
    payroll = paid_payroll(store)
    without_guards = [text("ALTER TABLE payslips DISABLE TRIGGER USER")]
    if urls[0].startswith("sqlite"):
        without_guards = [
            text(f"DROP TRIGGER payslips_no_{event}") for event in ("update", "delete")
        ]
    assert refusal(urls[1], *without_guards, text(tamper)) == ""

    findings = [finding for finding in verify(store) if finding.table == "payslips"]
    guards = [finding for finding in findings if finding.fault is Fault.SCHEMA]
    rows = [finding for finding in findings if finding.fault is not Fault.SCHEMA]

    assert "guard payslips_no_update is missing or disabled" in {each.detail for each in guards}
    assert rows[0].entity_id == payroll.id
    assert TAMPERS[tamper] in rows[0].detail


def test_rebuild_leaves_heads_with_rows_as_they_are(urls: tuple[str, str], store: SqlStore) -> None:
    paid_payroll(store)
    results = {result.table: result for result in rebuild(store, urls[1])}

    assert (results["payrolls"].rows, results["payrolls"].changed) == (1, ())


def exported(store: SqlStore) -> bytes:
    out = BytesIO()
    store.read(export_histories, out)
    return out.getvalue()


def test_an_export_contains_the_rows_and_an_import_restores_them(
    store: SqlStore, tmp_path: Path
) -> None:
    payroll = paid_payroll(store, ROWS_PER_LINE + 1)
    moved(store, payroll, "correct", payslips(2, NOW))
    content = exported(store)

    url = f"sqlite:///{tmp_path}/copy.db"
    copy = open_store(url, contexts=(CONTEXT,), policy=POLICY)
    copy.upgrade()
    prepare(url)
    imported = import_histories(copy, BytesIO(content), by=MAYA)
    again = import_histories(copy, BytesIO(content), by=MAYA)

    assert (imported.changes, again.changes, again.entities_already_there) == (3, 0, 1)
    assert stored_rows(copy, payroll, seq=2) == stored_rows(store, payroll, seq=2)
    assert exported(copy) == content
    assert verify(copy) == ()
    copy.dispose()


def sealed(lines: Sequence[bytes]) -> BytesIO:
    """Return an export of these lines, with their digest."""
    content = b"".join(lines)
    return BytesIO(content + line_of({"digest": sha256(content).hexdigest()}))


@pytest.mark.parametrize("damage", ["left out", "changed", "twice", "first", "unknown"])
def test_an_export_with_other_rows_than_its_changes_count_is_refused(
    store: SqlStore, damage: str
) -> None:
    paid_payroll(store)
    first, opening, paying, rows, _ = exported(store).splitlines(keepends=True)
    lines = {
        "left out": [first, opening, paying],
        "changed": [first, opening, paying, rows.replace(b":200,", b":201,")],
        "twice": [first, opening, paying, rows, rows],
        "first": [first, rows, opening, paying],
        "unknown": [first, opening, paying, rows.replace(b'"payslips"', b'"doubts"')],
    }[damage]

    with pytest.raises(InvalidExportLine):
        import_histories(store, sealed(lines), by=MAYA)


@pytest.mark.slow
def test_a_hundred_thousand_rows_are_one_change(store: SqlStore) -> None:
    payroll = paid_payroll(store, 100_000)

    assert last_change(store, payroll).data["payslips"]["count"] == 100_000
    assert len(stored_rows(store, payroll, seq=2, after=99_998)) == 2
    assert verify(store) == ()


# The memory store


class MemoryPayrolls:
    """Payrolls in memory, with the same steps as in SQL."""

    def __init__(self) -> None:
        self.rows = MemoryAggregateRepository(MemoryHistory(), Payroll)
        payroll = Payroll.create("open", now=NOW, id="a", month="May")
        save_change(AUDIT, self.rows, None, payroll, "open")

    def move(self, action: str, *bulk: AnyBulk) -> None:
        head = self.rows.lock("a")
        payroll = head.entity.transition(action, now=head.entity.updated_at + LATER)
        save_change(AUDIT, self.rows, head, payroll, action, bulk=bulk)


def test_the_memory_store_keeps_the_rows_of_each_change() -> None:
    payrolls = MemoryPayrolls()
    bulk = payslips(3, NOW)
    payrolls.move("pay", bulk, NO_DOUBTS)
    payrolls.move("correct", payslips(1, NOW))
    draft = payrolls.rows.copy(MemoryHistory())

    for rows in (payrolls.rows, draft):
        assert rows.bulk_rows(Payslip, "a", seq=2) == bulk.rows
        assert rows.bulk_rows(Payslip, "a", seq=2, after=1, limit=1) == bulk.rows[1:2]
        assert len(rows.bulk_rows(Payslip, "a", seq=3)) == 1
        assert rows.bulk_rows(Doubt, "a", seq=2) == ()


def test_the_memory_store_refuses_other_rows_than_the_change_counts() -> None:
    payrolls = MemoryPayrolls()
    head = payrolls.rows.lock("a")
    paid = head.entity.transition("pay", now=NOW + LATER)
    change = change_for(AUDIT, head, paid, "pay", bulk=(payslips(3, NOW), NO_DOUBTS))

    with pytest.raises(BulkDiffers):
        payrolls.rows.save(change, paid)
    with pytest.raises(BulkMismatch):
        payrolls.rows.save(change, paid, (), (payslips(2, NOW), NO_DOUBTS))
    with pytest.raises(BulkDiffers):
        save_changes(AUDIT, payrolls.rows, [(head, paid, "pay")])

    assert payrolls.rows.get("a").revision.seq == 1


# Declarations


@pytest.mark.parametrize(
    ("declared", "problem"),
    [
        ({"pays": (Payslip,)}, "an unknown action: pays"),
        ({"pay": (Payslip, Payslip)}, "on pay have a name twice"),
    ],
)
def test_rows_that_a_change_could_not_hold_are_no_declaration(
    declared: BulkTypes, problem: str
) -> None:
    with pytest.raises(UsageError, match=problem):

        @frozen(kw_only=True)
        class Wrong(Payroll):
            bulk_records = declared


def test_rows_with_the_name_of_a_field_are_no_declaration() -> None:
    class Months(BulkRecord):
        record_name = "month"

    with pytest.raises(UsageError, match="have names of fields: month"):

        @frozen(kw_only=True)
        class Wrong(Payroll):
            bulk_records = MappingProxyType({"pay": (Months,)})


def test_a_table_whose_columns_differ_from_the_record_is_refused() -> None:
    with pytest.raises(UsageError, match="note, paid_at, paid_minor, parts"):
        HeadMapping(table=PAYROLLS, entity=Payroll, bulk={Payslip: DOUBTS, Doubt: DOUBTS})


def test_a_table_of_rows_that_no_action_adds_is_refused() -> None:
    with pytest.raises(UsageError, match="Unchecked declares no Doubt"):
        HeadMapping(table=PAYROLLS, entity=Unchecked, bulk={Doubt: DOUBTS})
