"""Requirements on owed lines, payouts and their reversals."""

from functools import partial

from attrs import evolve

from indelible.money import AccountKind, MoneyRead, MovementKind
from indelible.money.entities.ids import movement_id
from indelible.money.entities.lines import OwedLine
from indelible.testing.captures.scenarios import code
from indelible.testing.money.scenarios import (
    FEE,
    OTHER,
    POOL,
    RAKE,
    REFERENCE,
    ROUNDING,
    USD,
    WON,
    payout,
    settled_books,
)
from indelible.testing.stores import AnyStore
from indelible.testing.suite import Suite

SETTLEMENT = movement_id("settlement:s1")


def owed_line(tx: MoneyRead, number: int) -> OwedLine:
    """Return an owed line of the golden settlement."""
    return tx.money.movements.joins.owed_line(SETTLEMENT, number)


def read_owed_line(store: AnyStore, number: int) -> OwedLine:
    """Read an owed line in a transaction."""
    return store.read(owed_line, number)


def read_payout_line(store: AnyStore, number: int) -> object:
    """Read the line of a payout in a transaction."""
    return store.read(lambda tx: tx.money.movements.joins.payout_line(SETTLEMENT, number))


class OwedLinesConformance(Suite):
    """Requirements on what winners are owed, and on what pays it."""

    def test_a_settlement_owes_each_line(self, store: AnyStore) -> None:
        books = settled_books(store)
        (line,) = books.owed("ann")
        lines = store.read(
            lambda tx: tx.money.movements.joins.owed_lines(reference=REFERENCE, limit=9)
        )
        following = store.read(
            lambda tx: tx.money.movements.joins.owed_lines(
                movement_id=SETTLEMENT, after=line.name, limit=1
            )
        )

        assert line.name == (SETTLEMENT, 1)
        assert (line.amount_minor, line.reference, line.currency) == (WON["ann"], REFERENCE, USD)
        assert (line.kind, line.paid_by) == (MovementKind.SETTLEMENT, None)
        assert [item.party for item in lines] == ["ann", "bob", "cat"]
        assert following == lines[1:2]
        assert store.read(lambda tx: tx.money.movements.joins.owed_line(SETTLEMENT, 1)) == line

    def test_a_posting_that_owes_nothing_is_no_owed_line(self, store: AnyStore) -> None:
        settled_books(store)
        for number in (4, 5, 6):
            attempt = partial(read_owed_line, store, number)
            assert code(attempt) == "OWED_LINE_NOT_FOUND"

        assert code(lambda: read_payout_line(store, 1)) == "PAYOUT_LINE_NOT_FOUND"

    def test_a_payout_pays_its_line(self, store: AnyStore) -> None:
        books = settled_books(store)
        movement = books.pay_out("t1", *books.owed("ann")).movement
        (posting,) = books.postings(movement)

        assert movement.key == "payout:t1"
        assert posting.owed_line == (SETTLEMENT, 1)
        assert books.owed("ann") == ()
        (paid,) = books.owed("ann", unpaid=False)
        assert paid.paid_by == movement.id
        assert books.balance(AccountKind.STRIPE_BALANCE) == POOL - WON["ann"]
        assert books.balance(AccountKind.WINNER_PAYABLE) == POOL - RAKE - ROUNDING - WON["ann"]
        assert books.identity() == 0

    def test_an_owed_line_is_paid_once(self, store: AnyStore) -> None:
        books = settled_books(store)
        (line,) = books.owed("ann")
        books.pay_out("t1", line)

        assert code(partial(books.pay_out, "t2", line)) == "OWED_LINE_PAID"
        (bob,) = books.owed("bob")
        assert code(partial(books.pay_out, "t3", bob, bob)) == "OWED_LINE_PAID"
        assert not books.pay_out("t1", line).is_new
        assert books.owed("bob") == (bob,)

    def test_nobody_is_paid_from_the_share_of_another(self, store: AnyStore) -> None:
        books = settled_books(store)
        (ann,) = books.owed("ann")
        attempts = [
            payout("t1", evolve(ann, party="bob")),
            payout("t2", evolve(ann, amount_minor=5627)),
            payout("t3", evolve(ann, amount_minor=5629)),
        ]
        for draft in attempts:
            assert code(partial(books.post, draft)) == "POSTING_REFUSED", draft.key

        books.pay_all(reference=OTHER)
        books.settle("s2", reference=OTHER)
        foreign = payout("t4", ann, reference=OTHER)
        assert code(partial(books.post, foreign)) == "POSTING_REFUSED"
        unknown = payout("t5", evolve(ann, number=9))
        assert code(partial(books.post, unknown)) == "OWED_LINE_NOT_FOUND"

    def test_one_transfer_pays_several_lines(self, store: AnyStore) -> None:
        books = settled_books(store)
        first = books.pay_out("t1", *books.owed("ann")).movement
        books.reverse_payout("trr-1", first, FEE)
        books.reverse_payout("trr-2", first, RAKE)
        again = books.pay_out("t2", *books.owed("ann")).movement

        assert [posting.amount_minor for posting in books.postings(again)].count(RAKE) == 1
        assert again.total_minor == FEE + RAKE
        assert books.owed("ann") == ()

    def test_a_reversal_opens_a_new_owed_line(self, store: AnyStore) -> None:
        books = settled_books(store)
        paid = books.pay_out("t1", *books.owed("ann")).movement
        reversed_by = books.reverse_payout("trr-1", paid, FEE).movement
        (line,) = books.owed("ann")
        reversals = store.read(lambda tx: tx.money.movements.joins.reversals(paid.id, 1))

        assert reversed_by.key == "reversal:trr-1"
        assert line.name == (reversed_by.id, 1)
        assert (line.amount_minor, line.kind) == (FEE, MovementKind.PAYOUT_REVERSED)
        assert [item.posting.reversal_ref for item in reversals] == ["trr-1"]
        books.pay_out("t2", line)
        assert books.owed("ann") == ()
        assert books.identity() == 0
        assert books.faults() == ()

    def test_reversals_never_exceed_the_payout(self, store: AnyStore) -> None:
        books = settled_books(store)
        paid = books.pay_out("t1", *books.owed("ann")).movement
        books.reverse_payout("trr-1", paid, FEE)

        assert not books.reverse_payout("trr-1", paid, FEE).is_new
        too_much = partial(books.reverse_payout, "trr-2", paid, WON["ann"] - FEE + 1)
        assert code(too_much) == "PAYOUT_LINE_REVERSED"
        books.reverse_payout("trr-3", paid, WON["ann"] - FEE)
        assert code(partial(books.reverse_payout, "trr-4", paid, 1)) == "PAYOUT_LINE_REVERSED"
        assert books.balance(AccountKind.STRIPE_BALANCE) == POOL

    def test_unclaimed_money_is_no_longer_owed(self, store: AnyStore) -> None:
        books = settled_books(store)
        (line,) = books.owed("cat")
        unclaimed = books.keep_unclaimed("t1", line).movement

        assert unclaimed.key == "unclaimed:t1"
        assert books.owed("cat") == ()
        assert books.balance(AccountKind.UNCLAIMED_PRIZES) == WON["cat"]
        assert code(partial(books.pay_out, "t2", line)) == "OWED_LINE_PAID"
        mirror = books.reverse(unclaimed.id).movement
        (again,) = books.owed("cat")
        assert (again.name, again.amount_minor) == ((mirror.id, 1), WON["cat"])
        books.pay_out("t3", again)
        assert books.balance(AccountKind.UNCLAIMED_PRIZES) == 0
        assert books.identity() == 0

    def test_the_mirror_of_a_reversal_needs_its_line_unpaid(self, store: AnyStore) -> None:
        books = settled_books(store)
        unclaimed = books.keep_unclaimed("t1", *books.owed("cat")).movement
        first = books.reverse(unclaimed.id).movement
        correction = books.reverse(first.id).movement
        assert books.owed("cat") == ()
        assert books.balance(AccountKind.UNCLAIMED_PRIZES) == WON["cat"]

        second = books.reverse(correction.id).movement
        (line,) = books.owed("cat")
        assert line.name == (second.id, 1)
        books.pay_out("t2", line)
        assert code(partial(books.reverse, second.id)) == "OWED_LINE_PAID"
        assert books.faults() == ()
