"""The ledger: accounts, movements and their postings."""

from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Final, Self

from attrs import frozen

from indelible.kernel import Lifecycle
from indelible.kernel.aggregate_errors import FieldNotOfState
from indelible.kernel.aggregates import Aggregate
from indelible.kernel.bulk import BulkRecord, BulkTypes
from indelible.kernel.claims import OneOf, SetOnlyIf, Together, WithinKind
from indelible.kernel.conditions import AnyCondition, Condition
from indelible.kernel.field_rules import field
from indelible.kernel.kinds import Count, Currency, Identifier, Instant, Natural, kinds
from indelible.kernel.state_fields import check_presence
from indelible.money.entities.ids import movement_id
from indelible.money.entities.values import (
    MAY_BE_EMPTY,
    NOTES,
    REFERENCE_KINDS,
    AccountKind,
    Amount,
    MovementKind,
    Reference,
    Side,
    SignedSum,
    Sum,
    account_id,
)
from indelible.money.errors.ledger import (
    AccountNotFound,
    BalanceNegative,
    LedgerDuplicateEntry,
    LedgerImmutable,
    LedgerUnbalanced,
    MovementNotFound,
    MovementReversed,
    PostingRefused,
)
from indelible.money.lifecycle.ledger import ACCOUNT, MOVEMENT, AccountStatus, MovementStatus

# Fields of a posting that are set together or not at all.
LINES_COMPLETE: Final = tuple(
    Together(first, second, expected=f"set together with {first}")
    for first, second in (
        ("owed_movement_id", "owed_number"),
        ("reversed_movement_id", "reversed_number"),
        ("reversed_movement_id", "reversal_ref"),
    )
)


SUMS: Final = ("balance_minor", "debited_minor", "credited_minor")


@frozen(kw_only=True, field_transformer=kinds)
class Account(Aggregate):
    """An account of the ledger; a movement that uses it changes it once.

    `balance_minor` grows on the side of the kind. `debited_minor` and `credited_minor` are the
    sums of the last movement's postings to this account.
    """

    lifecycle: ClassVar[Lifecycle[StrEnum]] = ACCOUNT
    missing_error = AccountNotFound
    fixed: ClassVar[tuple[str, ...]] = ("kind", "reference", "currency")

    conditions: ClassVar[tuple[AnyCondition, ...]] = (
        Condition("kind_known", WithinKind(("kind",))),
        Condition(
            "reference_of_kind",
            SetOnlyIf(("reference",), OneOf("kind", tuple(REFERENCE_KINDS))),
        ),
        Condition("sums", WithinKind(("debited_minor", "credited_minor"))),
    )

    status: AccountStatus
    kind: AccountKind
    reference: Reference | None = None
    currency: Currency
    balance_minor: SignedSum = 0
    last_movement_id: Identifier | None = None
    debited_minor: Sum = 0
    credited_minor: Sum = 0

    def __attrs_post_init__(self) -> None:
        """Check that the id follows from the fields, the claims, and what a new account has."""
        self._require("id", account_id(self.kind, self.reference, self.currency), self.id)
        super().__attrs_post_init__()
        is_new = self.created_at == self.updated_at
        check_presence(self, ("last_movement_id",), is_present=not is_new)
        if is_new:
            for name in SUMS:
                self._require(name, "0", str(getattr(self, name)))

    @classmethod
    def opened(
        cls, kind: AccountKind, reference: str | None, currency: str, *, now: datetime
    ) -> Self:
        """Return the account before its first movement."""
        return cls.create(
            "open",
            now=now,
            id=account_id(kind, reference, currency),
            kind=kind,
            reference=reference,
            currency=currency,
        )

    def posted(
        self, movement: "Movement", *, debited_minor: int, credited_minor: int, now: datetime
    ) -> Self:
        """Return the account after the postings of a movement.

        Raises:
            BalanceNegative: The account would have less than nothing, and its kind excludes it.
        """
        balance_minor = self.balance_minor + self._growth_minor(debited_minor, credited_minor)
        # A stored balance below 0 can be read: the reconciliation reports it (R10).
        if self.kind.has_reference and balance_minor < 0:
            raise BalanceNegative(self.id, balance_minor)

        return self.transition(
            "post",
            now=now,
            balance_minor=balance_minor,
            last_movement_id=movement.id,
            debited_minor=debited_minor,
            credited_minor=credited_minor,
        )

    def check_change(self, previous: Self) -> None:
        """Check that the balance has grown by what was debited and credited."""
        growth_minor = self._growth_minor(self.debited_minor, self.credited_minor)
        expected_minor = previous.balance_minor + growth_minor
        self._require("balance_minor", str(expected_minor), str(self.balance_minor))

    def _growth_minor(self, debited_minor: int, credited_minor: int) -> int:
        growth_minor = debited_minor - credited_minor
        return -growth_minor if self.kind.side is Side.CREDIT else growth_minor

    def _require(self, name: str, expected: str, actual: str) -> None:
        if actual != expected:
            raise FieldNotOfState(ACCOUNT.name, self.id, name, expected, str(self.status))


