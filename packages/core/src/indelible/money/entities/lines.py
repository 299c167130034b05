"""Postings with their movements, owed lines and sums, as the ledger is read."""

from datetime import datetime

from attrs import frozen

from indelible.money.entities.ledger import Movement, Posting
from indelible.money.entities.values import AccountKind, MovementKind


@frozen(kw_only=True)
class LedgerLine:
    """A posting with the movement that is its cause."""

    movement: Movement
    posting: Posting

    @property
    def position(self) -> str:
        """Return the line's position in a list of postings, from which the list goes on."""
        return line_position(self.movement, self.posting.number)


@frozen(kw_only=True)
class OwedLine:
    """Money that a party is owed: a posting to winner_payable, and the movement that pays it."""

    movement_id: str
    number: int
    kind: MovementKind
    party: str
    reference: str
    currency: str
    amount_minor: int
    owed_since: datetime
    paid_by: str | None  # the movement of the payout

    @property
    def name(self) -> tuple[str, int]:
        """Return what names the line: its movement and its number."""
        return self.movement_id, self.number


@frozen(kw_only=True)
class LineOwedAgain:
    """An owed line of money that has come back, and the transfer that is to pay it."""

    line: OwedLine
    transfer_id: str | None

    @property
    def is_open(self) -> bool:
        """Return True if a new transfer could pay the line."""
        return self.line.paid_by is None and self.transfer_id is None


@frozen(kw_only=True)
class OwedSum:
    """The number and the sum of owed lines in one currency."""

    currency: str
    lines: int
    amount_minor: int


@frozen(kw_only=True)
class BalanceSum:
    """The sum of the balances of all accounts of a kind in one currency."""

    kind: AccountKind
    currency: str
    accounts: int
    balance_minor: int


@frozen(kw_only=True)
class KindSum:
    """The number and the sum of the movements of a kind in one currency within a time."""

    kind: MovementKind
    currency: str
    movements: int
    total_minor: int


def line_position(movement: Movement, number: int) -> str:
    """Return the position of a posting in a list of postings: its time, movement and number."""
    return f"{movement.created_at.isoformat(timespec='microseconds')}|{movement.id}|{number:09d}"
