"""The memory store's payees, transfers and payout jobs."""

from collections.abc import Sequence

from attrs import field, frozen

from indelible.kernel import Change, Head
from indelible.kernel.bulk import AnyBulk
from indelible.kernel.history import Record
from indelible.memory.aggregates import MemoryAggregateRepository
from indelible.memory.money.ledger import MemoryMovementRepository
from indelible.money.entities.lines import OwedLine, OwedSum
from indelible.money.entities.payouts import Transfer, TransferLine
from indelible.money.errors.payouts import PayoutAlreadyScheduled
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

    def lines(self, transfer_id: str) -> tuple[TransferLine, ...]:
        """Return the owed lines that a transfer pays, in order."""
        return self.bulk_rows(TransferLine, transfer_id, seq=PLANNED)

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
