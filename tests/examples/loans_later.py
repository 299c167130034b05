"""The same loans with a new state: a book can be lost. The table stays as it is."""

from datetime import date
from enum import StrEnum
from typing import ClassVar

from attrs import evolve, frozen
from sqlalchemy import Connection
from tests.examples.loans import LOANS, LoanNotFound

from indelible.kernel import Edge, Lifecycle
from indelible.kernel.aggregates import Aggregate, save_change
from indelible_sql import (
    HeadMapping,
    SqlAggregateRepository,
    SqlTransaction,
    declare_lifecycle,
    withdraw_lifecycle,
)


class LoanStatus(StrEnum):
    """The states of a loan."""

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
    """Add the missing edge; change nothing else."""
    declare_lifecycle(connection, LOAN)


def downgrade(connection: Connection) -> None:
    """Remove the edge; raise EdgeInUse when a loan has used it."""
    withdraw_lifecycle(connection, evolve(LOAN, edges=(LOSE,)))


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


def lose(tx: SqlTransaction, command: tuple[str, int]) -> Loan:
    """Record that the book is lost."""
    loan_id, seq = command
    loans = SqlAggregateRepository(tx.session, HEADS)
    head = loans.load(loan_id, expected_seq=seq)
    loan = head.entity.transition("lose", now=tx.clock.now())
    save_change(tx, loans, head, loan, "lose")
    return loan
