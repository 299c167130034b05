"""`indelible money`: reconciliations, statements and the backfill, against a Stripe on a socket."""

import json
import re
import time
from collections.abc import Generator
from datetime import timedelta

import pytest
from attrs import frozen
from tests.adapters.stripe.controls import API_KEY, Controlled, controlled
from tests.service.commands import error_code, json_result, run

from indelible.app import ReadTx, WriteTx
from indelible.kernel import Actor, SystemClock
from indelible.money.commands.ledger import Settle
from indelible.money.commands.payments import OpenCharge
from indelible.money.commands.payouts import RegisterPayee, StartReconciliation
from indelible.money.entities.charges import Charge
from indelible.money.entities.values import AccountKind, EventOrigin, ReconciliationScope
from indelible.money.handlers.charges import open_charge
from indelible.money.handlers.ledger import settle
from indelible.money.handlers.payees import register_payee
from indelible.money.handlers.reconciliations import start_reconciliation
from indelible.money.queries import balances
from indelible.money.repositories.reads import payments_switch
from indelible.money.rules.ledger.drafts import SettlementLine
from indelible.money.rules.stages import PROCESS_STRIPE_EVENT_STAGE
from indelible.money.tasks.paying import PaymentStarter
from indelible.money.tasks.payment_stages import PaymentStages
from indelible_sql import SqlStore, open_store, verify
from indelible_workers import Worker, process_batch

ANN = Actor.user("ann")
FEE_MINOR = 2_501
HOUR_SECONDS = 3_600
ROUNDS = 3  # a refund's event waits for that of its payment
RECONCILE = ("money", "reconcile", "--reason", "the books are closed", "--by", "user:maya")


@frozen
class Books:
    """A store with its Stripe, whose clock is two hours behind, and the settings of commands."""

    store: SqlStore
    stripe: Controlled

    @property
    def settings(self) -> dict[str, str]:
        return {
            "DATABASE_URL": self.store.own_url,
            "STRIPE_API_KEY": API_KEY,
            "STRIPE_WEBHOOK_SECRET": "whsec_of_the_commands",
            "STRIPE_API_URL": self.stripe.url,
        }

    def pay(self, item: str = "item-1") -> Charge:
        """Let Ann pay a charge at Stripe; no webhook brings the event."""
        command = OpenCharge(
            reference="reference-1",
            party=ANN.id,
            item=item,
            amount_minor=FEE_MINOR,
            currency="USD",
            expires_at=SystemClock().now() + timedelta(days=1),
        )
        opened = self.store.run(open_charge, command, actor=ANN, reason="a test").charge
        starter = PaymentStarter(store=self.store, gateway=self.stripe.gateway)
        started = starter.create_intent(opened.id, party=ANN.id, actor=ANN)
        self.stripe.control(f"intents/{started.intent.id}/pay")
        return started.charge

    def process_missed_events(self) -> None:
        """Store the events by the command, and process them as workers do.

        An event that waits for another one is due again at once.
        """
        stored = json_result("money", "backfill", settings=self.settings)
        actor = Actor.system("worker")
        stages = PaymentStages(store=self.store, gateway=self.stripe.gateway).stages()
        with Worker(store=self.store, actor=actor).heartbeat() as worker:
            for _ in range(ROUNDS):
                self.store.run(enqueue_events, stored, actor=actor, reason="a test")
                for stage in stages:
                    while process_batch(self.store, stage, actor=actor, worker=worker):
                        pass


def origin_of(tx: ReadTx, event_id: str) -> EventOrigin:
    """Return how an event was received."""
    return tx.money.events.get(event_id).entity.origin


def is_due(tx: ReadTx, event_id: str) -> bool:
    """Return True if an event waits to be processed."""
    return tx.tasks.get(PROCESS_STRIPE_EVENT_STAGE, event_id).due_at is not None


def enqueue_events(tx: WriteTx, stored: list[dict[str, str]]) -> None:
    """Make the tasks of events due now."""
    due = {event["event"]: tx.clock.now() for event in stored}
    tx.tasks.enqueue(PROCESS_STRIPE_EVENT_STAGE, due)


