"""The ports of the ledger: accounts, movements, postings and owed lines."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final, Protocol

from attrs import frozen

from indelible.kernel import Change, Head, ListFilter
from indelible.kernel.bulk import AnyBulk
from indelible.kernel.history import Update
from indelible.money.entities.ledger import Account, Movement
from indelible.money.entities.lines import BalanceSum, KindSum, LedgerLine, OwedLine

MAX_ROWS_PER_PAGE: Final = 500


@frozen(kw_only=True, slots=False)
class AccountFilter(ListFilter):
    """The accounts of a list, and their order; kind and reference are given as `where`."""


@frozen(kw_only=True, slots=False)
class MovementFilter(ListFilter):
    """The movements of a list, and their order; kind and reference are given as `where`."""


ALL_ACCOUNTS: Final = AccountFilter()
ALL_MOVEMENTS: Final = MovementFilter()


class AccountJoins(Protocol):
    """The queries on accounts that add up balances."""

    def sums(self) -> tuple[BalanceSum, ...]:
        """Return the sum of the balances by kind and currency, in this order."""
        ...


class MovementJoins(Protocol):
    """The queries on movements that read several tables, and the write of several tables."""

    def covering_any(self, items: Sequence[str]) -> Mapping[str, str]:
        """Return the ids of the settlement movements that have counted items, by the items.

        Items that no settlement has counted are left out.
        """
        ...

    def lines_of_account(
        self, account_id: str, *, before: str, limit: int
    ) -> tuple[LedgerLine, ...]:
        """Return the last `limit` postings of an account before a position, newest first.

        '' is the position behind the newest one.
        """
        ...

    def lines_of_party(self, party: str, *, before: str, limit: int) -> tuple[LedgerLine, ...]:
        """Return the last `limit` postings that name a party before a position, newest first."""
        ...

    def owed_line(self, movement_id: str, number: int) -> OwedLine:
        """Return an owed line.

        Raises:
            OwedLineNotFound: The posting does not exist, or owes nothing.
        """
        ...

    def owed_lines(
        self,
        *,
        reference: str | None = None,
        party: str | None = None,
        movement_id: str | None = None,
        unpaid: bool = False,
        after: tuple[str, int] = ("", 0),
        limit: int,
    ) -> tuple[OwedLine, ...]:
        """Return the next `limit` owed lines after a name, in order of movement and number."""
        ...

    def payout_line(self, movement_id: str, number: int) -> LedgerLine:
        """Return a posting that pays an owed line.

        Raises:
            PayoutLineNotFound: The posting does not exist, or pays nothing.
        """
        ...

    def reversals(self, movement_id: str, number: int) -> tuple[LedgerLine, ...]:
        """Return the postings that have reversed parts of a payout line, oldest first."""
        ...

    def sums(
        self, *, since: datetime | None = None, until: datetime | None = None
    ) -> tuple[KindSum, ...]:
        """Return the sums of the movements by kind and currency that occurred in a time."""
        ...

    def inconsistent(self, *, limit: int) -> tuple[str, ...]:
        """Return ids of movements whose number or sum of postings is not the one they name."""
        ...

    def misbalanced(self, *, limit: int) -> tuple[str, ...]:
        """Return ids of accounts whose balance is not the sum of their postings."""
        ...

    def unplanned_settlements(self, *, limit: int) -> tuple[Head[Movement], ...]:
        """Return settlement movements without a payout job, in order of id."""
        ...

    def post(
        self,
        change: Change,
        movement: Movement,
        bulk: Sequence[AnyBulk],
        updates: Sequence[Update[Account]],
    ) -> None:
        """Store a movement, the accounts that it changes, and its postings, in this order.

        The store checks again what the handler has checked.

        Raises:
            Stale: The movement or one of the accounts was stored by another transaction.
            LedgerDuplicateEntry, MovementReversed: The key, the fact or the reversal is taken.
            LedgerUnbalanced: The accounts do not change by the sums of the postings.
            BalanceNegative: An account that must not be negative would be.
            PostingRefused: A posting does not fit its movement, its accounts or its line.
            OwedLinePaid, PayoutLineReversed: The line that a posting names is used up.
            ItemCovered: An item was settled before.
        """
        ...
