"""An independent reference of balances: what Stripe and the plan say, without our books.

It knows fees and rakes by the plan, prizes by the scores of the players, Stripe's own objects, and
which entries settlements count. It is compared with the ledger at moments of rest, when nothing
that has happened at Stripe waits to be booked.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

from attrs import define, field, frozen

from indelible.money.entities.ids import charge_id
from indelible.money.entities.values import AccountKind
from indelible.money.rules.charges import CHARGE_METADATA
from indelible.money.rules.payouts import transfer_group
from indelible_service.simulation.people import People
from indelible_service.simulation.plan import Plan, PlannedContest, PlannedEntry
from indelible_service.simulation.prizes import BPS, PrizeReference
from indelible_service.simulation.stripe import SimulatedStripe

CURRENCY: Final = "usd"
SUCCEEDED: Final = "succeeded"
LOST: Final = "lost"
CLOSED: Final = ("won", "lost", "prevented", "warning_closed")
Json = Mapping[str, Any]
CountedEntries = Mapping[str, frozenset[str]]  # of each complete contest, by the names of the plan


@frozen(kw_only=True)
class PaidEntry:
    """An entry whose charge has succeeded at Stripe; amounts are minor units."""

    entry: PlannedEntry
    at: int  # seconds since the epoch, as `returned_at`
    amount: int
    refunded: int
    dispute: str | None  # its status at Stripe
    returned_at: int | None  # when refunds had returned all of it

    @property
    def left(self) -> int:
        """Return what the payer has not got back."""
        return self.amount - self.refunded - self.amount * self.is_lost

    @property
    def is_lost(self) -> bool:
        """Return True if the payer has won a dispute."""
        return self.dispute == LOST

    @property
    def is_disputed(self) -> bool:
        """Return True while a dispute is open."""
        return self.dispute is not None and self.dispute not in CLOSED


@define(kw_only=True)
class Reference:
    """Computes the balances that the books must have at a moment of rest."""

    plan: Plan
    people: People
    stripe: SimulatedStripe
    prizes: PrizeReference = field(init=False)
    paid: tuple[PaidEntry, ...] = ()  # at the last reading of Stripe's objects
    _contests: dict[str, PlannedContest] = field(init=False)
    _entries: dict[str, PlannedEntry] = field(factory=dict[str, PlannedEntry])  # by charge

    def __attrs_post_init__(self) -> None:
        self.prizes = PrizeReference(plan=self.plan, people=self.people)
        self._contests = {contest.name: contest for contest in self.plan.contests}

    def read_payments(self) -> None:
        """Read Stripe's objects again."""
        self.paid = tuple(self._paid_entries())

    def differences(
        self, books: Mapping[AccountKind, int], counted: CountedEntries
    ) -> Iterator[str]:
        """Yield what differs between our books, by kind of account, and the reference."""
        for name, amount in sorted(self.expected(counted).items()):
            actual = sum(books.get(kind, 0) for kind in ACCOUNTS[name])
            if actual != amount:
                yield f"{name} is {actual}, expected {amount}"

    def contest_differences(
        self, books: Mapping[str, Mapping[AccountKind, int]], counted: CountedEntries
    ) -> Iterator[str]:
        """Yield what differs between our books of each contest and the reference."""
        expected = self.expected_of_contests(counted)
        for contest, accounts in books.items():
            for name, amount in expected[contest].items():
                actual = sum(accounts.get(kind, 0) for kind in ACCOUNTS_OF_CONTEST[name])
                if actual != amount:
                    yield f"{name} of {contest} is {actual}, expected {amount}"

    def expected_of_contests(self, counted: CountedEntries) -> dict[str, dict[str, int]]:
        """Return the balances of each published contest by the names of `ACCOUNTS_OF_CONTEST`."""
        escrow: Counter[str] = Counter()
        for paid in self.paid:
            contest = paid.entry.contest
            escrow[contest] += _escrow_minor(paid, counted.get(contest))
        paid_out: Counter[str] = Counter()
        for transfer in self.stripe.objects("transfer"):
            paid_out[transfer["transfer_group"]] += _net_minor(transfer)

        balances: dict[str, dict[str, int]] = {}
        for contest, contest_id in self.people.contest_ids.items():
            prizes = self.prizes.prizes(contest, counted.get(contest, ()))
            owed = sum(prizes.values()) - paid_out[transfer_group(contest_id)]
            balances[contest] = {ESCROW: escrow[contest], OWED: owed}
        return balances

    def expected(self, counted: CountedEntries) -> Counter[str]:
        """Return the balances by the names of `ACCOUNTS`, each on its own side."""
        balances = Counter(dict.fromkeys(ACCOUNTS, 0))
        unexplained = self.people.losses.unexplained_minor(self.stripe)
        balances[AT_STRIPE] = self.stripe.balance_minor(CURRENCY) - unexplained
        balances[PRIZES] = -self._paid_out()
        self._add_fees(balances)
        for paid in self.paid:
            names = counted.get(paid.entry.contest)
            balances[ESCROW] += _escrow_minor(paid, names)
            if names is not None and paid.entry.name in names:
                balances[GOODWILL] += paid.refunded
                balances[DISPUTES] += paid.amount * paid.is_lost
            elif names is not None and paid.dispute is not None and not paid.is_disputed:
                balances[RAKE] += paid.left  # the platform keeps it after it has won the dispute
            balances[RECEIVABLE] += paid.amount * paid.is_disputed
        for name, names in counted.items():
            contest = self._contests[name]
            pool = contest.fee_minor * len(names)
            rake = pool * contest.rake_bps // BPS
            balances[RAKE] += rake
            balances[PRIZES] += pool - rake
        return balances

    def _paid_entries(self) -> Iterator[PaidEntry]:
        """Yield the entries that were paid, as Stripe's charges have them."""
        for entry in self.plan.entries:
            entry_id = self.people.entry_ids.get(entry.name)
            if entry_id is not None:
                self._entries.setdefault(charge_id(entry_id), entry)
        intents = {intent["id"]: intent for intent in self.stripe.objects("payment_intent")}
        disputes = {dispute["charge"]: dispute for dispute in self.stripe.objects("dispute")}
        refunded_at = self._refunded_at()
        for charge in self.stripe.objects("charge"):
            if charge["status"] != SUCCEEDED:
                continue
            own_id = intents[charge["payment_intent"]]["metadata"][CHARGE_METADATA]
            if self.people.losses.is_lost(own_id):
                continue
            dispute = disputes.get(charge["id"])
            yield PaidEntry(
                entry=self._entries[own_id],
                at=charge["created"],
                amount=charge["amount_captured"],
                refunded=charge["amount_refunded"],
                dispute=None if dispute is None else dispute["status"],
                returned_at=refunded_at.get(charge["id"]) if charge["refunded"] else None,
            )

    def _refunded_at(self) -> dict[str, int]:
        """Return when the last refund of each refunded charge of Stripe was made."""
        times: dict[str, int] = {}
        for refund in self.stripe.objects("refund"):
            times[refund["charge"]] = max(refund["created"], times.get(refund["charge"], 0))
        return times

    def _add_fees(self, balances: Counter[str]) -> None:
        """Add Stripe's fees of payments and of disputes."""
        lost = {one["id"] for one in self.people.losses.transactions(self.stripe)}
        for transaction in self.stripe.objects("balance_transaction"):
            if transaction["id"] in lost:
                continue
            if transaction["type"] == "charge":
                balances[FEES] += transaction["fee"]
            elif transaction["reporting_category"] == "dispute":
                balances[DISPUTES] += transaction["fee"]

    def _paid_out(self) -> int:
        """Return what transfers have paid, without what was reversed."""
        return sum(_net_minor(transfer) for transfer in self.stripe.objects("transfer"))


