"""Requirements on payees."""

from functools import partial

from indelible import money
from indelible.kernel import Actor, verify_chain
from indelible.money import PAYEE, TRANSFER, PayeeStatus
from indelible.money.commands.payouts import (
    AttachDestination,
    BeginTransfer,
    ClosePayee,
    EnablePayee,
    ReopenPayee,
    RestrictPayee,
    UnparkTransfer,
)
from indelible.money.errors.gateway import ParkReason
from indelible.money.handlers.payouts.approving import unpark_transfer
from indelible.money.handlers.payouts.sending import begin_transfer
from indelible.money.rules.payouts import SEND_TRANSFER_STAGE
from indelible.testing.captures.scenarios import code
from indelible.testing.money.transfers import (
    account_of,
    approve,
    id_of,
    parked,
    planned,
    ready_payee,
    transfer_of,
)
from indelible.testing.stores import FAR, NOOR, AnyStore, do, within
from indelible.testing.suite import Suite

OTTO = Actor.user("otto")


class PayeesConformance(Suite):
    """Requirements on the parties that receive transfers."""

    def test_a_payee_is_found_by_its_party_and_by_its_account(self, store: AnyStore) -> None:
        payee = ready_payee(store, "ann")
        of_party = store.read(lambda tx: tx.money.payees.of_party("ann"))
        of_account = store.read(lambda tx: tx.money.payees.of_destination(account_of("ann")))

        assert (payee.status, payee.destination) == (PayeeStatus.READY, account_of("ann"))
        assert of_party is not None
        assert of_party.entity == payee
        assert of_account == of_party
        assert store.read(lambda tx: tx.money.payees.of_party("bob")) is None
        assert store.read(lambda tx: tx.money.payees.of_destination("acct_bob")) is None

    def test_a_party_is_registered_once(self, store: AnyStore) -> None:
        payee = ready_payee(store, "ann")
        again = do(store, money.register_payee, money.RegisterPayee(party="ann"))

        assert again.entity == payee
        changes = store.read(lambda tx: tx.history.of(PAYEE.name, "ann"))
        assert [change.action for change in changes] == ["register", "attach", "enable"]
        verify_chain(PAYEE, changes)

    def test_an_account_belongs_to_one_payee(self, store: AnyStore) -> None:
        ready_payee(store, "ann")
        do(store, money.register_payee, money.RegisterPayee(party="bob"))
        command = AttachDestination(party="bob", destination=account_of("ann"))

        assert code(partial(do, store, money.attach_destination, command)) == "DESTINATION_TAKEN"
        unknown = AttachDestination(party="eve", destination="acct_eve")
        assert code(partial(do, store, money.attach_destination, unknown)) == "PAYEE_NOT_FOUND"

    def test_a_closed_payee_gives_its_account_back(self, store: AnyStore) -> None:
        ready_payee(store, "ann")
        closed = do(store, money.close_payee, ClosePayee(party="ann")).entity
        again = do(store, money.close_payee, ClosePayee(party="ann")).entity
        reopened = do(store, money.reopen_payee, ReopenPayee(party="ann")).entity

        assert (closed.status, closed.destination) == (PayeeStatus.CLOSED, None)
        assert again == closed
        assert reopened.status is PayeeStatus.NEW
        assert store.read(lambda tx: tx.money.payees.of_destination(account_of("ann"))) is None
        do(store, money.register_payee, money.RegisterPayee(party="bob"))
        command = AttachDestination(party="bob", destination=account_of("ann"))
        assert do(store, money.attach_destination, command).entity.destination == account_of("ann")

    def test_another_account_has_to_be_enabled_first(self, store: AnyStore) -> None:
        ready_payee(store, "ann")
        command = AttachDestination(party="ann", destination="acct_new")
        attached = do(store, money.attach_destination, command).entity
        restricted = do(store, money.restrict_payee, RestrictPayee(party="ann")).entity
        enabled = do(store, money.enable_payee, EnablePayee(party="ann")).entity

        assert attached.status is PayeeStatus.RESTRICTED
        assert restricted == attached
        assert (enabled.status, enabled.destination) == (PayeeStatus.READY, "acct_new")

    def test_a_destination_that_is_set_after_the_approval_needs_another(
        self, store: AnyStore
    ) -> None:
        planned(store)
        approve(store, "ann", actor=NOOR)
        do(store, money.register_payee, money.RegisterPayee(party="ann"))
        attach = AttachDestination(party="ann", destination="acct_otto")
        do(store, money.attach_destination, attach, actor=OTTO)
        do(store, money.enable_payee, EnablePayee(party="ann"))
        begin = BeginTransfer(transfer_id=id_of("ann"))
        refused = within(store, lambda tx: begin_transfer(tx, begin))
        parked(store, "ann", ParkReason.DESTINATION_UNAPPROVED)
        unpark = UnparkTransfer(transfer_id=id_of("ann"))

        assert refused is not None
        assert refused.decision.park_reason is ParkReason.DESTINATION_UNAPPROVED
        assert code(partial(approve, store, "ann", actor=OTTO)) == "FOUR_EYES_REQUIRED"
        assert code(partial(do, store, unpark_transfer, unpark)) == "DESTINATION_NOT_APPROVED"
        approved = approve(store, "ann", actor=NOOR)
        assert (approved.status, approved.approved_destination) == ("pending", "acct_otto")
        allowed = within(store, lambda tx: begin_transfer(tx, begin))
        assert allowed is not None
        assert allowed.transfer.destination == "acct_otto"

    def test_a_payee_that_sets_its_destination_itself_needs_no_new_approval(
        self, store: AnyStore
    ) -> None:
        planned(store)
        approve(store, "ann")
        ready_payee(store, "ann")
        begin = BeginTransfer(transfer_id=id_of("ann"))

        work = within(store, lambda tx: begin_transfer(tx, begin))

        assert work is not None
        assert work.transfer.destination == account_of("ann")

    def test_an_enabled_payee_makes_its_parked_transfers_due(self, store: AnyStore) -> None:
        planned(store)
        approve(store, "ann")
        parked(store, "ann", ParkReason.ACCOUNT_MISSING)
        within(store, lambda tx: tx.tasks.reschedule(SEND_TRANSFER_STAGE, id_of("ann"), due_at=FAR))
        waiting = store.read(lambda tx: tx.tasks.get(SEND_TRANSFER_STAGE, id_of("ann")))

        ready_payee(store, "ann")

        due = store.read(lambda tx: tx.tasks.get(SEND_TRANSFER_STAGE, id_of("ann")))
        assert waiting.due_at == FAR
        assert due.due_at is not None
        assert due.due_at < FAR

    def test_a_winner_who_has_never_had_an_account_is_asked_for_one_once(
        self, store: AnyStore
    ) -> None:
        planned(store)
        for party in ("ann", "bob"):
            approve(store, party)
        ready_payee(store, "bob")
        do(store, money.close_payee, ClosePayee(party="bob"))
        for party in ("ann", "ann", "bob"):
            parked(store, party, ParkReason.ACCOUNT_MISSING)

        changes = store.read(lambda tx: tx.history.of(TRANSFER.name, id_of("ann")))
        assert [change.action for change in changes][-2:] == ["park", "request_account"]
        request = changes[-1]
        assert request.data["party"] == "ann"
        assert request.data["amount_minor"] == transfer_of(store, "ann").amount_minor
        closed = store.read(lambda tx: tx.history.of(TRANSFER.name, id_of("bob")))
        assert closed[-1].action == "park"
        assert transfer_of(store, "ann").failure_code == ParkReason.ACCOUNT_MISSING
