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
from indelible.money.repositories.payments import (
    Charges,
    Disputes,
    Reconciliations,
    Refunds,
    StripeEvents,
    Switches,
)
from indelible.money.repositories.payouts import Payees, PayoutJobs, Transfers


class MoneyReader(Protocol):
    """The repositories of money in a read transaction: `tx.money`."""

    @property
    def accounts(self) -> AccountReader: ...
    @property
    def movements(self) -> MovementReader: ...
    @property
    def charges(self) -> Charges: ...
    @property
    def refunds(self) -> Refunds: ...
    @property
    def disputes(self) -> Disputes: ...
    @property
    def events(self) -> StripeEvents: ...
    @property
    def reconciliations(self) -> Reconciliations: ...
    @property
    def switches(self) -> Switches: ...
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
    def charges(self) -> Charges: ...
    @property
    def refunds(self) -> Refunds: ...
    @property
    def disputes(self) -> Disputes: ...
    @property
    def events(self) -> StripeEvents: ...
    @property
    def reconciliations(self) -> Reconciliations: ...
    @property
    def switches(self) -> Switches: ...
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
