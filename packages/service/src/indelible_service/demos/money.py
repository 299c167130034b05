"""Run a contest to the payment of its winners, and show the books to the cent."""

from collections.abc import Generator, Iterator, Sequence
from typing import Final

from attrs import define

from indelible.money.entities.payouts import Transfer
from indelible.money.entities.values import AccountKind, Side
from indelible.money.errors.gateway import ParkReason
from indelible.money.errors.payouts import PayoutJobNotFound
from indelible.money.lifecycle.payouts import PayoutJobStatus
from indelible.reactions import settlement_id
from indelible_service.demos.concepts import DemoStep
from indelible_service.demos.contests import ContestDemo, running_demo
from indelible_service.demos.running import RunningDemonstration
from indelible_service.demos.waiting import OnWait, tell_nobody
from indelible_service.settings.service import Settings

MINOR_UNITS: Final = 100  # of the demo's currency
TRANSFER_COLUMNS: Final = ("winner", "amount", "state", "transfer at Stripe", "approved by")
ACCOUNT_COLUMNS: Final = ("account", "currency", "debit", "credit")
MAX_TRANSFERS: Final = 100
OWN_APPROVALS: Final = (
    "The demonstration has approved the payouts itself, as an instance with a Stripe does by"
    " default. With INDELIBLE_AUTOMATIC_PAYOUTS=off an operator approves each."
)
STRIPE_ENDS: Final = (
    "Its simulator of Stripe ends with it: `indelible money reconcile` has no Stripe to ask then."
)


def money_demo(
    settings: Settings, running: RunningDemonstration, on_wait: OnWait = tell_nobody
) -> Generator[DemoStep]:
    """Run a contest with paid entries until its winners are paid, and print the ledger.

    Raises: as `contests_demo`.
    """
    with running_demo(settings, running, on_wait=on_wait) as contest:
        yield from contest.open()
        yield from contest.run()
        yield from MoneyDemo(contest=contest).run()
        address = f"{settings.address}/console/contests/{contest.contest.id}"
        yield DemoStep(f"The contest: {address}")
        if contest.stripe.worker is not None:
            yield DemoStep(OWN_APPROVALS)
        yield DemoStep(STRIPE_ENDS)


@define(kw_only=True)
class MoneyDemo:
    """Follows a contest after its end: its payouts, and the books."""

    contest: ContestDemo

    @property
    def job_id(self) -> str:
        return settlement_id(self.contest.contest.id)

    def run(self) -> Iterator[DemoStep]:
        """Wait for the payouts, and show them with the balances of the ledger."""
        self.contest.wait_for("the transfers of winners without an account", self.are_waiting)
        winners = self.winners()
        if winners:
            text = f"Transfers that wait for winners without an account: {len(winners)}."
            yield self.contest.step(text)
            self.contest.stripe.enroll(winners)
            yield self.contest.step("Each of them has enrolled, with a key of their own.")
        self.contest.wait_for("a complete payout job", self.is_paid_out)
        yield self.contest.step("Every winner is paid.")
        self.contest.wait_for("the booking of Stripe's fees", self.is_booked)
        yield DemoStep("The payouts:", TRANSFER_COLUMNS, self.transfer_rows())
        yield DemoStep("The ledger:", ACCOUNT_COLUMNS, self.account_rows())
        yield DemoStep(f"The sum of all accounts: {_amount(self.ledger_sum())}.")
        yield DemoStep("Stripe reports the same balance.")
        accepted, requests = self.contest.stripe.conformity()
        yield DemoStep(f"Stripe's descriptions accept {accepted} of {requests} requests to it.")

    def is_paid_out(self) -> bool:
        try:
            head = self.contest.store.read(lambda tx: tx.money.payout_jobs.get(self.job_id))
        except PayoutJobNotFound:
            return False
        return head.entity.status is PayoutJobStatus.COMPLETE

    def transfers(self) -> list[Transfer]:
        """Return the transfers of the settlement."""
        heads = self.contest.store.read(
            lambda tx: tx.money.transfers.find({"job_id": self.job_id}, limit=MAX_TRANSFERS)
        )
        return [head.entity for head in heads]

    def are_waiting(self) -> bool:
        """Return True if each winner is paid, or has a transfer that waits for an account."""
        transfers = self.transfers()
        waiting = {one.failure_code for one in transfers if not one.is_terminal}
        return bool(transfers) and waiting <= {ParkReason.ACCOUNT_MISSING}

    def winners(self) -> list[str]:
        """Return the parties whose transfers wait for an account."""
        return [one.party for one in self.transfers() if not one.is_terminal]

    def is_booked(self) -> bool:
        """Return True if our balance at Stripe is the one that Stripe reports."""
        reported = self.contest.stripe.gateway.retrieve_balance()
        stripes = {one.currency: one.total_minor for one in reported}
        ours: dict[str, int] = {}
        for balance in self.contest.store.read(lambda tx: tx.money.accounts.joins.sums()):
            if balance.kind is AccountKind.STRIPE_BALANCE:
                ours[balance.currency] = balance.balance_minor
        return ours == {currency: stripes.get(currency, 0) for currency in ours}

    def transfer_rows(self) -> list[Sequence[object]]:
        """Return the transfers of the settlement with their states."""
        rows: list[Sequence[object]] = []
        for transfer in self.transfers():
            rows.append(
                (
                    transfer.party,
                    _amount(transfer.amount_minor),
                    transfer.status.value,
                    transfer.stripe_transfer_id,
                    str(transfer.approved_by),
                )
            )
        return rows

    def account_rows(self) -> list[Sequence[object]]:
        """Return the balances by kind of account, each on its side."""
        rows: list[Sequence[object]] = []
        for balance in self.contest.store.read(lambda tx: tx.money.accounts.joins.sums()):
            amount = _amount(balance.balance_minor)
            columns = (amount, "") if balance.kind.side is Side.DEBIT else ("", amount)
            rows.append((balance.kind.value, balance.currency, *columns))
        return rows

    def ledger_sum(self) -> int:
        """Return the sum of all debits without all credits."""
        total = 0
        for balance in self.contest.store.read(lambda tx: tx.money.accounts.joins.sums()):
            minor = balance.balance_minor
            total += minor if balance.kind.side is Side.DEBIT else -minor
        return total


def _amount(minor: int) -> str:
    """Return an amount with its cents."""
    sign = "-" if minor < 0 else ""
    return f"{sign}{abs(minor) // MINOR_UNITS}.{abs(minor) % MINOR_UNITS:02}"
