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
    MemorySwitchRepository,
)
from indelible.memory.money.payouts import MemoryTransferRepository
from indelible.money.entities.charges import Charge
from indelible.money.entities.disputes import Dispute
from indelible.money.entities.events import StripeEvent
from indelible.money.entities.ledger import Account, Movement
from indelible.money.entities.payees import Payee
from indelible.money.entities.payouts import PayoutJob, Transfer
from indelible.money.entities.reconciliations import PaymentSwitch, Reconciliation
from indelible.money.entities.refunds import Refund
from indelible.money.errors.ledger import AccountNotFound, MovementNotFound
from indelible.money.errors.payments import (
    ChargeNotFound,
    DisputeNotFound,
    RefundNotFound,
    StripeEventNotFound,
)
from indelible.money.errors.payouts import (
    PayeeNotFound,
    PayoutJobNotFound,
    ReconciliationNotFound,
    SwitchNotFound,
    TransferNotFound,
)
from indelible.money.repositories.payouts import Payees, PayoutJobs, Transfers

__all__ = ["MemoryMoney"]


@frozen(kw_only=True)
class MemoryMoney:
    """The part of money in a transaction of the memory store."""

    accounts: MemoryAccountRepository
    movements: MemoryMovementRepository
    charges: MemoryChargeRepository
    refunds: MemoryRefundRepository
    disputes: MemoryDisputeRepository
    events: MemoryStripeEventRepository
    reconciliations: MemoryReconciliationRepository
    switches: MemorySwitchRepository
    transfer_rows: MemoryTransferRepository
    payout_job_rows: MemoryAggregateRepository[PayoutJob]
    payee_rows: MemoryAggregateRepository[Payee]

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
        accounts = MemoryAccountRepository(history, Account, AccountNotFound)
        jobs = MemoryAggregateRepository(history, PayoutJob, PayoutJobNotFound)
        movements = MemoryMovementRepository(
            history, Movement, MovementNotFound, accounts=accounts, jobs=jobs
        )
        charges = MemoryChargeRepository(history, Charge, ChargeNotFound, movements=movements)
        return cls(
            accounts=accounts,
            movements=movements,
            charges=charges,
            refunds=MemoryRefundRepository(history, Refund, RefundNotFound),
            disputes=MemoryDisputeRepository(history, Dispute, DisputeNotFound, charges=charges),
            events=MemoryStripeEventRepository(history, StripeEvent, StripeEventNotFound),
            reconciliations=MemoryReconciliationRepository(
                history, Reconciliation, ReconciliationNotFound
            ),
            switches=MemorySwitchRepository(history, PaymentSwitch, SwitchNotFound),
            transfer_rows=MemoryTransferRepository(
                history, Transfer, TransferNotFound, movements=movements
            ),
            payout_job_rows=jobs,
            payee_rows=MemoryAggregateRepository(history, Payee, PayeeNotFound),
        )

    def copy(self, history: MemoryHistory) -> Self:
        """Return a draft over a draft of history. It shares the rows, which are frozen."""
        accounts = self.accounts.copy(history)
        jobs = self.payout_job_rows.copy(history)
        movements = self.movements.copy_with(history, accounts, jobs)
        charges = evolve(self.charges.copy(history), movements=movements)
        return type(self)(
            accounts=accounts,
            movements=movements,
            charges=charges,
            refunds=self.refunds.copy(history),
            disputes=evolve(self.disputes.copy(history), charges=charges),
            events=self.events.copy(history),
            reconciliations=self.reconciliations.copy(history),
            switches=self.switches.copy(history),
            transfer_rows=evolve(self.transfer_rows.copy(history), movements=movements),
            payout_job_rows=jobs,
            payee_rows=self.payee_rows.copy(history),
        )
