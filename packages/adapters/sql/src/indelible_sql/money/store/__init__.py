"""The SQL repositories of money."""

from attrs import frozen

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
    SqlSwitchRepository,
)
from indelible_sql.money.store.payouts import SqlTransferRepository

__all__ = ["SqlMoney"]


@frozen
class SqlMoney:
    """The repositories of money, in SQL."""

    _session: Session

    @property
    def accounts(self) -> SqlAccountRepository:
        return SqlAccountRepository(self._session, ACCOUNT_HEADS)

    @property
    def movements(self) -> SqlMovementRepository:
        return SqlMovementRepository(self._session, MOVEMENT_HEADS)

    @property
    def charges(self) -> SqlChargeRepository:
        return SqlChargeRepository(self._session, CHARGE_HEADS)

    @property
    def refunds(self) -> SqlRefundRepository:
        return SqlRefundRepository(self._session, REFUND_HEADS)

    @property
    def disputes(self) -> SqlDisputeRepository:
        return SqlDisputeRepository(self._session, DISPUTE_HEADS)

    @property
    def events(self) -> SqlStripeEventRepository:
        return SqlStripeEventRepository(self._session, EVENT_HEADS)

    @property
    def reconciliations(self) -> SqlReconciliationRepository:
        return SqlReconciliationRepository(self._session, RECONCILIATION_HEADS)

    @property
    def switches(self) -> SqlSwitchRepository:
        return SqlSwitchRepository(self._session, SWITCH_HEADS)

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
