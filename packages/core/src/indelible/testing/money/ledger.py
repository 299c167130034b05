"""Requirements on movements, postings and accounts."""

from functools import partial

from attrs import evolve

from indelible import money
from indelible.kernel import verify_chain
from indelible.kernel.aggregates import change_for, save_change
from indelible.kernel.history import Update
from indelible.money import ACCOUNT, Account, AccountKind, Movement, MovementKind, Proof
from indelible.money.entities.ids import movement_id
from indelible.money.ports.ledger import ALL_MOVEMENTS
from indelible.money.rules.ledger.payouts import mirror, reversal_proposed
from indelible.testing.captures.scenarios import code
from indelible.testing.money.scenarios import (
    FEE,
    GOLDEN,
    OTHER,
    PARTIES,
    POOL,
    RAKE,
    REFERENCE,
    ROUNDING,
    USD,
    WON,
    Books,
    fee,
    golden,
    settled_books,
)
from indelible.testing.stores import MAYA, NOOR, AnyStore, do, within
from indelible.testing.suite import Suite

ESCROW = f"escrow:{REFERENCE}:{USD}"
STRIPE = f"stripe_balance:-:{USD}"


class LedgerConformance(Suite):
    """Requirements on the ledger."""

    def test_a_movement_stores_its_postings_and_changes_each_account_once(
        self, store: AnyStore
    ) -> None:
        books = Books(store)
        posted = books.pay("ann", event="evt-1")
        movement = posted.movement
        (posting,) = books.postings(movement)

        assert posted.is_new
        assert movement.id == movement_id("stripe_event:evt-1:ENTRY_FEE")
        assert movement.kind is MovementKind.ENTRY_FEE
        assert (movement.total_minor, movement.posting_count) == (FEE, 1)
        assert movement.source == "evt-1"
        assert (posting.debit_account_id, posting.credit_account_id) == (STRIPE, ESCROW)
        assert (posting.amount_minor, posting.party) == (FEE, "ann")
        assert books.movement(movement.id) == movement
        for account in (ESCROW, STRIPE):
            stored = store.read(money.get_account, account)
            assert stored.balance_minor == FEE
            assert stored.last_movement_id == movement.id

    def test_the_change_of_an_account_holds_balance_count_and_digest(self, store: AnyStore) -> None:
        books = settled_books(store)
        settlement = within(store, lambda tx: tx.money.movements.of_key("settlement:s1"))
        assert settlement is not None
        changes = store.read(lambda tx: tx.history.of(ACCOUNT.name, ESCROW))
        (birth,) = store.read(lambda tx: tx.history.of("movement", settlement.entity.id))

        assert [change.action for change in changes] == ["open", *["post"] * 6]
        assert changes[-1].data["balance_minor"] == 0
        assert changes[-1].data["debited_minor"] == POOL
        assert changes[-1].data["posting_count"] == len(GOLDEN) + 2
        assert changes[-1].data["postings_digest"] == birth.data["postings"]["digest"]
        verify_chain(ACCOUNT, changes)
        assert books.faults() == ()

    def test_the_golden_settlement_divides_the_escrow(self, store: AnyStore) -> None:
        books = settled_books(store)

        assert books.balance(AccountKind.STRIPE_BALANCE) == POOL
        assert books.balance(AccountKind.ESCROW) == 0
        assert books.balance(AccountKind.WINNER_PAYABLE) == POOL - RAKE - ROUNDING
        assert books.balance(AccountKind.PLATFORM_RAKE) == RAKE
        assert books.balance(AccountKind.PLATFORM_ROUNDING) == ROUNDING
        assert books.identity() == 0

    def test_a_repeated_movement_is_returned_and_posts_nothing(self, store: AnyStore) -> None:
        books = settled_books(store)
        before = store.read(lambda tx: tx.money.accounts.joins.sums())
        again = books.pay("ann")
        settled_again = books.settle()

        assert not again.is_new
        assert not settled_again.is_new
        assert store.read(lambda tx: tx.money.accounts.joins.sums()) == before

    def test_two_events_about_one_fact_post_once(self, store: AnyStore) -> None:
        books = Books(store)
        first = books.pay("ann", event="evt-1")
        second = books.pay("ann", event="evt-2")

        assert not second.is_new
        assert second.movement == first.movement
        assert books.balance(AccountKind.ESCROW) == FEE

    def test_the_same_key_with_other_content_is_refused(self, store: AnyStore) -> None:
        books = settled_books(store)
        other_fee = fee("ann", amount_minor=FEE - 1)
        other_items = golden("s1", items=["another"])

        assert code(partial(books.post, other_fee)) == "LEDGER_DUPLICATE_ENTRY"
        assert code(partial(do, store, money.settle, other_items)) == "LEDGER_DUPLICATE_ENTRY"

    def test_an_account_with_a_reference_is_never_negative(self, store: AnyStore) -> None:
        books = Books(store)
        books.pay("ann")
        books.pay("bob", reference=OTHER)
        attempt = partial(books.settle, lines=[], rake_minor=FEE + 1, rounding_minor=0, items=[])

        assert code(attempt) == "BALANCE_NEGATIVE"
        assert books.balance(AccountKind.ESCROW) == FEE
        assert books.balance(AccountKind.PLATFORM_RAKE) == 0
        heads = store.read(
            lambda tx: tx.money.movements.list_page(ALL_MOVEMENTS, where={}, after="", limit=9)
        )
        assert {head.entity.kind for head in heads} == {MovementKind.ENTRY_FEE}

    def test_a_platform_account_can_be_negative(self, store: AnyStore) -> None:
        books = Books(store)
        books.settle(
            lines=[money.SettlementLine(party="ann", amount_minor=RAKE)],
            rake_minor=0,
            rounding_minor=0,
            top_up_minor=RAKE,
            items=[],
        )
        books.pay_out("t1", *books.owed("ann"))

        assert books.balance(AccountKind.STRIPE_BALANCE) == -RAKE
        assert books.balance(AccountKind.GOODWILL) == RAKE
        assert books.identity() == 0

    def test_an_empty_settlement_is_a_movement_without_postings(self, store: AnyStore) -> None:
        books = Books(store)
        posted = books.settle(lines=[], rake_minor=0, rounding_minor=0, items=[])

        assert (posted.movement.posting_count, posted.movement.total_minor) == (0, 0)
        assert not books.settle(lines=[], rake_minor=0, rounding_minor=0, items=[]).is_new
        assert store.read(lambda tx: tx.money.accounts.joins.sums()) == ()

    def test_a_note_moves_no_money(self, store: AnyStore) -> None:
        books = Books(store)
        topped_up = books.top_up().movement
        note = reversal_proposed(topped_up)
        posted = books.post(note)

        assert posted.movement.key == f"reversal_proposed:{topped_up.id}"
        assert posted.movement.is_note
        assert books.postings(posted.movement) == ()
        assert not books.post(note).is_new

    def test_a_settlement_covers_its_items_once(self, store: AnyStore) -> None:
        books = settled_books(store)
        settlement = movement_id("settlement:s1")
        items = [f"{REFERENCE}-{party}" for party in PARTIES]
        books.pay("ann", reference=OTHER)
        attempt = partial(
            books.settle,
            "s2",
            reference=OTHER,
            lines=[],
            rake_minor=FEE,
            rounding_minor=0,
            items=["new", items[3]],
        )

        assert code(attempt) == "ITEM_COVERED"
        covered = store.read(lambda tx: tx.money.movements.joins.covering_any(["new", *items[:2]]))
        assert covered == dict.fromkeys(items[:2], settlement)
        read = store.read(lambda tx: tx.money.movements.covered_items(settlement, after=1, limit=2))
        assert read == tuple(items[1:3])

    def test_a_movement_is_mirrored_once(self, store: AnyStore) -> None:
        books = Books(store)
        original = books.top_up().movement
        mirror = books.reverse(original.id)

        assert mirror.movement.kind is MovementKind.REVERSAL
        assert mirror.movement.reverses == original.id
        assert mirror.movement.key == f"reversal_of:{original.id}"
        assert books.balance(AccountKind.ESCROW, OTHER) == 0
        assert not books.approve(original.id).is_new
        reversal = store.read(lambda tx: tx.money.movements.reversal_of(original.id))
        assert reversal is not None
        assert reversal.entity == mirror.movement
        assert code(partial(books.propose, original.id)) == "MOVEMENT_REVERSED"
        second = _mirror_under_another_key(books, original)
        assert code(partial(books.post, second)) == "MOVEMENT_REVERSED"

    def test_a_reversal_needs_a_proposal_and_a_second_person(self, store: AnyStore) -> None:
        books = Books(store)
        original = books.top_up().movement
        assert code(partial(books.approve, original.id)) == "REVERSAL_NOT_PROPOSED"

        proposal = books.propose(original.id).movement
        assert (proposal.kind, proposal.total_minor) == (MovementKind.REVERSAL_PROPOSED, 0)
        assert not books.propose(original.id).is_new
        assert books.balance(AccountKind.ESCROW, OTHER) == FEE
        alone = partial(books.approve, original.id, actor=MAYA)
        assert code(alone) == "REVERSAL_NEEDS_SECOND_PERSON"

        assert books.approve(original.id, actor=NOOR).is_new
        assert books.balance(AccountKind.ESCROW, OTHER) == 0

    def test_a_settlement_and_a_note_have_no_mirror(self, store: AnyStore) -> None:
        books = settled_books(store)
        proposal = books.propose(books.top_up().movement.id).movement
        for movement in (movement_id("settlement:s1"), proposal.id):
            assert code(partial(books.propose, movement)) == "MOVEMENT_NOT_REVERSIBLE"
            assert code(partial(books.approve, movement)) == "MOVEMENT_NOT_REVERSIBLE"
        assert code(partial(books.propose, "nothing")) == "MOVEMENT_NOT_FOUND"

    def test_operators_do_not_reverse_what_stripe_has_reported(self, store: AnyStore) -> None:
        books = settled_books(store)
        paid = store.read(lambda tx: tx.money.movements.of_fact(_fact("ann")))
        assert paid is not None
        payout = books.pay_out("t1", *books.owed("ann")).movement
        reversal = books.reverse_payout("trr_1", payout, FEE).movement
        for movement in (paid.entity, payout, reversal):
            assert code(partial(books.propose, movement.id)) == "MOVEMENT_HAS_EVIDENCE"
            assert code(partial(books.approve, movement.id)) == "MOVEMENT_HAS_EVIDENCE"

    def test_a_wrong_reversal_is_corrected_by_its_own_reversal(self, store: AnyStore) -> None:
        books = Books(store)
        original = books.top_up().movement
        wrong = books.reverse(original.id).movement
        correction = books.reverse(wrong.id).movement

        assert correction.reverses == wrong.id
        assert books.balance(AccountKind.ESCROW, OTHER) == FEE
        assert books.balance(AccountKind.GOODWILL) == FEE
        books.reverse(correction.id)
        assert books.balance(AccountKind.ESCROW, OTHER) == 0
        assert books.faults() == ()

    def test_money_that_has_moved_on_cannot_be_mirrored(self, store: AnyStore) -> None:
        books = Books(store)
        original = books.top_up().movement
        books.settle("s2", reference=OTHER, lines=[], rake_minor=FEE, rounding_minor=0, items=[])
        assert code(partial(books.reverse, original.id)) == "BALANCE_NEGATIVE"

    def test_an_account_does_not_change_without_a_movement(self, store: AnyStore) -> None:
        Books(store).pay("ann")

        def change(tx: money.MoneyWrite) -> None:
            head = tx.money.accounts.lock(ESCROW)
            moved = evolve(
                head.entity.transition("post", now=tx.clock.now()),
                balance_minor=0,
                debited_minor=FEE,
                credited_minor=0,
            )
            save_change(tx, tx.money.accounts, head, moved, "post")

        assert code(partial(within, store, change)) != ""
        assert store.read(money.get_account, ESCROW).balance_minor == FEE

    def test_a_movement_with_other_sums_than_its_accounts_is_refused(self, store: AnyStore) -> None:
        books = Books(store)
        books.pay("ann")
        attempt = partial(within, store, partial(_post_with_wrong_balance, fee("bob")))

        assert code(attempt) != ""
        assert books.balance(AccountKind.ESCROW) == FEE
        assert books.faults() == ()

    def test_accounts_and_movements_are_read_by_their_names(self, store: AnyStore) -> None:
        books = settled_books(store)
        books.pay("ann", reference=OTHER)

        def read(tx: money.MoneyRead) -> list[object]:
            accounts, movements = tx.money.accounts, tx.money.movements
            return [
                [head.entity.id for head in accounts.of_reference(OTHER)],
                [
                    head.entity.id
                    for head in accounts.nonzero(AccountKind.ESCROW, after="", limit=9)
                ],
                movements.of_key("nothing"),
                movements.of_fact("nothing"),
                movements.reversal_of("nothing"),
                [head.entity.key for head in movements.joins.unplanned_settlements(limit=9)],
            ]

        other = f"escrow:{OTHER}:{USD}"
        assert store.read(read) == [[other], [other], None, None, None, ["settlement:s1"]]
        assert code(lambda: store.read(money.get_account, "nothing")) == "ACCOUNT_NOT_FOUND"
        assert code(lambda: books.movement("nothing")) == "MOVEMENT_NOT_FOUND"

    def test_the_postings_of_an_account_are_listed_with_their_cause(self, store: AnyStore) -> None:
        books = settled_books(store)
        lines = store.read(money.list_account_lines, ESCROW, limit=100)
        first_page = store.read(money.list_account_lines, ESCROW, limit=4)
        second_page = store.read(
            money.list_account_lines, ESCROW, before=first_page[-1].position, limit=100
        )

        assert (*first_page, *second_page) == lines
        assert [item.line.movement.kind for item in lines[:5]] == [MovementKind.SETTLEMENT] * 5
        assert [item.side.value for item in lines] == ["debit"] * 5 + ["credit"] * 5
        folded = 0
        for item in lines:
            sign = 1 if item.side == "credit" else -1
            folded += sign * item.line.posting.amount_minor
        assert folded == books.balance(AccountKind.ESCROW)

    def test_a_statement_names_all_postings_of_a_party(self, store: AnyStore) -> None:
        books = settled_books(store)
        books.pay_out("t1", *books.owed("ann"))
        lines = store.read(money.statement, "ann")

        kinds = [line.movement.kind.value for line in lines]
        assert kinds == ["PAYOUT_CREATED", "SETTLEMENT", "ENTRY_FEE"]
        amounts = [line.posting.amount_minor for line in lines]
        assert amounts == [WON["ann"], WON["ann"], FEE]
        assert store.read(money.statement, "nobody") == ()

    def test_movements_are_summed_by_kind_and_time(self, store: AnyStore) -> None:
        books = settled_books(store)
        sums = store.read(lambda tx: tx.money.movements.joins.sums())
        settled = within(store, lambda tx: tx.money.movements.of_key("settlement:s1"))
        assert settled is not None
        at = settled.entity.occurred_at
        later = store.read(lambda tx: tx.money.movements.joins.sums(since=at))
        earlier = store.read(lambda tx: tx.money.movements.joins.sums(until=at))

        assert [(item.kind.value, item.movements, item.total_minor) for item in sums] == [
            ("ENTRY_FEE", 5, POOL),
            ("SETTLEMENT", 1, POOL),
        ]
        assert (*earlier, *later) == sums
        assert books.identity() == 0


