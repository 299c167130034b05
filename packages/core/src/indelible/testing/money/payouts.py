"""Requirements on payout jobs and transfers."""

from collections.abc import Sequence
from functools import partial

from attrs import evolve

from indelible import money
from indelible.kernel import Head, verify_chain
from indelible.kernel.bulk import Bulk
from indelible.money import (
    PAYOUT_JOB,
    TRANSFER,
    AccountKind,
    AttemptKind,
    MovementKind,
    Transfer,
    TransferFailure,
    TransferLine,
)
from indelible.money.commands import (
    BeginTransfer,
    CompletePayoutJob,
    RecordTransferFailure,
    RecordTransferSent,
    TransferCommand,
)
from indelible.money.entities import movement_id
from indelible.money.errors import ParkReason
from indelible.money.handlers import (
    approve_automatically,
    complete_payout_job,
    mark_unclaimed,
    park_transfer,
    record_transfer_failure,
    record_transfer_sent,
)
from indelible.money.handlers.payouts import begin_transfer
from indelible.money.handlers.saving import save
from indelible.money.lifecycle import PayoutJobStatus, TransferStatus
from indelible.money.rules.ledger import Proof
from indelible.money.rules.payouts import (
    AUTOMATIC,
    COMPLETE_PAYOUT_JOB_STAGE,
    SEND_TRANSFER_STAGE,
    FailureDecision,
)
from indelible.testing.captures.scenarios import code
from indelible.testing.money.scenarios import FEE, OTHER, REFERENCE, USD, WON, settled_books
from indelible.testing.money.transfers import (
    PROGRAM,
    SETTLEMENT,
    account_of,
    approve,
    called,
    id_of,
    plan,
    planned,
    ready_payee,
    reissue,
    reported,
    reverse,
    sent,
    transfer_of,
)
from indelible.testing.stores import FAR, MAYA, NOOR, AnyStore, do, within

SETTLEMENT_MOVEMENT = movement_id(f"settlement:{SETTLEMENT}")
PROOF = Proof.by_event("evt-1")


def ids_of(heads: Sequence[Head[Transfer]]) -> list[str]:
    """Return the ids of transfers."""
    return [head.entity.id for head in heads]


def new_transfer(tx: money.MoneyWrite, transfer_id: str, line: TransferLine) -> None:
    """Save a transfer that pays one line."""
    transfer = Transfer.create(
        "plan",
        now=tx.clock.now(),
        id=transfer_id,
        job_id=None,
        settlement_id=SETTLEMENT,
        reference=REFERENCE,
        party="ann",
        amount_minor=line.amount_minor,
        currency=USD,
        line_count=1,
        reissue_of=None,
    )
    save(tx, tx.money.transfers, None, transfer, "plan", bulk=(Bulk.of(TransferLine, [line]),))


