"""The errors of accounts and movements."""

from typing import ClassVar

from attrs import frozen

from indelible.kernel import Conflict, Invalid, NotFound


@frozen
class AccountNotFound(NotFound):
    """An account that no movement has used."""

    message: ClassVar[str] = "Account {account_id} not found."
    account_id: str


@frozen
class MovementNotFound(NotFound):
    """A movement that does not exist."""

    message: ClassVar[str] = "Movement {movement_id} not found."
    movement_id: str


@frozen
class OwedLineNotFound(NotFound):
    """A posting that does not exist, or that owes nothing to a party."""

    message: ClassVar[str] = "Movement {movement_id} has no owed line {number}."
    movement_id: str
    number: int


@frozen
class PayoutLineNotFound(NotFound):
    """A posting that does not exist, or that pays no owed line."""

    message: ClassVar[str] = "Movement {movement_id} has no payout line {number}."
    movement_id: str
    number: int


@frozen
class LedgerDuplicateEntry(Conflict):
    """A movement with the key of another one, but with other content."""

    message: ClassVar[str] = (
        "Movement {key} exists with other content: expected {expected}, got {actual}."
    )
    key: str
    expected: str
    actual: str


@frozen
class LedgerUnbalanced(Invalid):
    """A movement whose postings do not have the sums that it names."""

    message: ClassVar[str] = (
        "Field {field} of movement {key} does not match its postings: expected {expected}, got "
        "{actual}."
    )
    key: str
    field: str
    expected: int
    actual: int


@frozen
class LedgerImmutable(Conflict):
    """An attempt to change or to remove a movement or a posting."""

    message: ClassVar[str] = "Movement {movement_id} cannot be changed: post another movement."
    movement_id: str


@frozen
class BalanceNegative(Conflict):
    """A movement that would take more from an account than it has."""

    message: ClassVar[str] = (
        "The balance of account {account_id} must not become negative: expected 0 or more, got "
        "{balance_minor}."
    )
    account_id: str
    balance_minor: int


@frozen
class PostingRefused(Conflict):
    """A posting that does not fit its movement, its accounts or the line that it names."""

    message: ClassVar[str] = (
        "Posting {number} of movement {key} is refused because of {field}: expected {expected}, "
        "got {actual}."
    )
    key: str
    number: int
    field: str
    expected: str
    actual: str


@frozen
class OwedLinePaid(Conflict):
    """A second payout of an owed line."""

    message: ClassVar[str] = "Owed line {number} of movement {movement_id} is paid already."
    movement_id: str
    number: int


@frozen
class PayoutLineReversed(Conflict):
    """A reversal that would take back more of a payout than was paid, or the same part twice."""

    message: ClassVar[str] = (
        "Payout line {number} of movement {movement_id} cannot be reversed by {reversal_ref}: "
        "expected at most {available_minor}, got {amount_minor}."
    )
    movement_id: str
    number: int
    reversal_ref: str
    available_minor: int
    amount_minor: int


@frozen
class MovementReversed(Conflict):
    """A second reversal of a movement."""

    message: ClassVar[str] = "Movement {movement_id} is reversed already."
    movement_id: str


@frozen
class MovementNotReversible(Conflict):
    """A movement that has no mirror: a settlement or a note."""

    message: ClassVar[str] = (
        "Movement {movement_id} cannot be reversed: expected {expected}, got {actual}."
    )
    movement_id: str
    expected: str
    actual: str


@frozen
class MovementHasEvidence(Conflict):
    """An operator's reversal of a movement that books what Stripe has reported."""

    message: ClassVar[str] = (
        "Movement {movement_id} cannot be reversed by operators: {kind} books what {source} "
        "proves, so only the opposite report of Stripe takes it back."
    )
    movement_id: str
    kind: str
    source: str


@frozen
class ReversalNotProposed(Conflict):
    """An approval of a reversal that nobody has proposed."""

    message: ClassVar[str] = "Nobody has proposed to reverse movement {movement_id}."
    movement_id: str


@frozen
class ReversalNeedsSecondPerson(Conflict):
    """An approval of a reversal by the one who has proposed it."""

    message: ClassVar[str] = (
        "The reversal of movement {movement_id} needs the approval of a second person, got "
        "{approved_by}, who has proposed it."
    )
    movement_id: str
    approved_by: str


@frozen
class ItemCovered(Conflict):
    """An item that another settlement has covered."""

    message: ClassVar[str] = "Item {item} was covered by settlement movement {movement_id}."
    item: str
    movement_id: str
