"""The SQL repositories of money."""

from attrs import frozen

from indelible.money.repositories.ledger import Accounts, Movements
from indelible.money.repositories.payments import (
    Charges,
    Disputes,
    Reconciliations,
    Refunds,
    StripeEvents,
    Switches,
)
from indelible.money.repositories.payouts import Payees, PayoutJobs, Transfers
from indelible_sql.engine.session import Session
from indelible_sql.kernel.repository import SqlAggregateRepository
from indelible_sql.money.rows import (
    ACCOUNT_HEADS,
    CHARGE_HEADS,
    DISPUTE_HEADS,
    EVENT_HEADS,
    JOB_HEADS,
    MOVEMENT_HEADS,
    PAYEE_HEADS,
    RECONCILIATION_HEADS,
    REFUND_HEADS,
    SWITCH_HEADS,
    TRANSFER_HEADS,
)
from indelible_sql.money.store.ledger import SqlAccountRepository, SqlMovementRepository
from indelible_sql.money.store.payments import (
    SqlChargeRepository,
    SqlDisputeRepository,
    SqlReconciliationRepository,
    SqlRefundRepository,
    SqlStripeEventRepository,
)
from indelible_sql.money.store.payouts import SqlTransferRepository

__all__ = ["SqlMoney"]


@frozen
class SqlMoney:
    """The repositories of money, in SQL."""

    _session: Session

    @property
    def accounts(self) -> Accounts:
        store = SqlAccountRepository(self._session, ACCOUNT_HEADS)
        return Accounts(store, store)

    @property
    def movements(self) -> Movements:
        store = SqlMovementRepository(self._session, MOVEMENT_HEADS)
        return Movements(store, store)

    @property
    def charges(self) -> Charges:
        store = SqlChargeRepository(self._session, CHARGE_HEADS)
        return Charges(store, store)

    @property
    def refunds(self) -> Refunds:
        store = SqlRefundRepository(self._session, REFUND_HEADS)
        return Refunds(store, store)

    @property
    def disputes(self) -> Disputes:
        store = SqlDisputeRepository(self._session, DISPUTE_HEADS)
        return Disputes(store, store)

    @property
    def events(self) -> StripeEvents:
        store = SqlStripeEventRepository(self._session, EVENT_HEADS)
        return StripeEvents(store, store)

    @property
    def reconciliations(self) -> Reconciliations:
        store = SqlReconciliationRepository(self._session, RECONCILIATION_HEADS)
        return Reconciliations(store, store)

    @property
    def switches(self) -> Switches:
        return Switches(SqlAggregateRepository(self._session, SWITCH_HEADS))

    @property
    def transfers(self) -> Transfers:
        store = SqlTransferRepository(self._session, TRANSFER_HEADS)
        return Transfers(store, store)

    @property
    def payout_jobs(self) -> PayoutJobs:
        return PayoutJobs(SqlAggregateRepository(self._session, JOB_HEADS))

    @property
    def payees(self) -> Payees:
        return Payees(SqlAggregateRepository(self._session, PAYEE_HEADS))
