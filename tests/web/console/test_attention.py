"""Items that need the attention of an operator of money, and those that need it no longer."""

import re
from datetime import timedelta

import pytest
from tests.web.console.visitor import Site, Visitor

from indelible.kernel.money import MAX_AMOUNT_MINOR
from indelible.money import AccountKind, DisputeStatus, Proof, RequestRefund, SettlementLine
from indelible.money.entities.lines import BalanceSum
from indelible.money.entities.values import RefundReason, account_id
from indelible.money.handlers.refunds import request_refund
from indelible.money.rules.ledger.payments import entry_fee
from indelible.testing.money.payments import (
    apply,
    dispute_object,
    event_bytes,
    failed_refund,
    intent_object,
    paid_charge,
    receive,
)
from indelible.testing.money.reconciliations import CHEAP, FULL, difference, fail, finish, start
from indelible.testing.money.scenarios import FEE, REFERENCE, USD, Books, fee
from indelible.testing.money.transfers import SETTLEMENT, plan
from indelible.testing.stores import BEGINNING, do
from indelible_web.money.attention import MAX_INSPECTED, unbalanced_items
from indelible_web.money.ledger_admin import identities_of

pytestmark = pytest.mark.slow

MONEY = "/console/money"
HOME = "/console/"
DISPUTES = f"{MONEY}/disputes"
INBOX = f"{MONEY}/inbox"
LEDGER = f"{MONEY}/ledger"
PAYOUTS = f"{MONEY}/payouts"
RECONCILIATIONS = f"{MONEY}/reconciliations"


@pytest.fixture
def operator(any_site: Site) -> Visitor:
    return any_site.member("console", "admin")


def items_of(visitor: Visitor, path: str) -> list[str]:
    """Return the sentences of a page's links about what needs attention."""
    answer = visitor.get(path)
    assert answer.status_code == 200
    _, _, part = answer.text.partition('id="attention"')
    part, _, _ = part.partition("</section>")
    return re.findall(r"<a [^>]*>([^<]*)</a>", part)


# Disputes


@pytest.mark.parametrize("status", DisputeStatus)
def test_evidence_is_due_only_while_a_dispute_needs_a_response(
    any_site: Site, operator: Visitor, status: DisputeStatus
) -> None:
    any_site.clock.time = BEGINNING
    paid_charge(any_site.store)
    subject = dispute_object(status=status.value)
    apply(any_site.store, "evt_d1", "charge.dispute.created", subject)
    needs_response = status.value.endswith("needs_response")

    items = items_of(operator, DISPUTES)
    assert len(items) == needs_response
    assert all(item.startswith("Evidence about 25.01 USD is due until ") for item in items)
    assert "overdue" not in operator.page.words

    any_site.clock.forward(minutes=2)
    operator.get(DISPUTES)
    assert "dp_1" in operator.page.words
    assert ("overdue" in operator.page.words) is needs_response


# Reconciliations


def test_a_cheap_reconciliation_hides_nothing_of_the_full_one(
    any_site: Site, operator: Visitor
) -> None:
    full = finish(any_site.store, start(any_site.store, FULL), difference(1), difference(2))
    expected = ["The books differ from Stripe: 2 discrepancies of the full rules."]

    finish(any_site.store, start(any_site.store, CHEAP))
    assert items_of(operator, RECONCILIATIONS) == expected
    assert operator.page.link(full.id).endswith(f"{RECONCILIATIONS}/{full.id}")
    start(any_site.store, FULL)
    start(any_site.store, CHEAP)
    assert items_of(operator, RECONCILIATIONS) == expected
    assert expected[0] in items_of(operator, HOME)


def test_each_scope_tells_its_own_failure(any_site: Site, operator: Visitor) -> None:
    fail(any_site.store, start(any_site.store, FULL))
    finish(any_site.store, start(any_site.store, CHEAP), difference(1))
    failure = "The last full reconciliation failed: STRIPE_API_ERROR."
    discrepancy = "The books differ from Stripe: 1 discrepancy of the cheap rules."
    assert items_of(operator, RECONCILIATIONS) == [failure, discrepancy]

    finish(any_site.store, start(any_site.store, FULL))
    fail(any_site.store, start(any_site.store, CHEAP))
    failure = "The last cheap reconciliation failed: STRIPE_API_ERROR."
    assert items_of(operator, RECONCILIATIONS) == [failure]


def test_only_a_full_reconciliation_is_recent_enough(any_site: Site, operator: Visitor) -> None:
    finish(any_site.store, start(any_site.store, CHEAP))
    assert items_of(operator, RECONCILIATIONS) == []
    Books(any_site.store).pay("ann")
    missing = "The books were never fully compared with Stripe."
    assert items_of(operator, RECONCILIATIONS) == [missing]

    full = finish(any_site.store, start(any_site.store, FULL))
    any_site.clock.time = full.started_at + timedelta(hours=25)
    operator = any_site.member("console", "admin")  # the session of the other one is over
    assert items_of(operator, RECONCILIATIONS) == []
    any_site.clock.forward(seconds=1)
    finish(any_site.store, start(any_site.store, CHEAP))
    old = "The last full reconciliation is older than a day."
    assert items_of(operator, RECONCILIATIONS) == [old]


# Sums