def _fact(party: str) -> str:
    return f"payment:charge-{REFERENCE}-{party}:ENTRY_FEE"


def _mirror_under_another_key(books: Books, original: Movement) -> money.MovementDraft:
    """Return a second mirror of a movement."""
    accounts: dict[str, Account] = {}
    for account in (f"escrow:{OTHER}:{USD}", f"goodwill:-:{USD}"):
        accounts[account] = books.store.read(money.get_account, account)
    books.pay("bob", reference=OTHER)
    draft = mirror(original, books.postings(original), accounts)
    return evolve(draft, key="reversal_of:another")


def _post_with_wrong_balance(draft: money.MovementDraft, tx: money.MoneyWrite) -> None:
    """Post a movement whose accounts grow by one minor unit more than its postings say."""
    now = tx.clock.now()
    movement = Movement.create(
        "post",
        now=now,
        id=draft.id,
        kind=draft.kind,
        key=draft.key,
        fact_key=draft.fact_key,
        reference=draft.reference,
        currency=draft.currency,
        total_minor=draft.total_minor,
        posting_count=1,
        source=Proof.by_operator("attack").source,
        occurred_at=now,
    )
    updates: list[Update[Account]] = []
    for account in (ESCROW, STRIPE):
        head = tx.money.accounts.lock(account)
        is_escrow = account == ESCROW
        moved = head.entity.posted(
            movement,
            debited_minor=0 if is_escrow else FEE + 1,
            credited_minor=FEE + 1 if is_escrow else 0,
            now=now,
        )
        updates.append(Update(head, change_for(tx, head, moved, "post"), moved))
    change = change_for(tx, None, movement, "post", bulk=draft.bulk)
    tx.money.movements.joins.post(change, movement, draft.bulk, updates)
