"""The loans of a library: a host's own lifecycle in its own table, with the same guards."""

from datetime import date
from enum import StrEnum
from typing import ClassVar

from attrs import frozen
from sqlalchemy import Column, Connection, Date, MetaData, Table, Text

from indelible.kernel import Edge, Lifecycle, NotFound
from indelible.kernel.aggregates import Aggregate, save_change
from indelible_sql import (
    HeadMapping,
    SqlAggregateRepository,
    SqlContext,
    SqlTransaction,
    declare_lifecycle,
    guard_head,
    head_columns,
)


class LoanStatus(StrEnum):
    """The states of a loan."""

    LENT = "LENT"
    RETURNED = "RETURNED"


LOAN = Lifecycle(
    name="loan",
    edges=(
        Edge("", "lend", LoanStatus.LENT, 0),
        Edge(LoanStatus.LENT, "renew", LoanStatus.LENT, 0),
        Edge(LoanStatus.LENT, "return", LoanStatus.RETURNED, 0),
    ),
)
OWN_COLUMNS = (Column("book", Text, nullable=False), Column("due", Date, nullable=False))
LOANS = Table("loans", MetaData(), *head_columns(LOAN), *OWN_COLUMNS, sqlite_with_rowid=False)


@frozen
class LoanNotFound(NotFound):
    """No loan has this id."""

    message: ClassVar[str] = "Loan {loan_id} not found."
    loan_id: str


@frozen(kw_only=True)
class Loan(Aggregate):
    """A book that is lent to a reader."""

    lifecycle: ClassVar[Lifecycle[StrEnum]] = LOAN
    missing_error = LoanNotFound
    fixed: ClassVar[tuple[str, ...]] = ("book",)

    book: str
    due: date
    status: LoanStatus


HEADS = HeadMapping(table=LOANS, entity=Loan)
# For the commands that check or rebuild a database: `indelible verify --module loans`.
contexts = (SqlContext(name="loans", mappings=(HEADS,)),)


def migrate(connection: Connection) -> None:
    """Create the table with its edges and guards."""
    declare_lifecycle(connection, LOAN)
    LOANS.create(connection)
    guard_head(connection, LOANS, LOAN)


def lend(tx: SqlTransaction, command: tuple[str, date]) -> Loan:
    """Lend a book until a day."""
    book, due = command
    loan = Loan.create("lend", now=tx.clock.now(), id=tx.ids.new(), book=book, due=due)
    loans = SqlAggregateRepository(tx.session, HEADS)
    save_change(tx, loans, None, loan, "lend")
    return loan


def move(tx: SqlTransaction, command: tuple[str, int, str, date]) -> Loan:
    """Renew or return a loan."""
    loan_id, seq, action, due = command
    loans = SqlAggregateRepository(tx.session, HEADS)
    head = loans.load(loan_id, expected_seq=seq)
    loan = head.entity.transition(action, now=tx.clock.now(), due=due)
    save_change(tx, loans, head, loan, action)
    return loan
