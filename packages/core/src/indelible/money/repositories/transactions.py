"""The transactions of money: `tx.money` has its repositories."""

from typing import Protocol

from indelible.kernel.payloads import PayloadsRead, PayloadsWrite
from indelible.kernel.task_ports import TaskQueue, TaskReader
from indelible.money.ports.ledger import (
    AccountReader,
    AccountWriter,
    MovementReader,
    MovementWriter,
)
from indelible.money.ports.payments import (
    ChargeReader,
    ChargeWriter,
    DisputeReader,
    DisputeWriter,
    ReconciliationReader,
    ReconciliationWriter,
    RefundReader,
    RefundWriter,
    StripeEventReader,
    StripeEventWriter,
    SwitchReader,
    SwitchWriter,
)
from indelible.money.repositories.payouts import Payees, PayoutJobs, Transfers


class MoneyReader(Protocol):
    """The repositories of money in a read transaction: `tx.money`."""

    @property
    def accounts(self) -> AccountReader: ...
    @property
    def movements(self) -> MovementReader: ...
    @property
    def charges(self) -> ChargeReader: ...
    @property
    def refunds(self) -> RefundReader: ...
    @property
    def disputes(self) -> DisputeReader: ...
    @property
    def events(self) -> StripeEventReader: ...
    @property
    def reconciliations(self) -> ReconciliationReader: ...
    @property
    def switches(self) -> SwitchReader: ...
    @property
    def transfers(self) -> Transfers: ...
    @property
    def payout_jobs(self) -> PayoutJobs: ...
    @property
    def payees(self) -> Payees: ...


class MoneyWriter(Protocol):
    """The repositories of money in a write transaction: `tx.money`."""

    @property
    def accounts(self) -> AccountWriter: ...
    @property
    def movements(self) -> MovementWriter: ...
    @property
    def charges(self) -> ChargeWriter: ...
    @property
    def refunds(self) -> RefundWriter: ...
    @property
    def disputes(self) -> DisputeWriter: ...
    @property
    def events(self) -> StripeEventWriter: ...
    @property
    def reconciliations(self) -> ReconciliationWriter: ...
    @property
    def switches(self) -> SwitchWriter: ...
    @property
    def transfers(self) -> Transfers: ...
    @property
    def payout_jobs(self) -> PayoutJobs: ...
    @property
    def payees(self) -> Payees: ...


class MoneyRead(PayloadsRead, Protocol):
    """The transaction that queries on money need."""

    @property
    def money(self) -> MoneyReader: ...
    @property
    def tasks(self) -> TaskReader: ...


class MoneyWrite(PayloadsWrite, Protocol):
    """The transaction that handlers of money need."""

    @property
    def money(self) -> MoneyWriter: ...
    @property
    def tasks(self) -> TaskQueue: ...
