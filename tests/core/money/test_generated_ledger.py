"""Generated sequences of movements: books always balance, balances are folds of postings."""

from collections.abc import Callable
from random import Random

import pytest

from indelible import money
from indelible.kernel import Change, IndelibleError, verify_chain
from indelible.memory import MemoryStore
from indelible.money import ACCOUNT, Account, AccountKind, MovementDraft, Proof, SettlementLine
from indelible.money.entities.lines import OwedLine
from indelible.money.entities.values import account_id
from indelible.money.rules.ledger.payments import (
    dispute_lost,
    dispute_opened,
    dispute_won,
    entry_fee,
    refund_failed,
    refund_requested,
    refund_succeeded,
)
from indelible.money.rules.ledger.payouts import payout_created
from indelible.testing.money.scenarios import USD, Books, golden, payment_of
from indelible.testing.stores import CountedIds, TickingClock, do

REFERENCES = ("c1", "c2")
STEPS = 40
PARTIES = ("ann", "bob", "cat")
Operation = Callable[["Generated"], None]


class Generated:
    """Books that grow by random movements; a refused one changes nothing."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)  # noqa: S311 - a seeded test
        self.books = Books(MemoryStore(clock=TickingClock(), ids=CountedIds()))
        self.refusals: list[str] = []
        self.number = 0

    def name(self) -> str:
        """Return a new name."""
        self.number += 1
        return f"n{self.number}"

    def common(self) -> dict[str, object]:
        """Return the fields that most drafts have."""
        return {
            "reference": self.random.choice(REFERENCES),
            "party": self.random.choice(PARTIES),
            "amount_minor": self.random.randint(1, 3000),
            "currency": USD,
            "proof": Proof.by_event(f"evt-{self.name()}"),
        }

    def attempt(self, draft: MovementDraft) -> None:
        """Post a draft, and remember the code of its refusal."""
        before = self.accounts()
        try:
            self.books.post(draft)
        except IndelibleError as error:
            self.refusals.append(error.code)
            assert self.accounts() == before

    def accounts(self) -> dict[str, Account]:
        """Return all accounts by their ids."""
        heads = self.books.store.read(lambda tx: tx.money.accounts.page(after="", limit=1000))
        return {head.entity.id: head.entity for head in heads}


def pay(books: Generated) -> None:
    """Post a fee, sometimes one that was posted before."""
    books.attempt(entry_fee(charge_id=books.name(), **books.common()))  # type: ignore[arg-type]  # fields of several types


def refund(books: Generated) -> None:
    """Post a refund to one of its ends."""
    name, values = books.name(), books.common()
    is_covered = books.random.random() < 0.3
    requested = refund_requested(refund_id=name, is_covered=is_covered, **values)  # type: ignore[arg-type]  # fields of several types
    books.attempt(requested)
    if books.random.random() < 0.5:
        books.attempt(refund_succeeded(refund_id=name, **values))  # type: ignore[arg-type]  # fields of several types
    else:
        failed = refund_failed(refund_id=name, is_covered=is_covered, **values)  # type: ignore[arg-type]  # fields of several types
        books.attempt(failed)


def dispute(books: Generated) -> None:
    """Post a dispute to one of its ends."""
    name, values = books.name(), books.common()
    fee_minor = books.random.choice([0, 1500])
    books.attempt(dispute_opened(dispute_id=name, fee_minor=fee_minor, **values))  # type: ignore[arg-type]  # fields of several types
    if books.random.random() < 0.5:
        books.attempt(dispute_won(dispute_id=name, **values))  # type: ignore[arg-type]  # fields of several types
    else:
        is_absorbed = books.random.random() < 0.5
        lost = dispute_lost(dispute_id=name, is_absorbed=is_absorbed, **values)  # type: ignore[arg-type]  # fields of several types
        books.attempt(lost)


def settle(books: Generated) -> None:
    """Divide all that a reference has in escrow."""
    reference = books.random.choice(REFERENCES)
    escrow = books.accounts().get(account_id(AccountKind.ESCROW, reference, USD))
    pool = escrow.balance_minor if escrow is not None else 0
    winners = [party for party in PARTIES if books.random.random() < 0.7]
    share = pool // (len(winners) + 1)
    lines = [SettlementLine(party=party, amount_minor=share) for party in winners if share > 0]
    command = golden(
        books.name(),
        reference=reference,
        lines=lines,
        rake_minor=pool - share * len(lines),
        rounding_minor=0,
        items=[books.name()],
    )
    do(books.books.store, money.settle, command)


def pay_out(books: Generated) -> None:
    """Pay an owed line, and sometimes reverse a part of the payment."""
    owed = books.books.store.read(
        lambda tx: tx.money.movements.joins.owed_lines(unpaid=books.random.random() < 0.8, limit=20)
    )
    if not owed:
        return
    line = books.random.choice(owed)
    draft = payout_created(
        transfer_id=books.name(),
        reference=line.reference,
        currency=USD,
        lines=[payment_of(line)],
        proof=Proof.by_operator("test"),
    )
    books.attempt(draft)


def reverse(books: Generated) -> None:
    """Mirror any movement."""
    heads = books.books.store.read(lambda tx: tx.money.movements.page(after="", limit=1000))
    if not heads:
        return
    head = books.random.choice(heads)
    try:
        books.books.reverse(head.entity.id)
    except IndelibleError as error:
        books.refusals.append(error.code)


OPERATIONS: tuple[Operation, ...] = (pay, pay, pay, refund, dispute, settle, pay_out, reverse)


@pytest.mark.parametrize("seed", range(4))
def test_generated_books_balance_after_every_movement(seed: int) -> None:
    books = Generated(seed)
    for _ in range(STEPS):
        books.random.choice(OPERATIONS)(books)

        assert books.books.identity() == 0
        assert books.books.faults() == ()
        for account in books.accounts().values():
            assert account.balance_minor >= 0 or not account.kind.has_reference

    assert books.refusals
    for name, account in books.accounts().items():
        changes = books.books.store.read(account_history, name)
        verify_chain(ACCOUNT, changes)
        assert changes[-1].data["balance_minor"] == account.balance_minor
    for reference in REFERENCES:
        owed = books.books.store.read(unpaid_lines, reference)
        total = sum(line.amount_minor for line in owed)
        assert total == books.books.balance(AccountKind.WINNER_PAYABLE, reference)


def account_history(tx: money.MoneyRead, name: str) -> tuple[Change, ...]:
    """Return the changes of an account."""
    return tx.history.of(ACCOUNT.name, name)


def unpaid_lines(tx: money.MoneyRead, reference: str) -> tuple[OwedLine, ...]:
    """Return what is owed and unpaid for a reference."""
    return tx.money.movements.joins.owed_lines(reference=reference, unpaid=True, limit=1000)
