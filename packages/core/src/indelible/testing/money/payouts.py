"""Requirements on payout jobs and transfers."""

from collections.abc import Sequence
from functools import partial

from attrs import evolve

from indelible import money
from indelible.kernel import Change, Head, verify_chain
from indelible.kernel.births import Birth
from indelible.kernel.bulk import Bulk
from indelible.kernel.tasks import Task
from indelible.money import TRANSFER, AttemptKind, MoneyRead, MovementKind, Transfer, TransferLine
from indelible.money.commands.payouts import (
    RecordTransferFailure,
    RecordTransferSent,
    TransferCommand,
)
from indelible.money.entities.ids import movement_id
from indelible.money.handlers.payouts.approving import approve_automatically
from indelible.money.handlers.payouts.sending import record_transfer_failure, record_transfer_sent
from indelible.money.handlers.saving import birth_of, save, save_births
from indelible.money.lifecycle.payouts import PayoutJobStatus, TransferStatus
from indelible.money.rules.ledger.drafts import Proof
from indelible.money.rules.payouts import AUTOMATIC, SEND_TRANSFER_STAGE, FailureDecision
from indelible.testing.captures.scenarios import code, field_refused
from indelible.testing.money.scenarios import FEE, OTHER, REFERENCE, USD, WON, settled_books
from indelible.testing.money.transfers import (
    PROGRAM,
    SETTLEMENT,
    approve,
    called,
    id_of,
    plan,
    planned,
    reported,
    sent,
    transfer_of,
)
from indelible.testing.stores import MAYA, NOOR, AnyStore, do, within
from indelible.testing.suite import Suite

SETTLEMENT_MOVEMENT = movement_id(f"settlement:{SETTLEMENT}")
PROOF = Proof.by_event("evt-1")


def ids_of(heads: Sequence[Head[Transfer]]) -> list[str]:
    """Return the ids of transfers."""
    return [head.entity.id for head in heads]


def task_of(tx: MoneyRead, transfer_id: str) -> Task:
    """Return the task that sends a transfer."""
    return tx.tasks.get(SEND_TRANSFER_STAGE, transfer_id)


def payer_of(tx: MoneyRead, number: int) -> Head[Transfer] | None:
    """Return the transfer that pays an owed line of the settlement."""
    return tx.money.transfers.joins.of_owed_line(SETTLEMENT_MOVEMENT, number)


def changes_of(tx: MoneyRead, transfer_id: str) -> Sequence[Change]:
    """Return the changes of a transfer."""
    return tx.history.of(TRANSFER.name, transfer_id)


def unsaved_transfer(tx: money.MoneyWrite, transfer_id: str, line: TransferLine) -> Transfer:
    """Return a new transfer that pays one line."""
    return Transfer.create(
        "plan",
        now=tx.clock.now(),
        id=transfer_id,
        job_id=SETTLEMENT,
        settlement_id=SETTLEMENT,
        reference=REFERENCE,
        party="ann",
        amount_minor=line.amount_minor,
        currency=USD,
        line_count=1,
        reissue_of=None,
    )


def new_transfer(tx: money.MoneyWrite, transfer_id: str, line: TransferLine) -> None:
    """Save a transfer that pays one line."""
    transfer = unsaved_transfer(tx, transfer_id, line)
    save(tx, tx.money.transfers, None, transfer, "plan", bulk=(Bulk.of(TransferLine, [line]),))


def new_transfers(tx: money.MoneyWrite, transfers: Sequence[tuple[str, TransferLine]]) -> None:
    """Save transfers together that pay one line each."""
    births: list[Birth[Transfer]] = []
    for transfer_id, line in transfers:
        bulk = (Bulk.of(TransferLine, [line]),)
        births.append(birth_of(tx, unsaved_transfer(tx, transfer_id, line), "plan", bulk=bulk))
    save_births(tx.money.transfers, births)


class PayoutsConformance(Suite):
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
        payer = store.read(payer_of, 2)
        nobody = store.read(payer_of, 4)

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
        assert store.read(lambda tx: tx.money.movements.joins.unplanned_settlements(limit=9)) == ()
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
            assert not store.read(task_of, transfer.id).is_completed
            changes = store.read(changes_of, transfer.id)
            assert [change.action for change in changes] == ["plan", "approve"]
            verify_chain(TRANSFER, changes)

    def test_an_owed_line_has_one_transfer(self, store: AnyStore) -> None:
        planned(store)
        (line,) = store.read(lambda tx: tx.money.transfers.lines(id_of("ann")))
        attempt = partial(within, store, lambda tx: new_transfer(tx, "another", line))

        assert code(attempt) == "PAYOUT_ALREADY_SCHEDULED"
        assert store.read(lambda tx: tx.money.transfers.find({"id": "another"}, limit=1)) == ()

    def test_new_transfers_are_stored_together_or_not_at_all(self, store: AnyStore) -> None:
        planned(store)
        line = store.read(lambda tx: tx.money.transfers.lines(id_of("ann")))[0]
        before = len(store.feed(limit=1_000).changes)

        scheduled = partial(do, store, new_transfers, [("transfer-1", line)])
        taken = partial(do, store, new_transfers, [(id_of("ann"), line)])

        assert code(scheduled) == "PAYOUT_ALREADY_SCHEDULED"
        assert code(taken) in {"PAYOUT_ALREADY_SCHEDULED", "STALE"}
        assert len(store.feed(limit=1_000).changes) == before

    def test_two_people_are_needed_for_a_transfer_that_one_has_requested(
        self, store: AnyStore
    ) -> None:
        settled_books(store)
        do(store, money.plan_payouts, money.PlanPayouts(settlement_id=SETTLEMENT), actor=MAYA)
        by_setting = TransferCommand(transfer_id=id_of("ann"))

        assert code(partial(approve, store, "ann", actor=MAYA)) == "FOUR_EYES_REQUIRED"
        assert not do(store, approve_automatically, by_setting, actor=PROGRAM).entity.is_approved
        assert approve(store, "ann", actor=NOOR).approved_by == str(NOOR)

    def test_an_approved_transfer_is_not_approved_again(self, store: AnyStore) -> None:
        planned(store)
        approved = approve(store, "ann", actor=NOOR)
        before = len(store.feed(limit=1_000).changes)

        for actor in (NOOR, MAYA):
            refused = partial(approve, store, "ann", actor=actor)
            assert code(refused) == "TRANSFER_ALREADY_APPROVED"
        assert transfer_of(store, "ann") == approved
        assert len(store.feed(limit=1_000).changes) == before

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
        seq = do(store, record_transfer_sent, again).revision.seq

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

    def test_each_line_of_a_transfer_has_an_amount(self, store: AnyStore) -> None:
        planned(store)
        transfer = transfer_of(store, "ann")
        attempt = partial(evolve, transfer, line_count=transfer.amount_minor + 1)

        assert field_refused(attempt) == "amount_minor"

    def test_another_amount_or_currency_at_stripe_is_refused(self, store: AnyStore) -> None:
        planned(store)
        transfer = called(store, "ann")
        same = reported(transfer, "tr_1")
        for other in (evolve(same, amount_minor=1), evolve(same, currency="EUR")):
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

        assert failed.entity.status is TransferStatus.RETRYABLE
        assert failed.entity.failure_code == "STRIPE_API_ERROR"
        assert again == failed
        (note,) = store.read(
            lambda tx: tx.money.movements.find({"kind": MovementKind.PAYOUT_FAILED}, limit=9)
        )
        assert note.entity.key == f"ledger:payout:{transfer.id}:{transfer.attempt_number}"
        assert books.owed("ann")[0].paid_by is None
