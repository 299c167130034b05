"""The memory store's repositories of money: the reference model of the databases."""

from typing import Self

from attrs import evolve, frozen

from indelible.memory.aggregates import MemoryAggregateRepository
from indelible.memory.history import MemoryHistory
from indelible.memory.money.ledger import MemoryAccountRepository, MemoryMovementRepository
from indelible.memory.money.payments import (
    MemoryChargeRepository,
    MemoryDisputeRepository,
    MemoryReconciliationRepository,
    MemoryRefundRepository,
    MemoryStripeEventRepository,
)
from indelible.memory.money.payouts import MemoryTransferRepository
from indelible.money.entities.charges import Charge
from indelible.money.entities.disputes import Dispute
from indelible.money.entities.events import StripeEvent
from indelible.money.entities.ledger import Account, Movement
from indelible.money.entities.payees import Payee
from indelible.money.entities.payout_jobs import PayoutJob
from indelible.money.entities.payouts import Transfer
from indelible.money.entities.reconciliations import PaymentSwitch, Reconciliation
from indelible.money.entities.refunds import Refund
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

__all__ = ["MemoryMoney"]


@frozen(kw_only=True)
class MemoryMoney:
    """The part of money in a transaction of the memory store."""

    account_rows: MemoryAccountRepository
    movement_rows: MemoryMovementRepository
    charge_rows: MemoryChargeRepository
    refund_rows: MemoryRefundRepository
    dispute_rows: MemoryDisputeRepository
    event_rows: MemoryStripeEventRepository
    reconciliation_rows: MemoryReconciliationRepository
    switch_rows: MemoryAggregateRepository[PaymentSwitch]
    transfer_rows: MemoryTransferRepository
    payout_job_rows: MemoryAggregateRepository[PayoutJob]
    payee_rows: MemoryAggregateRepository[Payee]

    @property
    def accounts(self) -> Accounts:
        return Accounts(self.account_rows, self.account_rows)

    @property
    def movements(self) -> Movements:
        return Movements(self.movement_rows, self.movement_rows)

    @property
    def charges(self) -> Charges:
        return Charges(self.charge_rows, self.charge_rows)

    @property
    def refunds(self) -> Refunds:
        return Refunds(self.refund_rows, self.refund_rows)

    @property
    def disputes(self) -> Disputes:
        return Disputes(self.dispute_rows, self.dispute_rows)

    @property
    def events(self) -> StripeEvents:
        return StripeEvents(self.event_rows, self.event_rows)

    @property
    def reconciliations(self) -> Reconciliations:
        return Reconciliations(self.reconciliation_rows, self.reconciliation_rows)

    @property
    def switches(self) -> Switches:
        return Switches(self.switch_rows)

    @property
    def transfers(self) -> Transfers:
        return Transfers(self.transfer_rows, self.transfer_rows)

    @property
    def payout_jobs(self) -> PayoutJobs:
        return PayoutJobs(self.payout_job_rows)

    @property
    def payees(self) -> Payees:
        return Payees(self.payee_rows)

    @classmethod
    def empty(cls, history: MemoryHistory) -> Self:
        """Return the repositories of an empty store."""
        accounts = MemoryAccountRepository(history, Account)
        jobs = MemoryAggregateRepository(history, PayoutJob)
        movements = MemoryMovementRepository(history, Movement, accounts=accounts, jobs=jobs)
        charges = MemoryChargeRepository(history, Charge, movements=movements)
        return cls(
            account_rows=accounts,
            movement_rows=movements,
            charge_rows=charges,
            refund_rows=MemoryRefundRepository(history, Refund),
            dispute_rows=MemoryDisputeRepository(history, Dispute, charges=charges),
            event_rows=MemoryStripeEventRepository(history, StripeEvent),
            reconciliation_rows=MemoryReconciliationRepository(history, Reconciliation),
            switch_rows=MemoryAggregateRepository(history, PaymentSwitch),
            transfer_rows=MemoryTransferRepository(history, Transfer, movements=movements),
            payout_job_rows=jobs,
            payee_rows=MemoryAggregateRepository(history, Payee),
        )

    def copy(self, history: MemoryHistory) -> Self:
        """Return a draft over a draft of history. It shares the rows, which are frozen."""
        accounts = self.account_rows.copy(history)
        jobs = self.payout_job_rows.copy(history)
        movements = self.movement_rows.copy_with(history, accounts, jobs)
        charges = evolve(self.charge_rows.copy(history), movements=movements)
        return type(self)(
            account_rows=accounts,
            movement_rows=movements,
            charge_rows=charges,
            refund_rows=self.refund_rows.copy(history),
            dispute_rows=evolve(self.dispute_rows.copy(history), charges=charges),
            event_rows=self.event_rows.copy(history),
            reconciliation_rows=self.reconciliation_rows.copy(history),
            switch_rows=self.switch_rows.copy(history),
            transfer_rows=evolve(self.transfer_rows.copy(history), movements=movements),
            payout_job_rows=jobs,
            payee_rows=self.payee_rows.copy(history),
        )
