"""The loans of a library: a host's own lifecycle in its own table, with the same guards."""

from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar

from attrs import evolve, frozen
from sqlalchemy import Column, Connection, Date, MetaData, Table, Text

from indelible.kernel import Edge, Lifecycle, NotFound, instant_after, next_change
from indelible_sql import (
    HeadMapping,
    SqlAggregateRepository,
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


@frozen(kw_only=True)
class Loan:
    """A book that is lent to a reader."""

    id: str
    book: str
    due: date
    status: LoanStatus
    created_at: datetime
    updated_at: datetime


@frozen
class LoanNotFound(NotFound):
    """No loan has this id."""

    code: ClassVar[str] = "LOAN_NOT_FOUND"
    loan_id: str


HEADS = HeadMapping(table=LOANS, entity=Loan, missing=LoanNotFound)


def migrate(connection: Connection) -> None:
    """Create the table with its edges and guards."""
    declare_lifecycle(connection, LOAN)
    LOANS.create(connection)
    guard_head(connection, LOANS, LOAN)


def lend(tx: SqlTransaction, command: tuple[str, date]) -> Loan:
    """Lend a book until a day."""
    book, due = command
    now = tx.clock.now()
    status = LOAN.next("", "lend")
    loan = Loan(id=tx.ids.new(), book=book, due=due, status=status, created_at=now, updated_at=now)
    return save(tx, loan, "lend", expected_seq=0)


def move(tx: SqlTransaction, command: tuple[str, int, str, date]) -> Loan:
    """Renew or return a loan."""
    loan_id, seq, action, due = command
    loan = SqlAggregateRepository(tx.session, HEADS).load(loan_id, expected_seq=seq).entity
    status = LOAN.next(loan.status, action)
    now = instant_after(loan.updated_at, tx.clock.now())
    moved = evolve(loan, due=due, status=status, updated_at=now)
    return save(tx, moved, action, expected_seq=seq)


def save(tx: SqlTransaction, loan: Loan, action: str, *, expected_seq: int) -> Loan:
    """Save the loan together with its change; `expected_seq` is 0 for a new loan."""
    loans = SqlAggregateRepository(tx.session, HEADS)
    head = loans.load(loan.id, expected_seq=expected_seq) if expected_seq else None
    data = {"book": loan.book, "due": loan.due.isoformat()}
    change = next_change(tx, LOAN, head, loan, action, data)
    loans.record(change, loan)
    return loan
