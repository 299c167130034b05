"""The ports of payouts: payees, transfers and payout jobs."""

from typing import Final, Protocol

from attrs import frozen

from indelible.kernel import Head, ListFilter
from indelible.money.entities.lines import OwedLine, OwedSum
from indelible.money.entities.payouts import Transfer
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


class TransferJoins(Protocol):
    """The queries on transfers that read several tables."""

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

    def unpaid_sums(self) -> tuple[UnpaidSum, ...]:
        """Return the sums of the transfers whose owed lines no movement has paid.

        They are in order of reference and currency.
        """
        ...