def _escrow_minor(paid: PaidEntry, counted: Collection[str] | None) -> int:
    """Return what of a payment is in the escrow; `counted` is None before the settlement."""
    if counted is None:
        return paid.left
    if paid.entry.name in counted or not paid.is_disputed:
        return 0
    return paid.left


def _net_minor(transfer: Json) -> int:
    """Return what a transfer has paid, without what was reversed."""
    return int(transfer["amount"] - transfer["amount_reversed"])


AT_STRIPE: Final = "the balance at Stripe"
FEES: Final = "Stripe's fees"
ESCROW: Final = "escrow"
RAKE: Final = "the rake"
OWED: Final = "what winners are owed"
PRIZES: Final = "owed prizes and roundings"
DISPUTES: Final = "losses of disputes"
RECEIVABLE: Final = "what open disputes withhold"
GOODWILL: Final = "goodwill"
ACCOUNTS: Final[Mapping[str, tuple[AccountKind, ...]]] = {
    AT_STRIPE: (AccountKind.STRIPE_BALANCE,),
    FEES: (AccountKind.STRIPE_FEES,),
    ESCROW: (AccountKind.ESCROW, AccountKind.REFUND_CLEARING),
    RAKE: (AccountKind.PLATFORM_RAKE,),
    PRIZES: (
        AccountKind.WINNER_PAYABLE,
        AccountKind.PLATFORM_ROUNDING,
        AccountKind.UNCLAIMED_PRIZES,
    ),
    DISPUTES: (AccountKind.DISPUTE_LOSSES,),
    RECEIVABLE: (AccountKind.DISPUTE_RECEIVABLE,),
    GOODWILL: (AccountKind.GOODWILL,),
}
ACCOUNTS_OF_CONTEST: Final[Mapping[str, tuple[AccountKind, ...]]] = {
    ESCROW: ACCOUNTS[ESCROW],
    OWED: (AccountKind.WINNER_PAYABLE,),
}