@pytest.fixture
def books(sqlite_url: str) -> Generator[Books]:
    """Return a store with its Stripe."""
    two_hours_ago = int(time.time()) - 2 * HOUR_SECONDS
    store = open_store(sqlite_url)
    with controlled(balance={}, accounts=[], clock={"stopped_at": two_hours_ago}) as stripe:
        yield Books(store, stripe)
    store.dispose()


# backfill


@pytest.mark.slow
def test_the_backfill_stores_each_missed_event_once(books: Books) -> None:
    books.pay()

    stored = json_result("money", "backfill", settings=books.settings)

    assert "payment_intent.succeeded" in {event["type"] for event in stored}
    assert json_result("money", "backfill", settings=books.settings) == []
    for event in stored:
        assert books.store.read(origin_of, event["event"]) is EventOrigin.BACKFILL
        assert books.store.read(is_due, event["event"])
    assert verify(books.store) == ()


@pytest.mark.slow
def test_the_backfill_lists_an_event_of_another_environment_and_goes_on(books: Books) -> None:
    books.pay()
    stored = json_result("money", "backfill", settings=books.settings)
    books.pay("item-2")
    settings = {**books.settings, "STRIPE_API_VERSION": "2020-01-01"}

    refused = json_result("money", "backfill", settings=settings, code=1)

    assert {event["stored"] for event in refused} == {"ENVIRONMENT_MISMATCH"}
    assert len(refused) > len(stored)
    assert len(json_result("money", "backfill", settings=books.settings)) == len(stored)


def test_the_backfill_begins_at_a_time(books: Books) -> None:
    books.pay()

    result = run("money", "backfill", "--since", "2100-01-01", settings=books.settings)

    assert (result.exit_code, result.stdout.strip()) == (0, "Events stored: 0")


# statement


@pytest.mark.slow
def test_a_statement_lists_postings_and_what_a_party_is_owed_now(books: Books) -> None:
    books.pay()
    books.process_missed_events()
    words = ("money", "statement", ANN.id)
    document = json_result(*words, settings=books.settings)
    (line,) = document["postings"]
    assert (document["party"], document["owed_minor"]) == (ANN.id, {})
    assert (line["kind"], line["amount_minor"], line["currency"]) == ("ENTRY_FEE", 2_501, "USD")
    assert line["debit"] == "stripe_balance:-:USD"
    assert line["credit"] == "escrow:reference-1:USD"
    text = run(*words, settings=books.settings).stdout
    assert text.startswith("Postings: 1\nOwed now: nothing\n")
    assert "escrow:reference-1:USD" in text

    command = Settle(
        settlement_id="settlement-1",
        reference="reference-1",
        currency="USD",
        lines=(
            SettlementLine(party=ANN.id, amount_minor=1_500),
            SettlementLine(party="bob", amount_minor=1_000),
        ),
        rake_minor=1,
        rounding_minor=0,
        retained_minor=0,
        top_up_minor=0,
        items=("item-1",),
    )
    books.store.run(settle, command, actor=ANN, reason="a test")
    document = json_result(*words, settings=books.settings)
    assert document["owed_minor"] == {"USD": 1_500}
    assert len(document["postings"]) == 2
    text = run(*words, "--limit", "1", settings=books.settings).stdout
    assert text.startswith("Postings: 1\nOwed now: 1500 USD\n")
    assert re.search(r"\d\d:\d\d:\d\d\+00:00", text)

    books.store.run(register_payee, RegisterPayee(party="cleo"), actor=ANN, reason="a test")
    document = json_result("money", "statement", "cleo", settings=books.settings)
    assert document == {"party": "cleo", "owed_minor": {}, "postings": []}


def test_an_unknown_party_has_no_statement(books: Books) -> None:
    words = ("money", "statement", "nobody")

    assert error_code(*words, settings=books.settings) == "PAYEE_NOT_FOUND"
    assert "Hint: check the id" in run(*words, settings=books.settings).stderr


# reconcile


