"""The memory store's payees, transfers and payout jobs."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from attrs import field, frozen

from indelible.kernel import Change, Head
from indelible.kernel.bulk import AnyBulk
from indelible.kernel.history import Record
from indelible.memory.aggregates import MemoryAggregateRepository, count_states
from indelible.memory.money.ledger import MemoryMovementRepository
from indelible.memory.money.records import first_of, records_after
from indelible.money.entities.lines import OwedLine, OwedSum
from indelible.money.entities.payees import Payee
from indelible.money.entities.payouts import PayoutJob, Transfer, TransferAttempt, TransferLine
from indelible.money.errors.payouts import PayoutAlreadyScheduled
from indelible.money.lifecycle.payouts import (
    TERMINAL_TRANSFER,
    UNSENT_TRANSFER,
    PayoutJobStatus,
    TransferStatus,
)
from indelible.money.ports.payouts import UnpaidSum

EVERY_LINE = 2**31  # more lines than a process has room for
PLANNED = 1  # the seq of the change that adds the lines of a transfer


@frozen
class MemoryTransferRepository(MemoryAggregateRepository[Transfer]):
    """Transfers, their lines and their attempts."""

    _movements: MemoryMovementRepository = field(kw_only=True, alias="movements")

    def save(
        self,
        change: Change,
        entity: Transfer,
        records: Sequence[Record] = (),
        bulk: Sequence[AnyBulk] = (),
    ) -> None:
        """Store a transfer, or raise PayoutAlreadyScheduled if another one has its owed line."""
        for item in bulk:
            for line in item.rows:
                if self.of_owed_line(line.owed_movement_id, line.owed_number) is not None:
                    self._history.check_next(self._entity.lifecycle, change)
                    subject = f"owed line {line.owed_number} of movement {line.owed_movement_id}"
                    error = PayoutAlreadyScheduled(subject)
                    self._history.refuse(error)
                    raise error
        super().save(change, entity, records, bulk)

    def of_stripe(self, stripe_transfer_id: str) -> Head[Transfer] | None:
        """Return the transfer that has an id of Stripe."""
        return first_of(self.find({"stripe_transfer_id": stripe_transfer_id}, limit=1))

    def of_owed_line(self, movement_id: str, number: int) -> Head[Transfer] | None:
        """Return the transfer that pays an owed line."""
        for transfer_id in sorted(self._rows):
            for line in self.lines(transfer_id):
                if (line.owed_movement_id, line.owed_number) == (movement_id, number):
                    return self._rows[transfer_id]

        return None

    def owed_without_transfer(
        self,
        *,
        reference: str | None = None,
        after: tuple[str, int] = ("", 0),
        limit: int,
    ) -> tuple[OwedLine, ...]:
        """Return the next `limit` unpaid owed lines after a name that no transfer is to pay."""
        planned: set[tuple[str, int]] = set()
        for transfer_id in self._rows:
            for line in self.lines(transfer_id):
                planned.add((line.owed_movement_id, line.owed_number))

        unpaid = self._movements.owed_lines(
            reference=reference, unpaid=True, after=after, limit=EVERY_LINE
        )
        unplanned = [line for line in unpaid if line.name not in planned]
        return tuple(unplanned[:limit])

    def sums_without_transfer(self) -> tuple[OwedSum, ...]:
        """Return the sums of the unpaid owed lines that no transfer is to pay, by currency."""
        amounts: dict[str, list[int]] = {}
        for line in self.owed_without_transfer(limit=EVERY_LINE):
            amounts.setdefault(line.currency, []).append(line.amount_minor)

        sums: list[OwedSum] = []
        for currency, values in sorted(amounts.items()):
            owed = OwedSum(currency=currency, lines=len(values), amount_minor=sum(values))
            sums.append(owed)
        return tuple(sums)

    def of_job(self, job_id: str, *, after: str, limit: int) -> tuple[Head[Transfer], ...]:
        """Return the next `limit` transfers of a job after an id, in order of id."""
        return self.where(lambda transfer: transfer.job_id == job_id, after=after, limit=limit)

    def lines(self, transfer_id: str) -> tuple[TransferLine, ...]:
        """Return the owed lines that a transfer pays, in order."""
        return self.bulk_rows(TransferLine, transfer_id, seq=PLANNED)

    def attempts(self, transfer_id: str, *, after: int, limit: int) -> tuple[TransferAttempt, ...]:
        """Return the next `limit` attempts after a number, oldest first."""
        return records_after(self.records(TransferAttempt, transfer_id), after, limit)

    def parked(
        self, *, party: str | None = None, after: str, limit: int
    ) -> tuple[Head[Transfer], ...]:
        """Return the next `limit` parked transfers after an id, of a party or of all."""

        def is_parked(transfer: Transfer) -> bool:
            is_of_party = party is None or transfer.party == party
            return transfer.status is TransferStatus.PARKED and is_of_party

        return self.where(is_parked, after=after, limit=limit)

    def parked_since(
        self, until: datetime, *, after: str, limit: int
    ) -> tuple[Head[Transfer], ...]:
        """Return the next `limit` transfers after an id that were parked before a time."""

        def is_parked(transfer: Transfer) -> bool:
            if transfer.status is not TransferStatus.PARKED or transfer.parked_at is None:
                return False
            return transfer.parked_at < until

        return self.where(is_parked, after=after, limit=limit)

    def unapproved(self, *, after: str, limit: int) -> tuple[Head[Transfer], ...]:
        """Return the next `limit` transfers after an id that wait for their approval."""

        def is_unapproved(transfer: Transfer) -> bool:
            return transfer.status is TransferStatus.PENDING and not transfer.is_approved

        return self.where(is_unapproved, after=after, limit=limit)

    def unsent_since(
        self, until: datetime, *, after: str, limit: int
    ) -> tuple[Head[Transfer], ...]:
        """Return the next `limit` transfers after an id that a worker should send."""

        def is_unsent(transfer: Transfer) -> bool:
            is_open = transfer.is_approved and transfer.status in UNSENT_TRANSFER
            return is_open and transfer.updated_at < until

        return self.where(is_unsent, after=after, limit=limit)

    def stuck_since(self, until: datetime, *, limit: int) -> tuple[Head[Transfer], ...]:
        """Return transfers that are not terminal and changed last before a time, oldest first."""

        def is_stuck(transfer: Transfer) -> bool:
            return transfer.status not in TERMINAL_TRANSFER and transfer.updated_at < until

        heads = sorted(
            self.where(is_stuck), key=lambda head: (head.entity.updated_at, head.entity.id)
        )
        return tuple(heads[:limit])

    def count_of_job(self, job_id: str) -> Mapping[TransferStatus, int]:
        """Return the number of a job's transfers in each state that any is in."""
        heads = self.find({"job_id": job_id}, limit=len(self._rows))
        return count_states(heads)

    def count_by_status(self) -> Mapping[TransferStatus, int]:
        """Return the number of transfers in each state that any is in."""
        return count_states(self._rows.values())

    def unpaid_sums(self) -> tuple[UnpaidSum, ...]:
        """Return the sums of the transfers whose owed lines no movement has paid."""
        unpaid: dict[tuple[str, str], list[int]] = {}
        for head in self._rows.values():
            transfer = head.entity
            first = self.lines(transfer.id)[0]
            line = self._movements.owed_line(first.owed_movement_id, first.owed_number)
            if line.paid_by is None:
                key = (transfer.reference, transfer.currency)
                unpaid.setdefault(key, []).append(transfer.amount_minor)

        sums: list[UnpaidSum] = []
        for reference, currency in sorted(unpaid):
            amounts = unpaid[reference, currency]
            sums.append(
                UnpaidSum(
                    reference=reference,
                    currency=currency,
                    transfers=len(amounts),
                    amount_minor=sum(amounts),
                )
            )
        return tuple(sums)


class MemoryPayoutJobRepository(MemoryAggregateRepository[PayoutJob]):
    """Payout jobs."""

    def incomplete(self, *, after: str, limit: int) -> tuple[Head[PayoutJob], ...]:
        """Return the next `limit` jobs after an id that are not complete, in order of id."""

        def is_incomplete(job: PayoutJob) -> bool:
            return job.status is not PayoutJobStatus.COMPLETE

        return self.where(is_incomplete, after=after, limit=limit)


class MemoryPayeeRepository(MemoryAggregateRepository[Payee]):
    """Payees."""

    def of_party(self, party: str) -> Head[Payee] | None:
        """Return the payee of a party."""
        return self._rows.get(party)

    def of_destination(self, destination: str) -> Head[Payee] | None:
        """Return the payee that has an account at Stripe."""
        return first_of(self.find({"destination": destination}, limit=1))
