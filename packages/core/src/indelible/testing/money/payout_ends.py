"""Requirements on transfers that wait, end, come back, and are counted."""

from collections.abc import Sequence
from functools import partial

from indelible import money
from indelible.kernel import Head
from indelible.money import (
    PAYOUT_JOB,
    TRANSFER,
    AccountKind,
    AttemptKind,
    SettlementLine,
    Transfer,
    TransferFailure,
)
from indelible.money.commands.payouts import (
    BeginTransfer,
    CompletePayoutJob,
    RecordTransferFailure,
    RecordTransferSent,
)
from indelible.money.entities.ids import movement_id
from indelible.money.errors.gateway import ParkReason
from indelible.money.handlers.payouts.approving import park_transfer, unpark_transfer, wake_transfer
from indelible.money.handlers.payouts.ending import complete_payout_job, mark_unclaimed
from indelible.money.handlers.payouts.sending import (
    begin_transfer,
    record_transfer_failure,
    record_transfer_sent,
)
from indelible.money.lifecycle.payouts import PayoutJobStatus, TransferStatus
from indelible.money.queries.transfers import (
    AttemptCounts,
    OwedCause,
    Reissues,
    cause_of,
    count_attempts,
    find_reissues,
    is_adopted,
    owed_without_transfer,
    sums_without_transfer,
)
from indelible.money.rules.ledger.drafts import Proof
from indelible.money.rules.payouts import COMPLETE_PAYOUT_JOB_STAGE, FailureDecision
from indelible.testing.captures.scenarios import code
from indelible.testing.money.scenarios import FEE, OTHER, REFERENCE, USD, WON, settled_books
from indelible.testing.money.transfers import (
    SETTLEMENT,
    account_of,
    approve,
    called,
    id_of,
    parked,
    plan,
    planned,
    ready_payee,
    reissue,
    reported,
    reverse,
    sent,
    transfer_of,
)
from indelible.testing.stores import FAR, AnyStore, do, within
from indelible.testing.suite import Suite


def owed_parties(store: AnyStore, *, reference: str | None = None) -> list[str]:
    """Return the parties that are owed money without a transfer, in order."""
    lines = store.read(partial(owed_without_transfer, reference=reference))
    return sorted(line.party for line in lines)


def sums_of(store: AnyStore) -> list[tuple[str, int, int]]:
    """Return the currency, the number and the sum of what is owed without a transfer."""
    sums = store.read(sums_without_transfer)
    return [(owed.currency, owed.lines, owed.amount_minor) for owed in sums]


def reissues_of(store: AnyStore, transfer: Transfer) -> Reissues:
    """Return what replaces a transfer."""
    return store.read(find_reissues, transfer)


def ids_of(heads: Sequence[Head[Transfer]]) -> list[str]:
    """Return the ids of transfers."""
    return [head.entity.id for head in heads]