@pytest.mark.slow
def test_equal_books_pass_and_the_reason_is_in_the_history(books: Books) -> None:
    charge = books.pay()
    # What is booked late is no difference of the balance.
    books.stripe.control("refunds", payment_intent=charge.intent_id, amount=500)
    books.process_missed_events()

    assert json_result(*RECONCILE, "--full", settings=books.settings) == []
    cheap = run(*RECONCILE, settings=books.settings).stdout
    (saved, *_) = books.store.read(
        lambda tx: tx.history.backwards(limit=1).changes  # the last change is its end
    )
    full = run(*RECONCILE, "--full", settings=books.settings).stdout

    assert "CHEAP reconciliation: PASSED, differences: 0" in cheap
    assert (saved.lifecycle, saved.reason) == ("reconciliation", "the books are closed")
    assert saved.actor == Actor.user("maya")
    assert cheap.splitlines()[1:] == [
        "A difference is reported at once by R1, R4, R7, R10; after 15 minutes by R5, R8, R12.",
        "Not compared: R2, R3, R6, R9, R11; use --full.",
    ]
    assert full.splitlines()[1:] == [
        (
            "A difference is reported at once by R1, R4, R7, R9, R10, R11; after 15 minutes"
            " by R5, R8, R12; after 60 minutes by R2, R6; on the next day by R3."
        )
    ]


@pytest.mark.slow
def test_a_refund_that_is_pending_for_long_is_no_difference(sqlite_url: str) -> None:
    two_hours_ago = int(time.time()) - 2 * HOUR_SECONDS
    store = open_store(sqlite_url)
    pending = {"refund_status": "pending"}
    clock = {"stopped_at": two_hours_ago}
    with controlled(balance={}, accounts=[], clock=clock, account=pending) as stripe:
        books = Books(store, stripe)
        charge = books.pay()
        stripe.control("refunds", payment_intent=charge.intent_id, amount=500)
        books.process_missed_events()
        (balance,) = stripe.gateway.retrieve_balance()
        kinds = {one.kind: one.balance_minor for one in store.read(balances)}
        found = json_result(*RECONCILE, "--full", settings=books.settings)

    assert kinds[AccountKind.STRIPE_BALANCE] - balance.total_minor == 500
    assert found == []
    store.dispose()


def test_a_difference_is_listed_with_its_remedy_and_what_its_rule_compares(books: Books) -> None:
    books.pay()

    found = json_result(*RECONCILE, settings=books.settings, code=1)

    assert {line["rule"] for line in found} == {"R12"}
    assert {line["grace_seconds"] for line in found} == {900}
    assert {line["remedy"] for line in found} == {"STORED"}
    assert books.store.read(payments_switch) is None
    books.pay("item-2")  # the remedy has stored the event of the first one
    text = run(*RECONCILE, settings=books.settings).stdout
    assert "R12: Stripe's list of the last 72 hours has no event that is missing here." in text
    assert "/console/money/reconciliations/" in text


def test_an_outage_of_stripe_proves_nothing_and_halts_nothing(books: Books) -> None:
    books.stripe.control("outage", on=True)

    result = run(*RECONCILE, "--json", settings=books.settings)

    error = json.loads(result.stderr)
    assert (result.exit_code, error["code"]) == (3, "RECONCILIATION_NOT_FINISHED")
    assert error["detail"]["error_code"] == "STRIPE_API_ERROR"
    assert books.store.read(payments_switch) is None
    backfill = error_code("money", "backfill", settings=books.settings, exit_code=3)
    assert backfill == "STRIPE_API_ERROR"


@pytest.mark.slow
def test_two_reconciliations_of_a_scope_do_not_run_at_once(books: Books) -> None:
    start = StartReconciliation(scope=ReconciliationScope.CHEAP)
    books.store.run(start_reconciliation, start, actor=ANN, reason="a test")

    assert error_code(*RECONCILE, settings=books.settings) == "RECONCILIATION_RUNNING"
    assert run(*RECONCILE, "--full", settings=books.settings).exit_code == 0


# Bad input


def test_an_actor_without_a_kind_is_refused(books: Books) -> None:
    words = ("money", "reconcile", "--reason", "why", "--by", "maya")

    assert error_code(*words, settings=books.settings) == "INVALID_ACTOR"


@pytest.mark.parametrize("words", [RECONCILE, ("money", "backfill")])
def test_a_command_that_asks_stripe_needs_its_key(sqlite_url: str, words: tuple[str, ...]) -> None:
    settings = {"DATABASE_URL": sqlite_url}

    assert error_code(*words, settings=settings, exit_code=3) == "PAYMENTS_NOT_CONFIGURED"
    hint = "Hint: set STRIPE_API_KEY and STRIPE_WEBHOOK_SECRET."
    assert hint in run(*words, settings=settings).stderr
