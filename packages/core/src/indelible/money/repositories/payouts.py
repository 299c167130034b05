"""The finders of payees, transfers and payout jobs."""

from collections.abc import Mapping
from datetime import datetime

from attrs import frozen

from indelible.kernel import Head
from indelible.kernel.questions import above, absent, below, equal, one_of, present
from indelible.kernel.repository import Repository
from indelible.money.entities.payees import Payee
from indelible.money.entities.payout_jobs import PayoutJob
from indelible.money.entities.payouts import Transfer, TransferAttempt, TransferLine
from indelible.money.lifecycle.payouts import (
    OPEN_PAYOUT_JOB,
    OPEN_TRANSFER,
    UNSENT_TRANSFER,
    TransferStatus,
)
from indelible.money.ports.payouts import TransferJoins

PLANNED = 1  # the seq of the change that adds the lines of a transfer


@frozen
class Transfers(Repository[Transfer]):
    """The transfers, their lines and their attempts."""

    joins: TransferJoins

    def of_stripe(self, stripe_transfer_id: str) -> Head[Transfer] | None:
        """Return the transfer that has an id of Stripe."""
        return self.only(stripe_transfer_id=stripe_transfer_id)

    def of_job(self, job_id: str, *, after: str, limit: int) -> tuple[Head[Transfer], ...]:
        """Return the next `limit` transfers of a job after an id, in order of id."""
        return self.select(job_id=job_id, after=after, limit=limit)

    def lines(self, transfer_id: str) -> tuple[TransferLine, ...]:
        """Return the owed lines that a transfer pays, in order."""
        return self.bulk_rows(TransferLine, transfer_id, seq=PLANNED)

    def attempts(self, transfer_id: str, *, after: int, limit: int) -> tuple[TransferAttempt, ...]:
        """Return the next `limit` attempts after a number, oldest first."""
        return self.records(
            TransferAttempt,
            above("number", after),
            transfer_id=transfer_id,
            order=("number",),
            limit=limit,
        )

    def parked(
        self, *, party: str | None = None, after: str, limit: int
    ) -> tuple[Head[Transfer], ...]:
        """Return the next `limit` parked transfers after an id, of a party or of all."""
        of_party = () if party is None else (equal("party", party),)
        return self.select(*of_party, status=TransferStatus.PARKED, after=after, limit=limit)

    def parked_since(
        self, until: datetime, *, after: str, limit: int
    ) -> tuple[Head[Transfer], ...]:
        """Return the next `limit` transfers after an id that were parked before a time."""
        is_early = below("parked_at", until)
        return self.select(is_early, status=TransferStatus.PARKED, after=after, limit=limit)

    def unapproved(self, *, after: str, limit: int) -> tuple[Head[Transfer], ...]:
        """Return the next `limit` transfers after an id that wait for their approval."""
        return self.select(
            absent("approved_by"), status=TransferStatus.PENDING, after=after, limit=limit
        )

    def unsent_since(
        self, until: datetime, *, after: str, limit: int
    ) -> tuple[Head[Transfer], ...]:
        """Return the next `limit` transfers after an id that a worker should send.

        They are approved and not parked, and changed last before a time.
        """
        return self.select(
            one_of("status", UNSENT_TRANSFER),
            present("approved_by"),
            below("updated_at", until),
            after=after,
            limit=limit,
        )

    def stuck_since(self, until: datetime, *, limit: int) -> tuple[Head[Transfer], ...]:
        """Return transfers that are not terminal and changed last before a time, oldest first."""
        return self.select(
            one_of("status", OPEN_TRANSFER),
            below("updated_at", until),
            order=("updated_at", "id"),
            limit=limit,
        )

    def count_of_job(self, job_id: str) -> Mapping[TransferStatus, int]:
        """Return the number of a job's transfers in each state that any is in."""
        return self.count(TransferStatus, job_id=job_id)

    def count_by_status(self) -> Mapping[TransferStatus, int]:
        """Return the number of transfers in each state that any is in."""
        return self.count(TransferStatus)


class PayoutJobs(Repository[PayoutJob]):
    """The payout jobs."""

    def incomplete(self, *, after: str, limit: int) -> tuple[Head[PayoutJob], ...]:
        """Return the next `limit` jobs after an id that are not complete, in order of id."""
        return self.select(one_of("status", OPEN_PAYOUT_JOB), after=after, limit=limit)


class Payees(Repository[Payee]):
    """The payees."""

    def of_party(self, party: str) -> Head[Payee] | None:
        """Return the payee of a party."""
        return self.only(id=party)

    def of_destination(self, destination: str) -> Head[Payee] | None:
        """Return the payee that has an account at Stripe."""
        return self.only(destination=destination)
