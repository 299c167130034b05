"""Loans a year later: a book can be lost. The lifecycle is declared anew, one edge longer; the table stays."""

from datetime import date, datetime
from enum import StrEnum

from attrs import evolve, frozen
from sqlalchemy import Connection
from tests.examples.loans import LOANS, LoanNotFound

from indelible.kernel import Edge, Lifecycle, instant_after, next_change
from indelible_sql import (
    HeadMapping,
    SqlAggregateRepository,
    SqlTransaction,
    declare_lifecycle,
    withdraw_lifecycle,
)


class LoanStatus(StrEnum):
    """Where the book is, as far as anybody knows."""

    LENT = "LENT"
    RETURNED = "RETURNED"
    LOST = "LOST"


LOSE = Edge(LoanStatus.LENT, "lose", LoanStatus.LOST, 0)
LOAN = Lifecycle(
    name="loan",
    edges=(
        Edge("", "lend", LoanStatus.LENT, 0),
        Edge(LoanStatus.LENT, "renew", LoanStatus.LENT, 0),
        Edge(LoanStatus.LENT, "return", LoanStatus.RETURNED, 0),
        LOSE,
    ),
)


def upgrade(connection: Connection) -> None:
    """The library's second migration: edges that are missing are added, and nothing else is touched."""
    declare_lifecycle(connection, LOAN)


def downgrade(connection: Connection) -> None:
    """Back again; EdgeInUse once a loan has taken the new edge."""
    withdraw_lifecycle(connection, evolve(LOAN, edges=(LOSE,)))


@frozen(kw_only=True)
class Loan:
    """A book in a reader's hands."""

    id: str
    book: str
    due: date
    status: LoanStatus
    created_at: datetime
    updated_at: datetime


HEADS = HeadMapping(table=LOANS, entity=Loan, missing=LoanNotFound)


def lose(tx: SqlTransaction, command: tuple[str, int]) -> Loan:
    """Say that the book is lost."""
    (loan_id, seq), loans = command, SqlAggregateRepository(tx.session, HEADS)
    head = loans.load(loan_id, expected_seq=seq)
    status, now = (
        LOAN.next(head.entity.status, "lose"),
        instant_after(head.entity.updated_at, tx.clock.now()),
    )
    loan = evolve(head.entity, status=status, updated_at=now)
    change = next_change(
        tx, LOAN, head, loan, "lose", {"book": loan.book, "due": loan.due.isoformat()}
    )
    loans.record(change, loan)
    return loan
