"""The payrolls of a firm: a host's own lifecycle whose last change adds many rows at once."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import ClassVar

from attrs import frozen
from sqlalchemy import Column, Connection, MetaData, Table, Text

from indelible.kernel import Edge, Lifecycle, NotFound
from indelible.kernel.aggregates import Aggregate, save_change
from indelible.kernel.bulk import AnyBulk, Bulk, BulkRecord, BulkTypes
from indelible_sql import (
    HeadMapping,
    SqlAggregateRepository,
    SqlContext,
    SqlTransaction,
    bulk_columns,
    declare_lifecycle,
    guard_bulk,
    guard_head,
    head_columns,
)
from indelible_sql.schema.columns import INSTANT, JSON_VALUE, NATURAL


class PayrollStatus(StrEnum):
    """The states of a payroll."""

    OPEN = "OPEN"
    PAID = "PAID"


PAYROLL = Lifecycle(
    name="payroll",
    edges=(
        Edge("", "open", PayrollStatus.OPEN, 0),
        Edge("", "import", PayrollStatus.PAID, 0),
        Edge(PayrollStatus.OPEN, "postpone", PayrollStatus.OPEN, 0),
        Edge(PayrollStatus.OPEN, "pay", PayrollStatus.PAID, 0),
        Edge(PayrollStatus.PAID, "correct", PayrollStatus.PAID, 0),
    ),
)


@frozen
class PayrollNotFound(NotFound):
    """No payroll has this id."""

    message: ClassVar[str] = "Payroll {payroll_id} not found."
    payroll_id: str


@frozen(kw_only=True)
class Payslip(BulkRecord):
    """The pay of one person."""

    record_name: ClassVar[str] = "payslips"

    person: str
    note: str | None
    paid_minor: int
    paid_at: datetime
    parts: tuple[str, ...]


@frozen(kw_only=True)
class Doubt(BulkRecord):
    """Something that the firm's accountant should look at."""

    record_name: ClassVar[str] = "doubts"

    person: str


@frozen(kw_only=True)
class Payroll(Aggregate):
    """The pay of one month."""

    lifecycle: ClassVar[Lifecycle[StrEnum]] = PAYROLL
    missing_error = PayrollNotFound
    bulk_records: ClassVar[BulkTypes] = MappingProxyType(
        {"import": (Payslip,), "pay": (Payslip, Doubt), "correct": (Payslip,)}
    )

    month: str
    status: PayrollStatus


NOTE = 'a note with "quotes",\nand a line break'
TABLES = MetaData()
PAYROLLS = Table(
    "payrolls",
    TABLES,
    *head_columns(PAYROLL),
    Column("month", Text, nullable=False),
    sqlite_with_rowid=False,
)
PAYSLIPS = Table(
    "payslips",
    TABLES,
    *bulk_columns("payslips", PAYROLLS),
    Column("person", Text, nullable=False),
    Column("note", Text),
    Column("paid_minor", NATURAL, nullable=False),
    Column("paid_at", INSTANT, nullable=False),
    Column("parts", JSON_VALUE, nullable=False),
    sqlite_with_rowid=False,
)
DOUBTS = Table(
    "doubts",
    TABLES,
    *bulk_columns("doubts", PAYROLLS),
    Column("person", Text, nullable=False),
    sqlite_with_rowid=False,
)
HEADS = HeadMapping(table=PAYROLLS, entity=Payroll, bulk={Payslip: PAYSLIPS, Doubt: DOUBTS})
CONTEXT = SqlContext(name="payrolls", mappings=(HEADS,))


def migrate(connection: Connection) -> None:
    """Create the tables with their edges and guards."""
    declare_lifecycle(connection, PAYROLL)
    for table in (PAYROLLS, PAYSLIPS, DOUBTS):
        table.create(connection)
    guard_head(connection, PAYROLLS, PAYROLL)
    for bulk in HEADS.bulk_tables:
        guard_bulk(connection, bulk)


def payslips(count: int, paid_at: datetime) -> Bulk[Payslip]:
    """Return the payslips of invented people; every second one has a note."""
    rows: list[Payslip] = []
    for number in range(1, count + 1):
        note = None if number % 2 else NOTE
        rows.append(
            Payslip(
                number=number,
                person=f"person {number} »é«",
                note=note,
                paid_minor=100 * number,
                paid_at=paid_at,
                parts=("wage", "bonus"),
            )
        )

    return Bulk.of(Payslip, rows)


def open_payroll(tx: SqlTransaction, month: str) -> Payroll:
    """Open the payroll of a month."""
    payroll = Payroll.create("open", now=tx.clock.now(), id=tx.ids.new(), month=month)
    save_change(tx, SqlAggregateRepository(tx.session, HEADS), None, payroll, "open")
    return payroll


def import_payroll(tx: SqlTransaction, command: tuple[str, Sequence[AnyBulk]]) -> Payroll:
    """Create a payroll that was paid elsewhere, with its payslips."""
    month, bulk = command
    payroll = Payroll.create("import", now=tx.clock.now(), id=tx.ids.new(), month=month)
    payrolls = SqlAggregateRepository(tx.session, HEADS)
    save_change(tx, payrolls, None, payroll, "import", bulk=bulk)
    return payroll


def move(tx: SqlTransaction, command: tuple[str, str, Sequence[AnyBulk]]) -> Payroll:
    """Postpone, pay or correct a payroll."""
    payroll_id, action, bulk = command
    payrolls = SqlAggregateRepository(tx.session, HEADS)
    head = payrolls.lock(payroll_id)
    payroll = head.entity.transition(action, now=tx.clock.now())
    save_change(tx, payrolls, head, payroll, action, bulk=bulk)
    return payroll
