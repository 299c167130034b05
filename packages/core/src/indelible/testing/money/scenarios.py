"""Books with paid fees, a settlement and payouts, for the suites of money."""

from typing import Final, Self

from attrs import frozen

from indelible.kernel import Actor
from indelible.money import (
    AccountKind,
    ApproveReversal,
    LedgerLine,
    Movement,
    MovementDraft,
    MovementPosted,
    OwedLine,
    OwedPayment,
    PayoutReversal,
    Posting,
    Proof,
    ProposeReversal,
    Settle,
    SettlementLine,
    approve_reversal,
    post_movement,
    propose_reversal,
    settle,
)
from indelible.money.entities.values import account_id
from indelible.money.rules.ledger.payments import entry_fee
from indelible.money.rules.ledger.payouts import (
    guarantee_topup,
    payout_created,
    payout_reversed,
    unclaimed,
)
from indelible.testing.stores import NOOR, AnyStore, do, within

REFERENCE: Final = "contest-1"
OTHER: Final = "contest-2"
USD: Final = "USD"
FEE: Final = 2501
POOL: Final = 12505
# The golden settlement of five fees: three winners, the rake and one cent.
GOLDEN: Final = (("ann", 5628), ("bob", 2813), ("cat", 2813))
WON: Final = dict(GOLDEN)
RAKE: Final = 1250
ROUNDING: Final = 1
PARTIES: Final = ("ann", "bob", "cat", "dan", "eve")
OPERATOR: Final = Proof.by_operator("test")


@frozen
class Books:
    """The ledger of a store."""

    store: AnyStore

    def post(self, draft: MovementDraft) -> MovementPosted:
        """Post a movement in a transaction of its own."""
        return within(self.store, lambda tx: post_movement(tx, draft))

    def movement(self, movement_id: str) -> Movement:
        """Return a movement."""
        return self.store.read(lambda tx: tx.money.movements.get(movement_id)).entity

    def pay(self, party: str, *, reference: str = REFERENCE, event: str = "") -> MovementPosted:
        """Post the fee of a party."""
        return self.post(fee(party, reference=reference, event=event))

    def pay_all(self, *, reference: str = REFERENCE) -> Self:
        """Post the fees of all five parties."""
        for party in PARTIES:
            self.pay(party, reference=reference)
        return self

    def settle(
        self, settlement_id: str = "s1", *, reference: str = REFERENCE, **changes: object
    ) -> MovementPosted:
        """Settle a reference as the golden example does."""
        return do(self.store, settle, golden(settlement_id, reference=reference, **changes))

    def pay_out(self, transfer_id: str, *lines: OwedLine) -> MovementPosted:
        """Post a transfer that pays owed lines."""
        return self.post(payout(transfer_id, *lines))

    def keep_unclaimed(self, transfer_id: str, *lines: OwedLine) -> MovementPosted:
        """Post what nobody has claimed: the platform keeps it."""
        draft = unclaimed(
            transfer_id=transfer_id,
            reference=REFERENCE,
            currency=USD,
            lines=[payment_of(line) for line in lines],
            proof=OPERATOR,
        )
        return self.post(draft)

    def reverse_payout(
        self, reversal_ref: str, payout_movement: Movement, amount_minor: int, *, number: int = 1
    ) -> MovementPosted:
        """Post the reversal of a part of a payout line."""
        line = self.store.read(
            lambda tx: tx.money.movements.joins.payout_line(payout_movement.id, number)
        )
        return self.post(reversal(reversal_ref, line, amount_minor))

    def top_up(self, amount_minor: int = FEE, *, reference: str = OTHER) -> MovementPosted:
        """Post what the platform adds to the escrow of a reference."""
        return self.post(top_up(amount_minor, reference=reference))

    def propose(self, movement_id: str) -> MovementPosted:
        """Note the proposal of Maya to reverse a movement."""
        return do(self.store, propose_reversal, ProposeReversal(movement_id=movement_id))

    def approve(self, movement_id: str, *, actor: Actor = NOOR) -> MovementPosted:
        """Post the mirror of a movement, by another one than who has proposed it."""
        return do(
            self.store, approve_reversal, ApproveReversal(movement_id=movement_id), actor=actor
        )

    def reverse(self, movement_id: str) -> MovementPosted:
        """Post the mirror of a movement by two persons."""
        self.propose(movement_id)
        return self.approve(movement_id)

    def owed(self, party: str, *, unpaid: bool = True) -> tuple[OwedLine, ...]:
        """Return the owed lines of a party."""
        return self.store.read(
            lambda tx: tx.money.movements.joins.owed_lines(party=party, unpaid=unpaid, limit=100)
        )

    def postings(self, movement: Movement) -> tuple[Posting, ...]:
        """Return the postings of a movement."""
        return self.store.read(
            lambda tx: tx.money.movements.postings(movement.id, after=0, limit=100)
        )

    def balance(self, kind: AccountKind, reference: str = REFERENCE) -> int:
        """Return the balance of an account, 0 if no movement has used it."""
        name = account_id(kind, reference if kind.has_reference else None, USD)
        accounts = self.store.read(lambda tx: tx.money.accounts.find({"id": name}, limit=1))
        return accounts[0].entity.balance_minor if accounts else 0

    def identity(self) -> int:
        """Return assets and expenses without liabilities and income: 0 in balanced books."""
        total_minor = 0
        for item in self.store.read(lambda tx: tx.money.accounts.joins.sums()):
            sign = 1 if item.kind.side == "debit" else -1
            total_minor += sign * item.balance_minor
        return total_minor

    def faults(self) -> tuple[str, ...]:
        """Return the ids of movements and accounts whose sums are wrong."""
        return self.store.read(
            lambda tx: (
                *tx.money.movements.joins.inconsistent(limit=10),
                *tx.money.movements.joins.misbalanced(limit=10),
            )
        )


