"""Entries of users in contests."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Final, Self

from attrs import frozen

from indelible.contests import errors
from indelible.contests.entities.contests import Contest
from indelible.contests.entities.records import Roster
from indelible.contests.entities.values import (
    Message,
    roster_digest,
)
from indelible.contests.lifecycle import ENTRY, OCCUPYING, EntryStatus
from indelible.kernel import Lifecycle
from indelible.kernel.aggregates import Aggregate
from indelible.kernel.cases import ByState, Case, IsNumber, all_empty, all_set
from indelible.kernel.claims import AnyOf, Compared, SetOnlyIf, WithinKind, required_in
from indelible.kernel.conditions import AnyCondition, Condition
from indelible.kernel.history import Record
from indelible.kernel.kinds import Amount, Count, Currency, Digest, Identifier, Instant, kinds

UNPAID: Final = (EntryStatus.PENDING_PAYMENT, EntryStatus.REJECTED)
# The entries that count for the least number of entries: nothing in a lifecycle reads a payment.
JOINED: Final = frozenset({EntryStatus.PENDING_PAYMENT, EntryStatus.ACTIVE})
PAYMENT_FIELDS: Final = ("paid_minor", "paid_at")


@frozen(kw_only=True, field_transformer=kinds)
class Entry(Aggregate):
    """One entry of a user in a contest.

    `place_number` is one of the contest's places; it is free again once the entry is rejected or
    refunded. `paid_minor` and `paid_at` are set from the activation on, and `payment_ref` too if a
    fee is due. `rejection_reason` is set in REJECTED.
    """

    lifecycle: ClassVar[Lifecycle[StrEnum]] = ENTRY
    missing_error = errors.EntryNotFound
    fixed: ClassVar[tuple[str, ...]] = (
        "contest_id",
        "user_id",
        "entry_number",
        "fee_minor",
        "currency",
    )
    version_field: ClassVar[str] = "roster_number"
    version_records: ClassVar[tuple[type[Record], ...]] = (Roster,)

    conditions: ClassVar[tuple[AnyCondition, ...]] = (
        Condition("place_of_status", required_in("place_number", *OCCUPYING)),
        Condition(
            "payment_of_status",
            ByState(
                (Case(UNPAID, all_empty((*PAYMENT_FIELDS, "payment_ref"))),),
                others=(
                    *all_set(PAYMENT_FIELDS),
                    SetOnlyIf(("payment_ref",), IsNumber("paid_minor", 0), is_empty=True),
                ),
            ),
        ),
        Condition(
            "paid_in_full",
            Compared("paid_minor", "=", "fee_minor"),
            AnyOf((Compared("fee_minor", ">", 0), Compared("paid_at", "=", "created_at"))),
        ),
        Condition("rejection_short", WithinKind(("rejection_reason",))),
        Condition("rejection_of_status", required_in("rejection_reason", EntryStatus.REJECTED)),
    )

    contest_id: Identifier
    user_id: Identifier
    entry_number: Count
    status: EntryStatus
    place_number: Count | None = None
    roster_number: Count
    roster_digest: Digest
    fee_minor: Amount
    currency: Currency
    paid_minor: Amount | None = None
    paid_at: Instant | None = None
    payment_ref: Identifier | None = None
    rejection_reason: Message | None = None

    @classmethod
    def entered(
        cls,
        contest: Contest,
        *,
        entry_id: str,
        user_id: str,
        entry_number: int,
        place_number: int,
        digest: str,
        now: datetime,
    ) -> Self:
        """Return a new entry: ACTIVE at once in a free contest, else PENDING_PAYMENT."""
        is_free = contest.fee_minor == 0
        return cls.create(
            enter_action(contest),
            now=now,
            id=entry_id,
            contest_id=contest.id,
            user_id=user_id,
            entry_number=entry_number,
            place_number=place_number,
            roster_digest=digest,
            fee_minor=contest.fee_minor,
            currency=contest.currency,
            paid_minor=0 if is_free else None,
            paid_at=now if is_free else None,
        )

    @property
    def is_occupying(self) -> bool:
        """Return True if the entry has one of the contest's places."""
        return self.status in OCCUPYING

    @property
    def is_joined(self) -> bool:
        """Return True if the entry counts for the contest's least number of entries."""
        return self.status in JOINED

    def is_eligible(self, paid_until: datetime) -> bool:
        """Return True if the entry takes part in a settlement: ACTIVE, and paid in time."""
        is_paid_in_time = self.paid_at is not None and self.paid_at <= paid_until
        return self.status is EntryStatus.ACTIVE and is_paid_in_time

    def is_activated_by(self, payment_ref: str) -> bool:
        """Return True if this payment has activated the entry already."""
        return self.status is EntryStatus.ACTIVE and self.payment_ref == payment_ref

    def new_roster(self, player_ids: tuple[str, ...], prediction: int | None) -> Roster:
        """Return the roster that the entry's number and time point to."""
        return Roster(
            entry_id=self.id,
            number=self.roster_number,
            submitted_at=self.updated_at,
            player_ids=tuple(sorted(player_ids)),
            prediction=prediction,
            roster_digest=self.roster_digest,
        )

    def require_user(self, user_id: str) -> Self:
        """Return the entry, or raise EntryNotFound where it is another user's."""
        if self.user_id != user_id:
            raise errors.EntryNotFound(self.id)
        return self

    def with_roster(
        self, player_ids: tuple[str, ...], prediction: int | None, *, now: datetime
    ) -> Self:
        """Return the entry with another roster."""
        digest = roster_digest(player_ids, prediction)
        return self.transition("set_roster", now=now, roster_digest=digest)

    def activated(
        self,
        *,
        paid_minor: int,
        currency: str,
        paid_at: datetime,
        payment_ref: str,
        now: datetime,
    ) -> Self:
        """Return the paid entry.

        Raises:
            PaymentAmountMismatch: The payment is not the fee of the entry.
            InvalidTransition: The entry does not wait for a payment.
        """
        ENTRY.edge(self.status, "activate")
        if (paid_minor, currency) != (self.fee_minor, self.currency):
            raise errors.PaymentAmountMismatch(
                self.id, self.fee_minor, self.currency, paid_minor, currency
            )
        return self.transition(
            "activate", now=now, paid_minor=paid_minor, paid_at=paid_at, payment_ref=payment_ref
        )

    def rejected(self, reason: str, *, now: datetime) -> Self:
        """Return the rejected entry; its place is free."""
        return self.transition("reject", now=now, place_number=None, rejection_reason=reason)

    def refunded(self, *, now: datetime) -> Self:
        """Return the refunded entry; its place is free."""
        return self.transition("refund", now=now, place_number=None)

    def voided(self, *, now: datetime) -> Self:
        """Return the entry without effect, as during a dispute; it keeps its place."""
        return self.transition("void", now=now)

    def reinstated(self, *, now: datetime) -> Self:
        """Return the active entry after a dispute that was won."""
        return self.transition("reinstate", now=now)


def enter_action(contest: Contest) -> str:
    """Return the action that creates an entry of the contest."""
    return "enter_free" if contest.fee_minor == 0 else "enter"
