"""The state of a payee's account is read at Stripe for a request; a newer change wins."""

from collections.abc import Callable
from typing import Final

import pytest
from attrs import define
from tests.core.money.gateway import ScriptedGateway
from tests.core.money.payments import ADA, PaymentRun
from tests.core.money.test_payout_events import account_body

from indelible.kernel import IndelibleError
from indelible.money import Payee, PayeeStatus
from indelible.money.commands.payouts import AttachDestination, ClosePayee, RegisterPayee
from indelible.money.entities.stripe_objects import AccountObject
from indelible.money.errors.gateway import GatewayOutage, GatewayRejected
from indelible.money.errors.payouts import PayeeChanged
from indelible.money.handlers.payees import (
    apply_account,
    attach_destination,
    close_payee,
    register_payee,
)
from indelible.money.repositories.transactions import MoneyWrite
from indelible.money.rules.events import ParsedEvent, parse_event
from indelible.money.rules.evidence import EventEvidence
from indelible.money.tasks.evidence import EvidenceReader
from indelible.money.tasks.refreshing import PayeeRefresher
from indelible.testing.money.payments import event_bytes

BOB: Final = "bob"
ACCOUNT: Final = "acct_bob"


@define(kw_only=True)
class Interrupted(ScriptedGateway):
    """A Stripe during whose answer something else happens."""

    meanwhile: Callable[[], object]

    def retrieve_account(self, account_id: str) -> AccountObject:
        """Return an account after what happens meanwhile."""
        self.meanwhile()
        return ScriptedGateway.retrieve_account(self, account_id)


def attach(run: PaymentRun, account: str = ACCOUNT) -> None:
    """Register Bob with an account."""

    def act(tx: MoneyWrite, command: AttachDestination) -> None:
        register_payee(tx, RegisterPayee(party=command.party))
        attach_destination(tx, command)

    command = AttachDestination(party=BOB, destination=account)
    run.store.run(act, command, actor=ADA, reason="a test")


def account(*, is_active: bool) -> AccountObject:
    """Return Bob's account as Stripe has it."""
    return AccountObject(id=ACCOUNT, transfers_active=is_active, payouts_enabled=is_active)


def payee(run: PaymentRun) -> Payee:
    """Return Bob as he is stored."""
    return run.store.read(lambda tx: tx.money.payees.get(BOB).entity)


def test_a_refresh_enables_and_restricts_as_stripe_says(run: PaymentRun) -> None:
    attach(run)
    refresher = PayeeRefresher(store=run.store, gateway=run.gateway)
    states: list[PayeeStatus] = []
    for is_active in (False, True, True, False):
        run.gateway.accounts[ACCOUNT] = account(is_active=is_active)
        saved = refresher.refresh(BOB, actor=ADA)
        assert saved is not None
        states.append(saved.entity.status)

    ready, restricted = PayeeStatus.READY, PayeeStatus.RESTRICTED
    assert states == [restricted, ready, ready, restricted]


@pytest.mark.parametrize(
    "error", [GatewayOutage("no answer"), GatewayRejected("account_invalid", "no access"), None]
)
def test_a_payee_stays_as_it_is_if_its_account_cannot_be_read(
    run: PaymentRun, error: IndelibleError | None
) -> None:
    attach(run)
    if error is not None:
        run.gateway.failures.before["retrieve_account"] = [error]
    refresher = PayeeRefresher(store=run.store, gateway=run.gateway)

    assert refresher.refresh(BOB, actor=ADA) is None
    assert payee(run).status is PayeeStatus.RESTRICTED


def test_a_payee_without_an_account_is_not_asked_about(run: PaymentRun) -> None:
    run.store.run(register_payee, RegisterPayee(party=BOB), actor=ADA, reason="a test")
    refresher = PayeeRefresher(store=run.store, gateway=run.gateway)

    assert refresher.refresh(BOB, actor=ADA) is None
    assert run.gateway.count("retrieve_account") == 0


def account_event(*, is_active: bool) -> ParsedEvent:
    """Return an event that reports Bob's account in a state."""
    subject = account_body(BOB, is_active=is_active)
    return parse_event(event_bytes(f"evt_{is_active}", "account.updated", subject))


def apply_read(run: PaymentRun, event: ParsedEvent, evidence: EventEvidence) -> None:
    """Apply an event about Bob's account with what was read."""

    def act(tx: MoneyWrite, _: None) -> None:
        facts = event.facts
        assert isinstance(facts, AccountObject)
        apply_account(tx, event, facts, evidence)

    run.store.run(act, None, actor=ADA, reason="a test")


def test_events_of_an_account_in_any_order_leave_it_as_stripe_has_it(run: PaymentRun) -> None:
    attach(run)
    run.gateway.accounts[ACCOUNT] = account(is_active=True)
    reader = EvidenceReader(run.gateway, run.store)
    for is_active in (True, False):
        event = account_event(is_active=is_active)
        apply_read(run, event, reader.read(event))

    assert payee(run).status is PayeeStatus.READY
    del run.gateway.accounts[ACCOUNT]
    event = account_event(is_active=True)
    apply_read(run, event, reader.read(event))
    assert payee(run).status is PayeeStatus.RESTRICTED


def test_an_answer_from_before_a_change_of_the_payee_is_not_applied(run: PaymentRun) -> None:
    attach(run)
    run.gateway.accounts[ACCOUNT] = account(is_active=True)
    event = account_event(is_active=True)
    evidence = EvidenceReader(run.gateway, run.store).read(event)
    apply_read(run, event, evidence)

    with pytest.raises(PayeeChanged):
        apply_read(run, event, evidence)


def test_a_change_during_the_request_is_newer_than_the_answer(run: PaymentRun) -> None:
    attach(run)

    def close() -> None:
        run.store.run(close_payee, ClosePayee(party=BOB), actor=ADA, reason="a test")

    gateway = Interrupted(meanwhile=close)
    gateway.accounts[ACCOUNT] = account(is_active=True)
    PayeeRefresher(store=run.store, gateway=gateway).refresh(BOB, actor=ADA)

    assert payee(run).status is PayeeStatus.CLOSED