@frozen(kw_only=True, field_transformer=kinds)
class Posting(BulkRecord):
    """An amount that leaves one account on the credit side and enters another on the debit side.

    A posting that credits winner_payable is an owed line: it names the `party`. A payout names the
    owed line that it pays. The reversal of a payout names the reversed line and Stripe's reversal,
    and is an owed line itself.
    """

    record_name: ClassVar[str] = "postings"
    conditions: ClassVar[tuple[AnyCondition, ...]] = (
        Condition("amount_positive", WithinKind(("amount_minor",))),
        Condition("lines_complete", *LINES_COMPLETE),
    )

    debit_account_id: Identifier
    credit_account_id: Identifier
    amount_minor: Amount
    party: Identifier | None = None
    owed_movement_id: Identifier | None = None
    owed_number: Count | None = None
    reversed_movement_id: Identifier | None = None
    reversed_number: Count | None = None
    reversal_ref: Identifier | None = None

    def __attrs_post_init__(self) -> None:
        """Check that the accounts are two, and the claims."""
        if self.debit_account_id == self.credit_account_id:
            raise PostingRefused(
                "", self.number, "credit_account_id", "another account", self.credit_account_id
            )
        super().__attrs_post_init__()

    def _claim_error(self, name: str, expected: str) -> PostingRefused:
        """Return PostingRefused with what is to be set, and whether it is."""
        actual = str(getattr(self, name) is not None)
        return PostingRefused("", self.number, name, expected, actual)

    @property
    def owed_line(self) -> tuple[str, int] | None:
        """Return the name of the owed line that the posting pays."""
        return _line_name(self.owed_movement_id, self.owed_number)

    @property
    def reversed_line(self) -> tuple[str, int] | None:
        """Return the name of the payout line that the posting reverses."""
        return _line_name(self.reversed_movement_id, self.reversed_number)


@frozen(kw_only=True, field_transformer=kinds)
class CoveredItem(BulkRecord):
    """An item that a settlement has counted: its money is settled."""

    record_name: ClassVar[str] = "covered_items"

    item: Identifier


def duplicate_key(key: str) -> LedgerDuplicateEntry:
    """Return the error about a key that another movement has."""
    return LedgerDuplicateEntry(key, "no movement with this key", "a stored movement")


@frozen(kw_only=True, field_transformer=kinds)
class Movement(Aggregate):
    """A movement of money: postings that belong together, stored once and never changed.

    `key` names the movement; the id follows from it. `fact_key` names the fact that it books, so
    that two events about one fact post once. `source` is what proves it, such as the id of a
    Stripe event. `reverses` is the movement that this one mirrors.
    """

    lifecycle: ClassVar[Lifecycle[StrEnum]] = MOVEMENT
    missing_error = MovementNotFound
    fixed: ClassVar[tuple[str, ...]] = (
        "kind",
        "key",
        "fact_key",
        "reference",
        "currency",
        "total_minor",
        "posting_count",
        "reverses",
        "source",
        "occurred_at",
    )
    bulk_records: ClassVar[BulkTypes] = {"post": (Posting,), "settle": (Posting, CoveredItem)}

    conditions: ClassVar[tuple[AnyCondition, ...]] = (
        Condition("kind_known", WithinKind(("kind",))),
        Condition(
            "mirror_of_kind", SetOnlyIf(("reverses",), OneOf("kind", (MovementKind.REVERSAL,)))
        ),
    )

    status: MovementStatus
    kind: MovementKind
    key: Identifier = field(unique=duplicate_key)
    fact_key: Identifier | None = field(unique=duplicate_key, unique_name="one_fact")
    reference: Reference | None = None
    currency: Currency
    total_minor: Sum
    posting_count: Natural
    reverses: Identifier | None = field(unique=MovementReversed, unique_name="one_reversal")
    source: Identifier
    occurred_at: Instant

    def __attrs_post_init__(self) -> None:
        """Check that the id follows from the key, the claims, and the sum of the postings."""
        if self.id != movement_id(self.key):
            raise FieldNotOfState(
                MOVEMENT.name, self.id, "id", movement_id(self.key), str(self.status)
            )
        super().__attrs_post_init__()
        is_note = self.kind in NOTES
        is_empty = self.posting_count == 0
        if is_empty and self.total_minor > 0:
            raise LedgerUnbalanced(self.key, "total_minor", 0, self.total_minor)
        if is_empty and self.kind not in MAY_BE_EMPTY:
            raise LedgerUnbalanced(self.key, "posting_count", 1, 0)
        if is_note and not is_empty:
            raise LedgerUnbalanced(self.key, "posting_count", 0, self.posting_count)
        if not is_empty and self.total_minor < self.posting_count:
            raise LedgerUnbalanced(self.key, "total_minor", self.posting_count, self.total_minor)

    def transition(
        self,
        action: str,  # noqa: ARG002 - none is allowed
        *,
        now: datetime | None = None,  # noqa: ARG002 - as the base has it
        **fields: Any,  # noqa: ANN401, ARG002 - as of every aggregate
    ) -> Self:
        """Raise LedgerImmutable: a correction is another movement."""
        raise LedgerImmutable(self.id)

    @property
    def is_note(self) -> bool:
        """Return True if the movement moves no money."""
        return self.kind in NOTES


def _line_name(movement: str | None, number: int | None) -> tuple[str, int] | None:
    """Return the name of a line: its movement and its number."""
    if movement is None or number is None:
        return None
    return movement, number
