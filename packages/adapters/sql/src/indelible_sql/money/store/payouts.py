"""The SQL repositories of payees, transfers and payout jobs."""

from collections.abc import Sequence
from typing import Final

from indelible.kernel import Change, Head, IndelibleError, Stale
from indelible.kernel.births import Birth
from indelible.kernel.bulk import AnyBulk
from indelible.kernel.history import Record
from indelible.money.entities.lines import OwedLine, OwedSum
from indelible.money.entities.payouts import Transfer
from indelible.money.errors.payouts import PayoutAlreadyScheduled
from indelible.money.ports.payouts import UnpaidSum
from indelible_sql.engine.errors import GuardViolation
from indelible_sql.engine.refusals import RowReader
from indelible_sql.kernel.history import ROWS
from indelible_sql.money.statements import payouts as statements
from indelible_sql.money.statements import unplanned
from indelible_sql.money.store.heads import MoneyRepository
from indelible_sql.money.tables.payouts import TRANSFER_LINES
from indelible_sql.schema.guards import duplicate_guards

LINE_REPORTS: Final = duplicate_guards(TRANSFER_LINES, ("owed_movement_id", "owed_number"))


class SqlTransferRepository(MoneyRepository[Transfer]):
    """The repository of transfers, which reads their lines and attempts too."""

    def save(
        self,
        change: Change,
        entity: Transfer,
        records: Sequence[Record] = (),
        bulk: Sequence[AnyBulk] = (),
    ) -> None:
        """Store a transfer, or raise PayoutAlreadyScheduled if another one has its owed line."""

        def explain(refusal: GuardViolation | Stale, _: RowReader) -> IndelibleError | None:
            if isinstance(refusal, Stale) or refusal.guard not in LINE_REPORTS:
                return None
            first = bulk[0].rows[0]
            subject = f"owed line {first.owed_number} of movement {first.owed_movement_id}"
            return PayoutAlreadyScheduled(subject)

        with self._session.explaining(explain):
            super().save(change, entity, records, bulk)

    def save_new(self, births: Sequence[Birth[Transfer]]) -> None:
        """Store new transfers, or raise PayoutAlreadyScheduled if one has an owed line already."""
        try:
            super().save_new(births)
        except GuardViolation as violation:
            if violation.guard not in LINE_REPORTS:
                raise
            raise PayoutAlreadyScheduled(self._scheduled_line(births)) from violation

    def _scheduled_line(self, births: Sequence[Birth[Transfer]]) -> str:
        """Return the owed line that a transfer pays which is none of these."""
        new_ids = {birth.entity.id for birth in births}
        for birth in births:
            for line in birth.bulk[0].rows:
                other = self.of_owed_line(line.owed_movement_id, line.owed_number)
                if other is not None and other.entity.id not in new_ids:
                    return f"owed line {line.owed_number} of movement {line.owed_movement_id}"
        return "an owed line of two new transfers"

    def of_owed_line(self, movement_id: str, number: int) -> Head[Transfer] | None:
        """Return the transfer that pays an owed line."""
        values = {"movement_id": movement_id, "number": number}
        heads = self._heads(statements.OF_OWED_LINE, values)
        return heads[0] if heads else None

    def owed_without_transfer(
        self,
        *,
        reference: str | None = None,
        after: tuple[str, int] = ("", 0),
        limit: int,
    ) -> tuple[OwedLine, ...]:
        """Return the next `limit` unpaid owed lines after a name that no transfer is to pay."""
        after_id, after_number = after
        values: dict[str, object] = {
            "after_id": after_id,
            "after_number": after_number,
            "limit": limit,
        }
        statement = unplanned.PAGE_UNPLANNED
        if reference is not None:
            statement = unplanned.PAGE_UNPLANNED_OF_REFERENCE
            values["reference"] = reference
        rows = self._session.rows(statement, values)
        return tuple(ROWS.structure(row, OwedLine) for row in rows)

    def sums_without_transfer(self) -> tuple[OwedSum, ...]:
        """Return the sums of the unpaid owed lines that no transfer is to pay, by currency."""
        sums: list[OwedSum] = []
        for row in self._session.rows(unplanned.SUM_UNPLANNED, {}):
            amount_minor = int(row["amount_minor"])
            sums.append(ROWS.structure({**row, "amount_minor": amount_minor}, OwedSum))
        return tuple(sums)

    def unpaid_sums(self) -> tuple[UnpaidSum, ...]:
        """Return the sums of the transfers whose owed lines no movement has paid."""
        sums: list[UnpaidSum] = []
        for row in self._session.rows(statements.UNPAID_SUMS, {}):
            amount_minor = int(row["amount_minor"])
            sums.append(ROWS.structure({**row, "amount_minor": amount_minor}, UnpaidSum))
        return tuple(sums)