def test_sums_may_be_greater_than_an_amount(any_site: Site, operator: Visitor) -> None:
    books = Books(any_site.store)
    lines: list[SettlementLine] = []
    for party in ("ann", "bob"):
        books.post(fee(party, amount_minor=MAX_AMOUNT_MINOR))
        lines.append(SettlementLine(party=party, amount_minor=MAX_AMOUNT_MINOR))
    total = "20000000000.00 USD"

    operator.get(LEDGER)
    assert f"{total} in 1 account" in operator.page.words
    operator.get(f"{LEDGER}/{account_id(AccountKind.ESCROW, REFERENCE, USD)}")
    assert total in operator.page.words

    movement = books.settle(lines=lines, rake_minor=0, rounding_minor=0, items=[]).movement
    operator.get(f"{MONEY}/movements/{movement.id}")
    assert total in operator.page.words
    owed = f"2 amounts are owed without a transfer: {total}."
    assert items_of(operator, PAYOUTS) == [owed]
    assert owed in items_of(operator, HOME)


# Balances


def balance(kind: AccountKind, currency: str, balance_minor: int) -> BalanceSum:
    return BalanceSum(kind=kind, currency=currency, accounts=1, balance_minor=balance_minor)


def test_currencies_do_not_balance_each_other(any_site: Site) -> None:
    identities = identities_of(
        [
            balance(AccountKind.STRIPE_BALANCE, "USD", 700),
            balance(AccountKind.ESCROW, "USD", 200),
            balance(AccountKind.STRIPE_BALANCE, "IDR", 900),
            balance(AccountKind.ESCROW, "IDR", 900),
            balance(AccountKind.ESCROW, "EUR", 500),
        ]
    )
    with any_site.app.test_request_context():
        items = unbalanced_items(identities)

    assert [item.text for item in items] == [
        "The books are not balanced: the identity is \u22125.00 EUR.",
        "The books are not balanced: the identity is 5.00 USD.",
    ]


def test_the_ledger_shows_the_identity_of_each_currency(any_site: Site, operator: Visitor) -> None:
    books = Books(any_site.store)
    books.pay("ann")
    euros = entry_fee(
        charge_id="charge-2",
        reference="contest-2",
        party="bob",
        amount_minor=1,
        currency="EUR",
        proof=Proof.by_event("evt-2"),
    )
    books.post(euros)

    assert items_of(operator, LEDGER) == []
    words = "Assets and expenses minus liabilities and income: 0.00 EUR, 0.00 USD."
    assert words in operator.page.words


# Refunds


def test_a_failed_refund_needs_attention_until_another_one_replaces_it(
    any_site: Site, operator: Visitor
) -> None:
    charge = paid_charge(any_site.store)
    failed_refund(any_site.store, charge)
    text = "A refund of 25.01 USD failed at Stripe: charge_disputed."
    assert items_of(operator, MONEY) == [text]
    assert text in items_of(operator, HOME)
    operator.get(operator.page.link(charge.id))
    assert "charge_disputed" in operator.page.words

    command = RequestRefund(charge_id=charge.id, reason_code=RefundReason.CANCELLED)
    do(any_site.store, request_refund, command)
    assert items_of(operator, MONEY) == []


def test_many_failed_refunds_are_counted_up_to_a_limit(site: Site) -> None:
    operator = site.member("console", "admin")
    for number in range(MAX_INSPECTED + 1):
        charge = paid_charge(site.store, f"i{number}", f"pi_{number}")
        if number == MAX_INSPECTED:
            assert len(items_of(operator, MONEY)) == MAX_INSPECTED
        failed_refund(site.store, charge)

    items = items_of(operator, MONEY)
    assert len(items) == MAX_INSPECTED + 1
    assert items[-1] == "More than 20 refunds failed at Stripe; the others are not shown."


# Limits


@pytest.mark.parametrize(
    ("events", "text"),
    [
        (1, "1 event of Stripe waits longer than 15 minutes."),
        (MAX_INSPECTED, "20 events of Stripe wait longer than 15 minutes."),
        (MAX_INSPECTED + 1, "More than 20 events of Stripe wait longer than 15 minutes."),
        (MAX_INSPECTED + 5, "More than 20 events of Stripe wait longer than 15 minutes."),
    ],
)
def test_late_events_are_counted_up_to_a_limit(site: Site, events: int, text: str) -> None:
    operator = site.member("console", "admin")
    for number in range(events):
        body = event_bytes(f"evt_{number}", "payment_intent.succeeded", intent_object())
        receive(site.store, body)

    assert items_of(operator, INBOX) == [text]


@pytest.mark.parametrize(
    ("transfers", "text"),
    [
        (MAX_INSPECTED, "20 transfers did not change for 30 minutes."),
        (MAX_INSPECTED + 1, "More than 20 transfers did not change for 30 minutes."),
    ],
)
def test_stuck_transfers_are_counted_up_to_a_limit(site: Site, transfers: int, text: str) -> None:
    operator = site.member("console", "admin")
    books = Books(site.store)
    books.post(fee("ann"))
    lines: list[SettlementLine] = []
    for number in range(transfers):
        lines.append(SettlementLine(party=f"p{number}", amount_minor=1))
    rake_minor = FEE - transfers
    books.settle(SETTLEMENT, lines=lines, rake_minor=rake_minor, rounding_minor=0, items=[])
    plan(site.store)

    assert text in items_of(operator, PAYOUTS)
