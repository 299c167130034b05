"""The transactions of money: `tx.money` has its repositories."""

from typing import Protocol

from indelible.kernel.payloads import PayloadsRead, PayloadsWrite
from indelible.kernel.task_ports import TaskQueue, TaskReader
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


class MoneyRepositories(Protocol):
    """The repositories of money in a transaction: `tx.money`."""

    @property
    def accounts(self) -> Accounts: ...
    @property
    def movements(self) -> Movements: ...
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
    def money(self) -> MoneyRepositories: ...
    @property
    def tasks(self) -> TaskReader: ...


class MoneyWrite(PayloadsWrite, Protocol):
    """The transaction that handlers of money need."""

    @property
    def money(self) -> MoneyRepositories: ...
    @property
    def tasks(self) -> TaskQueue: ...
