"""An independent reference of balances: what Stripe and the plan say, without our books.

It knows fees and rakes by the plan, Stripe's own objects, and which entries settlements count.
It is compared with the ledger at moments of rest, when nothing that has happened at Stripe waits to
be booked.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Final

from attrs import define, field, frozen

from indelible.money.entities.ids import charge_id
from indelible.money.entities.values import AccountKind
from indelible.money.rules.charges import CHARGE_METADATA
from indelible_service.simulation.people import People
from indelible_service.simulation.plan import Plan, PlannedContest, PlannedEntry
from indelible_service.simulation.stripe import SimulatedStripe

CURRENCY: Final = "usd"
BPS: Final = 10_000
SUCCEEDED: Final = "succeeded"
LOST: Final = "lost"
CLOSED: Final = ("won", "lost", "prevented", "warning_closed")
Json = Mapping[str, Any]
CountedEntries = Mapping[str, frozenset[str]]  # of each complete contest, by the names of the plan


@frozen(kw_only=True)
class PaidEntry:
    """An entry whose charge has succeeded at Stripe; amounts are minor units."""

    entry: PlannedEntry
    amount: int
    refunded: int
    dispute: str | None  # its status at Stripe

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
    _contests: dict[str, PlannedContest] = field(init=False)
    _entries: dict[str, PlannedEntry] = field(factory=dict[str, PlannedEntry])  # by charge

    def __attrs_post_init__(self) -> None:
        self._contests = {contest.name: contest for contest in self.plan.contests}

    def differences(
        self, books: Mapping[AccountKind, int], counted: CountedEntries
    ) -> Iterator[str]:
        """Yield what differs between our books, by kind of account, and the reference."""
        for name, amount in sorted(self.expected(counted).items()):
            actual = sum(books.get(kind, 0) for kind in ACCOUNTS[name])
            if actual != amount:
                yield f"{name} is {actual}, expected {amount}"

    def expected(self, counted: CountedEntries) -> Counter[str]:
        """Return the balances by the names of `ACCOUNTS`, each on its own side."""
        balances = Counter(dict.fromkeys(ACCOUNTS, 0))
        unexplained = self.people.losses.unexplained_minor(self.stripe)
        balances[AT_STRIPE] = self.stripe.balance_minor(CURRENCY) - unexplained
        balances[PRIZES] = -self._paid_out()
        self._add_fees(balances)
        for paid in self.paid_entries():
            names = counted.get(paid.entry.contest)
            if names is None:
                balances[ESCROW] += paid.amount - paid.refunded - paid.amount * paid.is_lost
            elif paid.entry.name in names:
                balances[GOODWILL] += paid.refunded
                balances[DISPUTES] += paid.amount * paid.is_lost
            else:
                _add_uncounted(balances, paid)
            balances[RECEIVABLE] += paid.amount * paid.is_disputed
        for name, names in counted.items():
            contest = self._contests[name]
            pool = contest.fee_minor * len(names)
            rake = pool * contest.rake_bps // BPS
            balances[RAKE] += rake
            balances[PRIZES] += pool - rake
        return balances

    def paid_entries(self) -> Iterator[PaidEntry]:
        """Yield the entries that were paid, as Stripe's charges have them."""
        for entry in self.plan.entries:
            entry_id = self.people.entry_ids.get(entry.name)
            if entry_id is not None:
                self._entries.setdefault(charge_id(entry_id), entry)
        intents = {intent["id"]: intent for intent in self.stripe.objects("payment_intent")}
        disputes = {dispute["charge"]: dispute for dispute in self.stripe.objects("dispute")}
        for charge in self.stripe.objects("charge"):
            if charge["status"] != SUCCEEDED:
                continue
            own_id = intents[charge["payment_intent"]]["metadata"][CHARGE_METADATA]
            if self.people.losses.is_lost(own_id):
                continue
            dispute = disputes.get(charge["id"])
            yield PaidEntry(
                entry=self._entries[own_id],
                amount=charge["amount_captured"],
                refunded=charge["amount_refunded"],
                dispute=None if dispute is None else dispute["status"],
            )

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
        transfers = self.stripe.objects("transfer")
        return sum(one["amount"] - one["amount_reversed"] for one in transfers)


def _add_uncounted(balances: Counter[str], paid: PaidEntry) -> None:
    """Add a payment that a settlement has not counted: given back, lost, or kept after a win."""
    left = paid.amount - paid.refunded - paid.amount * paid.is_lost
    if paid.is_disputed:
        balances[ESCROW] += left
    elif paid.dispute is not None:
        balances[RAKE] += left


AT_STRIPE: Final = "the balance at Stripe"
FEES: Final = "Stripe's fees"
ESCROW: Final = "escrow"
RAKE: Final = "the rake"
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