def settled_books(store: AnyStore) -> Books:
    """Return books with five fees and the golden settlement."""
    books = Books(store).pay_all()
    books.settle()
    return books


def fee(
    party: str, *, reference: str = REFERENCE, event: str = "", amount_minor: int = FEE
) -> MovementDraft:
    """Return the draft of a party's fee, proved by an event."""
    return entry_fee(
        charge_id=f"charge-{reference}-{party}",
        reference=reference,
        party=party,
        amount_minor=amount_minor,
        currency=USD,
        proof=Proof.by_event(event or f"evt-{reference}-{party}"),
    )


def top_up(amount_minor: int = FEE, *, reference: str = OTHER) -> MovementDraft:
    """Return the draft of what the platform adds to the escrow of a reference."""
    return guarantee_topup(
        settlement_id=f"settlement-{reference}",
        reference=reference,
        amount_minor=amount_minor,
        currency=USD,
    )


def golden(settlement_id: str, *, reference: str = REFERENCE, **changes: object) -> Settle:
    """Return the command of the golden settlement, with other values for some fields."""
    values: dict[str, object] = {
        "settlement_id": settlement_id,
        "reference": reference,
        "currency": USD,
        "lines": [
            SettlementLine(party=party, amount_minor=amount_minor) for party, amount_minor in GOLDEN
        ],
        "rake_minor": RAKE,
        "rounding_minor": ROUNDING,
        "retained_minor": 0,
        "top_up_minor": 0,
        "items": [f"{reference}-{party}" for party in PARTIES],
    }
    values.update(changes)
    return Settle(**values)  # type: ignore[arg-type] # the command checks every value


def payout(transfer_id: str, *lines: OwedLine, reference: str = REFERENCE) -> MovementDraft:
    """Return the draft of a transfer that pays owed lines."""
    return payout_created(
        transfer_id=transfer_id,
        reference=reference,
        currency=USD,
        lines=[payment_of(line) for line in lines],
        proof=OPERATOR,
    )


def payment_of(line: OwedLine) -> OwedPayment:
    """Return the payment of an owed line."""
    return OwedPayment(
        movement_id=line.movement_id,
        number=line.number,
        party=line.party,
        amount_minor=line.amount_minor,
    )


def reversal(reversal_ref: str, line: LedgerLine, amount_minor: int) -> MovementDraft:
    """Return the draft of the reversal of a part of a payout line."""
    return payout_reversed(
        reversal_ref=reversal_ref,
        reference=REFERENCE,
        currency=USD,
        lines=[
            PayoutReversal(
                movement_id=line.movement.id,
                number=line.posting.number,
                party=line.posting.party or "",
                amount_minor=amount_minor,
            )
        ],
        proof=Proof.by_event(f"evt-{reversal_ref}"),
    )