class PayoutEndsConformance(Suite):
    """Requirements on the lists, the counts and the ends of transfers."""

    def test_parked_transfers_are_listed_by_party_and_by_time(self, store: AnyStore) -> None:
        ids = [id_of(party) for party in WON]
        planned(store)
        for party in WON:
            approve(store, party)
            parked(store, party, ParkReason.ACCOUNT_MISSING)
        parked_at = transfer_of(store, "bob").parked_at
        assert parked_at is not None

        def read(tx: money.MoneyRead) -> list[list[str]]:
            transfers = tx.money.transfers
            return [
                ids_of(transfers.parked(after="", limit=9)),
                ids_of(transfers.parked(party="bob", after="", limit=9)),
                ids_of(transfers.parked(party="dan", after="", limit=9)),
                ids_of(transfers.parked_since(parked_at, after="", limit=9)),
                ids_of(transfers.parked_since(FAR, after=id_of("ann"), limit=1)),
            ]

        assert store.read(read) == [
            sorted(ids),
            [id_of("bob")],
            [],
            [id_of("ann")],
            sorted(one for one in ids if one > id_of("ann"))[:1],
        ]

    def test_transfers_that_did_not_end_are_listed_from_the_oldest(self, store: AnyStore) -> None:
        planned(store)
        sent(store, "ann")
        approve(store, "bob")
        waiting = transfer_of(store, "bob").updated_at

        def read(tx: money.MoneyRead) -> list[list[str]]:
            transfers = tx.money.transfers
            return [
                ids_of(transfers.stuck_since(FAR, limit=9)),
                ids_of(transfers.stuck_since(waiting, limit=9)),
                ids_of(transfers.stuck_since(FAR, limit=1)),
            ]

        assert store.read(read) == [[id_of("cat"), id_of("bob")], [id_of("cat")], [id_of("cat")]]

    def test_unapproved_and_unsent_transfers_are_listed_after_an_id(self, store: AnyStore) -> None:
        planned(store)
        sent(store, "ann")
        approve(store, "bob")
        waiting = transfer_of(store, "bob").updated_at

        def read(tx: money.MoneyRead) -> list[list[str]]:
            transfers = tx.money.transfers
            return [
                ids_of(transfers.unapproved(after="", limit=9)),
                ids_of(transfers.unapproved(after=id_of("cat"), limit=9)),
                ids_of(transfers.unsent_since(FAR, after="", limit=9)),
                ids_of(transfers.unsent_since(FAR, after=id_of("bob"), limit=9)),
                ids_of(transfers.unsent_since(waiting, after="", limit=9)),
            ]

        assert store.read(read) == [[id_of("cat")], [], [id_of("bob")], [], []]
        parked(store, "bob", ParkReason.ACCOUNT_MISSING)
        assert store.read(read)[2] == []

    def test_transfers_are_counted_by_state(self, store: AnyStore) -> None:
        planned(store)
        sent(store, "ann")
        counts = store.read(lambda tx: tx.money.transfers.count_of_job(SETTLEMENT))

        assert counts == {TransferStatus.COMPLETED: 1, TransferStatus.PENDING: 2}
        assert store.read(lambda tx: tx.money.transfers.count_by_status()) == counts
        assert store.read(lambda tx: tx.money.transfers.count_of_job("nothing")) == {}

    def test_unpaid_transfers_are_summed_by_reference(self, store: AnyStore) -> None:
        planned(store)
        sent(store, "ann")
        (item,) = store.read(lambda tx: tx.money.transfers.joins.unpaid_sums())

        assert (item.reference, item.currency, item.transfers) == (REFERENCE, USD, 2)
        assert item.amount_minor == WON["bob"] + WON["cat"]

    def test_money_that_is_owed_without_a_transfer_is_listed_and_summed(
        self, store: AnyStore
    ) -> None:
        books = settled_books(store)
        books.pay("ann", reference=OTHER)
        books.settle(
            "s2",
            reference=OTHER,
            lines=[SettlementLine(party="dan", amount_minor=FEE)],
            rake_minor=0,
            rounding_minor=0,
            items=[],
        )

        assert owed_parties(store) == ["ann", "bob", "cat", "dan"]
        assert owed_parties(store, reference=OTHER) == ["dan"]
        assert sums_of(store) == [(USD, 4, sum(WON.values()) + FEE)]
        lines = store.read(partial(owed_without_transfer, limit=2))
        following = store.read(partial(owed_without_transfer, after=lines[-1].name, limit=9))
        assert len(lines) + len(following) == len(WON) + 1

        plan(store)
        assert owed_parties(store) == ["dan"]
        assert sums_of(store) == [(USD, 1, FEE)]
        plan(store, "s2")
        assert sums_of(store) == []
        first = sent(store, "ann")
        reverse(store, "ann", FEE)
        assert sums_of(store) == [(USD, 1, FEE)]
        reissue(store, first)
        assert owed_parties(store) == []

    def test_a_line_that_is_paid_without_a_transfer_is_not_owed(self, store: AnyStore) -> None:
        books = settled_books(store)
        books.pay_out("t1", *books.owed("cat"))

        assert owed_parties(store) == ["ann", "bob"]
        assert sums_of(store) == [(USD, 2, WON["ann"] + WON["bob"])]

    def test_a_reversed_transfer_names_the_ones_that_replace_it(self, store: AnyStore) -> None:
        planned(store)
        first = sent(store, "ann")
        assert reissues_of(store, first) == Reissues()
        reverse(store, "ann", FEE)
        assert reissues_of(store, first) == Reissues(is_possible=True)
        (line,) = store.read(owed_without_transfer)
        assert store.read(cause_of, line) == OwedCause(transfer_id=first.id)

        again = reissue(store, first)
        assert reissues_of(store, first) == Reissues(transfer_ids=(again.id,))
        reverse(store, "ann", 1, reversal_id="trr_2")
        assert reissues_of(store, first) == Reissues(transfer_ids=(again.id,), is_possible=True)

    def test_attempts_are_counted_by_kind(self, store: AnyStore) -> None:
        planned(store)
        waiting = transfer_of(store, "bob")
        paid = sent(store, "ann")
        counts = store.read(count_attempts, paid.id)

        assert store.read(count_attempts, waiting.id) == AttemptCounts()
        assert counts == AttemptCounts(calls=1, look_ups=1, last=AttemptKind.CALL)
        assert not is_adopted(paid.status, counts)
        assert not is_adopted(waiting.status, AttemptCounts())

    def test_a_transfer_that_stripe_has_already_is_adopted(self, store: AnyStore) -> None:
        planned(store)
        waiting = transfer_of(store, "bob")
        command = RecordTransferSent(
            transfer_id=waiting.id,
            reported=reported(waiting, "tr_bob"),
            proof=Proof.by_event("evt-1"),
        )
        adopted = do(store, record_transfer_sent, command).entity

        assert is_adopted(adopted.status, store.read(count_attempts, adopted.id))

    def test_a_job_is_complete_when_each_of_its_transfers_has_ended(self, store: AnyStore) -> None:
        planned(store)
        command = CompletePayoutJob(job_id=SETTLEMENT)
        complete = partial(do, store, complete_payout_job, command)
        sent(store, "ann")
        sent(store, "bob")
        assert code(complete) == "PAYOUT_JOB_NOT_FINISHED"
        incomplete = store.read(lambda tx: tx.money.payout_jobs.incomplete(after="", limit=9))
        assert [head.entity.id for head in incomplete] == [SETTLEMENT]

        sent(store, "cat")
        job = complete().job

        assert job.status is PayoutJobStatus.COMPLETE
        assert complete().job == job
        assert store.read(lambda tx: tx.money.payout_jobs.incomplete(after="", limit=9)) == ()
        task = store.read(lambda tx: tx.tasks.get(COMPLETE_PAYOUT_JOB_STAGE, SETTLEMENT))
        assert not task.is_completed
        changes = store.read(lambda tx: tx.history.of(PAYOUT_JOB.name, SETTLEMENT))
        assert [change.action for change in changes] == ["plan", "start", "complete"]

    def test_a_reversed_transfer_is_owed_again_and_paid_by_a_new_one(self, store: AnyStore) -> None:
        books = planned(store)
        first = sent(store, "ann")
        assert code(partial(reissue, store, first)) == "TRANSFER_NOT_REISSUABLE"
        reverse(store, "ann", FEE)
        repeated = reverse(store, "ann", FEE)
        too_much = partial(reverse, store, "ann", WON["ann"] - FEE + 1, reversal_id="trr_2")

        assert repeated.reversed_minor == FEE
        assert code(too_much) == "REVERSAL_TOO_LARGE"
        again = reissue(store, first)
        (line,) = store.read(lambda tx: tx.money.transfers.lines(again.id))
        assert (again.reissue_of, again.job_id, again.amount_minor) == (first.id, None, FEE)
        assert (line.owed_movement_id, line.amount_minor) == (
            movement_id("reversal:trr_1"),
            FEE,
        )
        assert code(partial(reissue, store, first)) == "TRANSFER_NOT_REISSUABLE"
        assert books.balance(AccountKind.WINNER_PAYABLE) == sum(WON.values()) - WON["ann"] + FEE
        assert books.faults() == ()

    def test_a_failed_transfer_opens_its_complete_job_again(self, store: AnyStore) -> None:
        planned(store)
        for party in ("ann", "bob"):
            sent(store, party)
        failing = called(store, "cat")
        decision = FailureDecision(
            action="fail",
            code="STRIPE_REJECTED",
            message="no such account",
            failure=TransferFailure.REJECTED,
        )
        command = RecordTransferFailure(
            transfer_id=failing.id, attempt_number=failing.attempt_number, decision=decision
        )
        failed = do(store, record_transfer_failure, command).entity
        do(store, complete_payout_job, CompletePayoutJob(job_id=SETTLEMENT))
        again = reissue(store, failed)

        assert failed.status is TransferStatus.FAILED_TERMINAL
        assert (again.id, again.status, again.approved_by) == (failed.id, "pending", None)
        job = store.read(lambda tx: tx.money.payout_jobs.get(SETTLEMENT)).entity
        assert (job.status, job.completed_at) == (PayoutJobStatus.PROCESSING, None)

    def test_a_transfer_waits_for_a_payee_that_cannot_receive_it(self, store: AnyStore) -> None:
        planned(store)
        approve(store, "ann")
        command = BeginTransfer(transfer_id=id_of("ann"))
        unknown = within(store, lambda tx: begin_transfer(tx, command))
        ready_payee(store, "ann")
        do(store, money.restrict_payee, money.RestrictPayee(party="ann"))
        restricted = within(store, lambda tx: begin_transfer(tx, command))

        assert unknown is not None
        assert unknown.decision.park_reason is ParkReason.ACCOUNT_MISSING
        assert restricted is not None
        assert restricted.decision.park_reason is ParkReason.ACCOUNT_RESTRICTED
        assert transfer_of(store, "ann").attempt_number == 0

    def test_a_transfer_that_an_operator_holds_is_not_sent_by_its_task(
        self, store: AnyStore
    ) -> None:
        planned(store)
        ready_payee(store, "ann")
        approve(store, "ann")
        command = BeginTransfer(transfer_id=id_of("ann"))
        park = money.ParkTransfer(transfer_id=id_of("ann"), park_reason="CHECK")
        parked_transfer = do(store, park_transfer, park).entity
        do(store, wake_transfer, id_of("ann"))

        assert parked_transfer.is_parked_by_operator
        assert within(store, lambda tx: begin_transfer(tx, command)) is None
        unpark = money.UnparkTransfer(transfer_id=id_of("ann"))
        freed = do(store, unpark_transfer, unpark).entity
        assert (freed.status, freed.failure_code, freed.parked_at) == ("pending", None, None)
        work = within(store, lambda tx: begin_transfer(tx, command))
        assert work is not None
        assert work.transfer.status is TransferStatus.PROCESSING

    def test_a_parked_transfer_tells_what_it_waits_for_now(self, store: AnyStore) -> None:
        planned(store)
        approve(store, "ann")
        first = parked(store, "ann", ParkReason.PAYMENTS_HALTED)
        missing = parked(store, "ann", ParkReason.ACCOUNT_MISSING)
        restricted = parked(store, "ann", ParkReason.ACCOUNT_RESTRICTED)
        repeated = parked(store, "ann", ParkReason.ACCOUNT_RESTRICTED)
        halted = parked(store, "ann", ParkReason.PAYMENTS_HALTED)

        assert first.parked_at is not None
        assert missing.parked_at is not None
        assert first.parked_at < missing.parked_at < missing.updated_at
        assert restricted.failure_code == ParkReason.ACCOUNT_RESTRICTED
        assert restricted.parked_at == missing.parked_at
        assert repeated == restricted
        assert halted.failure_code == ParkReason.PAYMENTS_HALTED
        assert halted.parked_at == halted.updated_at > restricted.updated_at
        changes = store.read(lambda tx: tx.history.of(TRANSFER.name, first.id))
        actions = [change.action for change in changes]
        waits = ["park", "repark", "request_account", "repark", "repark"]
        assert actions == ["plan", "approve", *waits]

    def test_a_task_does_not_change_what_an_operator_waits_for(self, store: AnyStore) -> None:
        planned(store)
        approve(store, "ann")
        park = money.ParkTransfer(transfer_id=id_of("ann"), park_reason="CHECK")
        parked_transfer = do(store, park_transfer, park).entity

        assert parked(store, "ann", ParkReason.ACCOUNT_MISSING) == parked_transfer

    def test_a_payee_that_may_still_come_loses_nothing(self, store: AnyStore) -> None:
        books = planned(store)
        approve(store, "ann")
        parked(store, "ann", ParkReason.ACCOUNT_MISSING)
        command = money.MarkUnclaimed(transfer_id=id_of("ann"))

        assert code(partial(do, store, mark_unclaimed, command)) == "UNCLAIMED_TOO_EARLY"
        assert books.owed("ann")[0].paid_by is None
        unapproved = money.MarkUnclaimed(transfer_id=id_of("bob"))
        assert code(partial(do, store, mark_unclaimed, unapproved)) == "INVALID_TRANSITION"
        unknown = money.MarkUnclaimed(transfer_id="nothing")
        assert code(partial(do, store, mark_unclaimed, unknown)) == "TRANSFER_NOT_FOUND"
        assert transfer_of(store, "ann").destination != account_of("ann")
