"""The ports of payouts: payees, transfers and payout jobs."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final, Protocol

from attrs import frozen

from indelible.kernel import Head, ListFilter
from indelible.kernel.births import BirthRepository
from indelible.kernel.history import AggregateReader, AggregateRepository
from indelible.money.entities.lines import OwedLine, OwedSum
from indelible.money.entities.payees import Payee
from indelible.money.entities.payouts import PayoutJob, Transfer, TransferAttempt, TransferLine
from indelible.money.lifecycle.payouts import PayeeStatus, PayoutJobStatus, TransferStatus


@frozen(kw_only=True, slots=False)
class TransferFilter(ListFilter):
    """The transfers of a list, and their order; job, reference and party are given as `where`."""

    status: TransferStatus | None = None


@frozen(kw_only=True, slots=False)
class PayoutJobFilter(ListFilter):
    """The payout jobs of a list, and their order."""

    status: PayoutJobStatus | None = None


@frozen(kw_only=True, slots=False)
class PayeeFilter(ListFilter):
    """The payees of a list, and their order."""

    status: PayeeStatus | None = None


ALL_TRANSFERS: Final = TransferFilter()
ALL_PAYOUT_JOBS: Final = PayoutJobFilter()
ALL_PAYEES: Final = PayeeFilter()


@frozen(kw_only=True)
class UnpaidSum:
    """The number and the sum of a reference's transfers that are not paid, in one currency."""

    reference: str
    currency: str
    transfers: int
    amount_minor: int


class TransferReader(AggregateReader[Transfer], Protocol):
    """Read access to transfers, their lines and their attempts."""

    def of_stripe(self, stripe_transfer_id: str) -> Head[Transfer] | None:
        """Return the transfer that has an id of Stripe."""
        ...

    def of_owed_line(self, movement_id: str, number: int) -> Head[Transfer] | None:
        """Return the transfer that pays an owed line."""
        ...

    def owed_without_transfer(
        self,
        *,
        reference: str | None = None,
        after: tuple[str, int] = ("", 0),
        limit: int,
    ) -> tuple[OwedLine, ...]:
        """Return the next `limit` unpaid owed lines after a name that no transfer is to pay.

        They are in order of movement and number.
        """
        ...

    def sums_without_transfer(self) -> tuple[OwedSum, ...]:
        """Return the sums of the unpaid owed lines that no transfer is to pay, by currency."""
        ...

    def of_job(self, job_id: str, *, after: str, limit: int) -> tuple[Head[Transfer], ...]:
        """Return the next `limit` transfers of a job after an id, in order of id."""
        ...

    def lines(self, transfer_id: str) -> tuple[TransferLine, ...]:
        """Return the owed lines that a transfer pays, in order."""
        ...

    def attempts(self, transfer_id: str, *, after: int, limit: int) -> tuple[TransferAttempt, ...]:
        """Return the next `limit` attempts after a number, oldest first."""
        ...

    def parked(
        self, *, party: str | None = None, after: str, limit: int
    ) -> tuple[Head[Transfer], ...]:
        """Return the next `limit` parked transfers after an id, of a party or of all."""
        ...

    def parked_since(
        self, until: datetime, *, after: str, limit: int
    ) -> tuple[Head[Transfer], ...]:
        """Return the next `limit` transfers after an id that were parked before a time."""
        ...

    def unapproved(self, *, after: str, limit: int) -> tuple[Head[Transfer], ...]:
        """Return the next `limit` transfers after an id that wait for their approval."""
        ...

    def unsent_since(
        self, until: datetime, *, after: str, limit: int
    ) -> tuple[Head[Transfer], ...]:
        """Return the next `limit` transfers after an id that a worker should send.

        They are approved and not parked, and changed last before a time.
        """
        ...

    def stuck_since(self, until: datetime, *, limit: int) -> tuple[Head[Transfer], ...]:
        """Return transfers that are not terminal and changed last before a time, oldest first."""
        ...

    def count_of_job(self, job_id: str) -> Mapping[TransferStatus, int]:
        """Return the number of a job's transfers in each state that any is in."""
        ...

    def count_by_status(self) -> Mapping[TransferStatus, int]:
        """Return the number of transfers in each state that any is in."""
        ...

    def unpaid_sums(self) -> tuple[UnpaidSum, ...]:
        """Return the sums of the transfers whose owed lines no movement has paid.

        They are in order of reference and currency.
        """
        ...


class PayoutJobReader(AggregateReader[PayoutJob], Protocol):
    """Read access to payout jobs."""

    def incomplete(self, *, after: str, limit: int) -> tuple[Head[PayoutJob], ...]:
        """Return the next `limit` jobs after an id that are not complete, in order of id."""
        ...


class PayeeReader(AggregateReader[Payee], Protocol):
    """Read access to payees."""

    def of_party(self, party: str) -> Head[Payee] | None:
        """Return the payee of a party."""
        ...

    def of_destination(self, destination: str) -> Head[Payee] | None:
        """Return the payee that has an account at Stripe."""
        ...


class TransferWriter(TransferReader, BirthRepository[Transfer], Protocol):
    """Write access to transfers."""


class PayoutJobWriter(PayoutJobReader, AggregateRepository[PayoutJob], Protocol):
    """Write access to payout jobs."""


class PayeeWriter(PayeeReader, AggregateRepository[Payee], Protocol):
    """Write access to payees."""