class PayoutsConformance:
    """Requirements on what is planned, sent, taken back and counted."""

    def test_a_planned_settlement_has_a_job_and_a_transfer_for_each_party(
        self, store: AnyStore
    ) -> None:
        planned(store)
        job = store.read(lambda tx: tx.money.payout_jobs.get(SETTLEMENT)).entity
        heads = store.read(lambda tx: tx.money.transfers.of_job(SETTLEMENT, after="", limit=9))

        assert (job.transfer_count, job.total_minor) == (len(WON), sum(WON.values()))
        assert (job.status, job.reference, job.currency) == ("pending", REFERENCE, USD)
        assert ids_of(heads) == sorted(id_of(party) for party in WON)
        assert {head.entity.party: head.entity.amount_minor for head in heads} == WON
        following = store.read(
            lambda tx: tx.money.transfers.of_job(SETTLEMENT, after=heads[0].entity.id, limit=1)
        )
        assert following == heads[1:2]

    def test_a_transfer_names_the_lines_that_it_pays(self, store: AnyStore) -> None:
        planned(store)
        lines = store.read(lambda tx: tx.money.transfers.lines(id_of("bob")))
        payer = store.read(lambda tx: tx.money.transfers.of_owed_line(SETTLEMENT_MOVEMENT, 2))
        nobody = store.read(lambda tx: tx.money.transfers.of_owed_line(SETTLEMENT_MOVEMENT, 4))

        assert [(line.owed_movement_id, line.owed_number) for line in lines] == [
            (SETTLEMENT_MOVEMENT, 2)
        ]
        assert lines[0].amount_minor == WON["bob"]
        assert payer is not None
        assert payer.entity.id == id_of("bob")
        assert nobody is None

    def test_a_settlement_is_planned_once(self, store: AnyStore) -> None:
        planned(store)
        before = store.read(lambda tx: tx.money.transfers.count_by_status())
        again = plan(store)

        assert not again.is_new
        assert store.read(lambda tx: tx.money.transfers.count_by_status()) == before
        assert store.read(lambda tx: tx.money.movements.unplanned_settlements(limit=9)) == ()
        assert code(partial(plan, store, "nothing")) == "MOVEMENT_NOT_FOUND"

    def test_a_settlement_without_winners_has_a_complete_job(self, store: AnyStore) -> None:
        books = settled_books(store)
        books.pay("ann", reference=OTHER)
        books.settle("s2", reference=OTHER, lines=[], rake_minor=FEE, rounding_minor=0, items=[])
        saved = plan(store, "s2")

        assert saved.job.status is PayoutJobStatus.COMPLETE
        assert (saved.job.transfer_count, saved.job.total_minor) == (0, 0)

    def test_a_setting_approves_every_transfer_that_is_planned(self, store: AnyStore) -> None:
        settled_books(store)
        command = money.PlanPayouts(settlement_id=SETTLEMENT)
        do(store, partial(money.plan_payouts, policy=AUTOMATIC), command, actor=PROGRAM)

        for party in WON:
            transfer = transfer_of(store, party)
            assert transfer.approved_by == str(PROGRAM)
            task = store.read(lambda tx, name=transfer.id: tx.tasks.get(SEND_TRANSFER_STAGE, name))
            assert not task.is_completed
            changes = store.read(lambda tx, name=transfer.id: tx.history.of(TRANSFER.name, name))
            assert [change.action for change in changes] == ["plan", "approve"]
            verify_chain(TRANSFER, changes)

    def test_an_owed_line_has_one_transfer(self, store: AnyStore) -> None:
        planned(store)
        (line,) = store.read(lambda tx: tx.money.transfers.lines(id_of("ann")))
        attempt = partial(within, store, lambda tx: new_transfer(tx, "another", line))

        assert code(attempt) == "PAYOUT_ALREADY_SCHEDULED"
        assert store.read(lambda tx: tx.money.transfers.find({"id": "another"}, limit=1)) == ()

    def test_two_people_are_needed_for_a_transfer_that_one_has_requested(
        self, store: AnyStore
    ) -> None:
        settled_books(store)
        do(store, money.plan_payouts, money.PlanPayouts(settlement_id=SETTLEMENT), actor=MAYA)
        by_setting = TransferCommand(transfer_id=id_of("ann"))

        assert code(partial(approve, store, "ann", actor=MAYA)) == "FOUR_EYES_REQUIRED"
        assert not do(store, approve_automatically, by_setting, actor=PROGRAM).transfer.is_approved
        assert approve(store, "ann", actor=NOOR).approved_by == str(NOOR)
        assert approve(store, "ann", actor=MAYA).approved_by == str(NOOR)

    def test_each_attempt_of_a_transfer_is_a_record(self, store: AnyStore) -> None:
        planned(store)
        transfer = called(store, "ann")
        attempts = store.read(lambda tx: tx.money.transfers.attempts(transfer.id, after=0, limit=9))
        later = store.read(lambda tx: tx.money.transfers.attempts(transfer.id, after=1, limit=9))

        assert transfer.status is TransferStatus.PROCESSING
        assert [attempt.kind for attempt in attempts] == [AttemptKind.LOOKUP, AttemptKind.CALL]
        assert [attempt.number for attempt in attempts] == [1, 2]
        assert attempts[1].idempotency_key == f"payout:{transfer.id}:g1"
        assert later == attempts[1:]
        assert store.read(lambda tx: tx.money.payout_jobs.get(SETTLEMENT)).entity.status == (
            PayoutJobStatus.PROCESSING
        )

    def test_a_sent_transfer_pays_its_owed_line_once(self, store: AnyStore) -> None:
        books = planned(store)
        transfer = sent(store, "ann")
        again = RecordTransferSent(
            transfer_id=transfer.id, reported=reported(transfer, "tr_ann"), proof=PROOF
        )
        seq = do(store, record_transfer_sent, again).seq

        assert transfer.status is TransferStatus.COMPLETED
        assert books.owed("ann") == ()
        head = store.read(lambda tx: tx.money.transfers.of_stripe("tr_ann"))
        assert head is not None
        assert (head.entity, head.revision.seq) == (transfer, seq)
        assert store.read(lambda tx: tx.money.transfers.of_stripe("tr_bob")) is None
        (movement,) = store.read(
            lambda tx: tx.money.movements.find({"kind": MovementKind.PAYOUT_CREATED}, limit=9)
        )
        assert movement.entity.key == f"payout:{transfer.id}"
        assert books.identity() == 0
        assert books.faults() == ()

    def test_two_transfers_never_have_one_transfer_of_stripe(self, store: AnyStore) -> None:
        planned(store)
        sent(store, "ann")
        other = called(store, "bob")
        command = RecordTransferSent(
            transfer_id=other.id, reported=reported(other, "tr_ann"), proof=PROOF
        )

        assert code(partial(do, store, record_transfer_sent, command)) == "TRANSFER_EXISTS"
        assert transfer_of(store, "bob").status is TransferStatus.PROCESSING

    def test_the_transfer_of_stripe_never_changes(self, store: AnyStore) -> None:
        planned(store)
        transfer = sent(store, "ann")
        other = RecordTransferSent(
            transfer_id=transfer.id, reported=reported(transfer, "tr_other"), proof=PROOF
        )

        def rename(tx: money.MoneyWrite) -> None:
            head = tx.money.transfers.lock(transfer.id)
            renamed = evolve(
                head.entity.reversed(1, now=tx.clock.now()), stripe_transfer_id="tr_other"
            )
            save(tx, tx.money.transfers, head, renamed, "record_reversal")

        assert code(partial(do, store, record_transfer_sent, other)) == "TRANSFER_MISMATCH"
        assert code(partial(within, store, rename)) == "FIELD_FIXED"
        assert transfer_of(store, "ann") == transfer

    def test_another_amount_or_currency_at_stripe_is_refused(self, store: AnyStore) -> None:
        planned(store)
        transfer = called(store, "ann")
        found = reported(transfer, "tr_1")
        for other in (evolve(found, amount_minor=1), evolve(found, currency="EUR")):
            command = RecordTransferSent(transfer_id=transfer.id, reported=other, proof=PROOF)
            assert code(partial(do, store, record_transfer_sent, command)) == "TRANSFER_MISMATCH"

        assert transfer_of(store, "ann") == transfer

    def test_a_failed_attempt_is_noted_and_its_result_counts_once(self, store: AnyStore) -> None:
        books = planned(store)
        transfer = called(store, "ann")
        decision = FailureDecision(action="retry", code="STRIPE_API_ERROR", message="timeout")
        command = RecordTransferFailure(
            transfer_id=transfer.id, attempt_number=transfer.attempt_number, decision=decision
        )
        failed = do(store, record_transfer_failure, command)
        again = do(store, record_transfer_failure, command)

        assert failed.transfer.status is TransferStatus.RETRYABLE
        assert failed.transfer.failure_code == "STRIPE_API_ERROR"
        assert again == failed
        (note,) = store.read(
            lambda tx: tx.money.movements.find({"kind": MovementKind.PAYOUT_FAILED}, limit=9)
        )
        assert note.entity.key == f"ledger:payout:{transfer.id}:{transfer.attempt_number}"
        assert books.owed("ann")[0].paid_by is None

    def test_parked_transfers_are_listed_by_party_and_by_time(self, store: AnyStore) -> None:
        planned(store)
        for party in WON:
            approve(store, party)
            command = money.ParkTransfer(
                transfer_id=id_of(party), park_reason=ParkReason.ACCOUNT_MISSING
            )
            do(store, park_transfer, command)
        parked_at = transfer_of(store, "bob").parked_at
        assert parked_at is not None

        def read(tx: money.MoneyRead) -> list[list[str]]:
            transfers = tx.money.transfers
            return [
                ids_of(transfers.parked(after="", limit=9)),
                ids_of(transfers.parked(party="bob", after="", limit=9)),
                ids_of(transfers.parked(party="dan", after="", limit=9)),
                ids_of(transfers.parked_since(parked_at, limit=9)),
                ids_of(transfers.parked_since(FAR, limit=2)),
            ]

        assert store.read(read) == [
            sorted(id_of(party) for party in WON),
            [id_of("bob")],
            [],
            [id_of("ann")],
            [id_of("ann"), id_of("bob")],
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
        (item,) = store.read(lambda tx: tx.money.transfers.unpaid_sums())

        assert (item.reference, item.currency, item.transfers) == (REFERENCE, USD, 2)
        assert item.amount_minor == WON["bob"] + WON["cat"]

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
        failed = do(store, record_transfer_failure, command).transfer
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

    def test_a_payee_that_may_still_come_loses_nothing(self, store: AnyStore) -> None:
        books = planned(store)
        approve(store, "ann")
        park = money.ParkTransfer(transfer_id=id_of("ann"), park_reason=ParkReason.ACCOUNT_MISSING)
        do(store, park_transfer, park)
        command = money.MarkUnclaimed(transfer_id=id_of("ann"))

        assert code(partial(do, store, mark_unclaimed, command)) == "UNCLAIMED_TOO_EARLY"
        assert books.owed("ann")[0].paid_by is None
        unapproved = money.MarkUnclaimed(transfer_id=id_of("bob"))
        assert code(partial(do, store, mark_unclaimed, unapproved)) == "INVALID_TRANSITION"
        unknown = money.MarkUnclaimed(transfer_id="nothing")
        assert code(partial(do, store, mark_unclaimed, unknown)) == "TRANSFER_NOT_FOUND"
        assert transfer_of(store, "ann").destination != account_of("ann")
