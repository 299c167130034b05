"""The SQL repositories of payees, transfers and payout jobs."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from indelible.kernel import Change, Head
from indelible.kernel.births import Birth
from indelible.kernel.bulk import AnyBulk
from indelible.kernel.history import Record
from indelible.money.entities.lines import OwedLine, OwedSum
from indelible.money.entities.payees import Payee
from indelible.money.entities.payouts import PayoutJob, Transfer, TransferAttempt, TransferLine
from indelible.money.errors.payouts import PayoutAlreadyScheduled
from indelible.money.lifecycle.payouts import TransferStatus
from indelible.money.ports.payouts import UnpaidSum
from indelible_sql.engine.errors import GuardViolation
from indelible_sql.kernel.history import ROWS, fetch_all
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
        try:
            super().save(change, entity, records, bulk)
        except GuardViolation as violation:
            if violation.guard not in LINE_REPORTS:
                raise
            first = bulk[0].rows[0]
            subject = f"owed line {first.owed_number} of movement {first.owed_movement_id}"
            raise PayoutAlreadyScheduled(subject) from violation

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

    def of_stripe(self, stripe_transfer_id: str) -> Head[Transfer] | None:
        """Return the transfer that has an id of Stripe."""
        return self._only({"stripe_transfer_id": stripe_transfer_id})

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

    def of_job(self, job_id: str, *, after: str, limit: int) -> tuple[Head[Transfer], ...]:
        """Return the next `limit` transfers of a job after an id, in order of id."""
        values = {"job_id": job_id, "after": after, "limit": limit}
        return self._heads(statements.PAGE_OF_JOB, values)

    def lines(self, transfer_id: str) -> tuple[TransferLine, ...]:
        """Return the owed lines that a transfer pays, in order."""
        values = {"transfer_id": transfer_id}
        return fetch_all(self._session, TransferLine, statements.LINES, values)

    def attempts(self, transfer_id: str, *, after: int, limit: int) -> tuple[TransferAttempt, ...]:
        """Return the next `limit` attempts after a number, oldest first."""
        values = {"transfer_id": transfer_id, "after": after, "limit": limit}
        return fetch_all(self._session, TransferAttempt, statements.PAGE_ATTEMPTS, values)

    def parked(
        self, *, party: str | None = None, after: str, limit: int
    ) -> tuple[Head[Transfer], ...]:
        """Return the next `limit` parked transfers after an id, of a party or of all."""
        values = {"after": after, "limit": limit}
        if party is None:
            return self._heads(statements.PARKED, values)
        return self._heads(statements.PARKED_OF_PARTY, {**values, "party": party})

    def parked_since(
        self, until: datetime, *, after: str, limit: int
    ) -> tuple[Head[Transfer], ...]:
        """Return the next `limit` transfers after an id that were parked before a time."""
        values = {"until": until, "after": after, "limit": limit}
        return self._heads(statements.PARKED_SINCE, values)

    def unapproved(self, *, after: str, limit: int) -> tuple[Head[Transfer], ...]:
        """Return the next `limit` transfers after an id that wait for their approval."""
        return self._heads(statements.UNAPPROVED, {"after": after, "limit": limit})

    def unsent_since(
        self, until: datetime, *, after: str, limit: int
    ) -> tuple[Head[Transfer], ...]:
        """Return the next `limit` transfers after an id that a worker should send."""
        values = {"until": until, "after": after, "limit": limit}
        return self._heads(statements.UNSENT_SINCE, values)

    def stuck_since(self, until: datetime, *, limit: int) -> tuple[Head[Transfer], ...]:
        """Return transfers that are not terminal and changed last before a time, oldest first."""
        return self._heads(statements.STUCK_SINCE, {"until": until, "limit": limit})

    def count_of_job(self, job_id: str) -> Mapping[TransferStatus, int]:
        """Return the number of a job's transfers in each state that any is in."""
        counts = self._counts(statements.COUNT_OF_JOB, {"job_id": job_id})
        return {TransferStatus(name): count for name, count in counts.items()}

    def count_by_status(self) -> Mapping[TransferStatus, int]:
        """Return the number of transfers in each state that any is in."""
        counts = self._counts(statements.COUNT_TRANSFERS)
        return {TransferStatus(name): count for name, count in counts.items()}

    def unpaid_sums(self) -> tuple[UnpaidSum, ...]:
        """Return the sums of the transfers whose owed lines no movement has paid."""
        sums: list[UnpaidSum] = []
        for row in self._session.rows(statements.UNPAID_SUMS, {}):
            amount_minor = int(row["amount_minor"])
            sums.append(ROWS.structure({**row, "amount_minor": amount_minor}, UnpaidSum))
        return tuple(sums)


class SqlPayoutJobRepository(MoneyRepository[PayoutJob]):
    """The repository of payout jobs."""

    def incomplete(self, *, after: str, limit: int) -> tuple[Head[PayoutJob], ...]:
        """Return the next `limit` jobs after an id that are not complete, in order of id."""
        return self._heads(statements.INCOMPLETE_JOBS, {"after": after, "limit": limit})


class SqlPayeeRepository(MoneyRepository[Payee]):
    """The repository of payees."""

    def of_party(self, party: str) -> Head[Payee] | None:
        """Return the payee of a party."""
        return self._only({"id": party})

    def of_destination(self, destination: str) -> Head[Payee] | None:
        """Return the payee that has an account at Stripe."""
        return self._only({"destination": destination})
