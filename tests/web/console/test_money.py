"""Money in the console: pages for operators, links, lists, payees, and what needs attention."""

import re
from datetime import timedelta
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from tests.web.console.visitor import Site, Visitor

from indelible import money
from indelible.kernel import Actor
from indelible.kernel.money import MAX_AMOUNT_MINOR
from indelible.money import (
    AccountKind,
    DisputeStatus,
    HaltPayments,
    OpenCharge,
    Proof,
    ReconciliationRule,
    RequestRefund,
    SettlementLine,
)
from indelible.money.entities.lines import BalanceSum
from indelible.money.entities.values import RefundReason, account_id
from indelible.money.errors.gateway import ParkReason
from indelible.money.handlers.charges import open_charge
from indelible.money.handlers.refunds import request_refund
from indelible.money.handlers.switches import halt_payments
from indelible.money.rules.ledger.payments import entry_fee
from indelible.money.rules.rule_texts import RULE_TEXTS
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
from indelible.testing.money.transfers import (
    SETTLEMENT,
    approve,
    called,
    parked,
    plan,
    planned,
    sent,
    transfer_of,
)
from indelible.testing.stores import BEGINNING, FAR, do
from indelible_web.money import payout_pages
from indelible_web.money.attention import MAX_INSPECTED, money_text, unbalanced_items
from indelible_web.money.ledger_admin import identities_of

pytestmark = pytest.mark.slow

WORKER = Actor.system("worker")
PAGES = ("", "/inbox", "/disputes", "/ledger", "/payouts", "/payees", "/reconciliations")
MONEY = "/console/money"


@pytest.fixture
def operator(any_site: Site) -> Visitor:
    return any_site.member("console", "admin")


def open_one(site: Site) -> str:
    """Open a charge, and return its id."""
    command = OpenCharge(
        reference="pool-1",
        party="ada",
        item="entry-<b>1",
        amount_minor=2_501,
        currency="EUR",
        expires_at=FAR,
    )
    return site.store.run(open_charge, command, actor=WORKER, reason="a test").charge.id


def test_each_page_is_for_operators_says_what_needs_attention_and_links_to_the_others(
    operator: Visitor, any_site: Site
) -> None:
    for page in PAGES:
        assert operator.get(f"{MONEY}{page}").status_code == 200

        assert "Needs attention" in operator.page.words
        for other in PAGES:
            assert f"{MONEY}{other}" in operator.page.links
        assert operator.page.active_markup() == []
        assert operator.page.unlabelled_fields() == []

    payer = any_site.member("console", "payments:read", "payments:write")
    for page in PAGES:
        assert payer.get(f"{MONEY}{page}").status_code == 403
        assert "Money" not in payer.page.words

    for path in (
        "/payments/x",
        "/inbox/x",
        "/ledger/x",
        "/payouts/x",
        "/reconciliations/x",
        "/movements/x",
    ):
        assert operator.get(f"{MONEY}{path}").status_code == 404, path
        assert payer.get(f"{MONEY}{path}").status_code == 403, path


def test_a_charge_is_listed_and_has_a_page(any_site: Site, operator: Visitor) -> None:
    charge_id = open_one(any_site)
    operator.get(MONEY)
    assert "25.01 EUR" in operator.page.words
    operator.get(operator.page.link(charge_id))

    assert "Pending" in operator.page.words
    assert "Payment of entry-<b>1" in operator.page.words
    assert operator.page.active_markup() == []

    assert money_text(-2_501, "EUR") == "\u221225.01 EUR"
    assert money_text(0, "EUR") == "0.00 EUR"


def test_payments_are_halted_and_resumed_with_a_reason(any_site: Site, operator: Visitor) -> None:
    command = HaltPayments(reason_code="R2")
    any_site.store.run(halt_payments, command, actor=WORKER, reason="a test")
    operator.get(MONEY)
    assert "New payments and transfers are halted: R2." in operator.page.words

    operator.send("/resume", reason="the difference is explained")
    operator.follow()
    assert "Payments are resumed." in operator.page.words
    assert "New payments and transfers are halted: R2." not in operator.page.words

    operator.get(MONEY)

    assert operator.send("/halt", reason=" ").status_code == 422
    assert "Refused." in operator.page.words


def test_a_discrepancy_shows_what_its_rule_compares_and_links_its_subject(
    any_site: Site, operator: Visitor
) -> None:
    planned(any_site.store)
    transfer = sent(any_site.store, "ann")
    found = difference(1, transfer.id)
    unknown = difference(2, "2026-01-01")
    report = finish(any_site.store, start(any_site.store), found, unknown)

    operator.get(f"{MONEY}/reconciliations/{report.id}")

    assert RULE_TEXTS[ReconciliationRule(found.rule)] in operator.page.words
    assert f"{MONEY}/payouts/{transfer.id}" in operator.page.links
    assert not [link for link in operator.page.links if "2026-01-01" in link]


def test_payments_and_payouts_are_found_by_their_ids_at_stripe(
    any_site: Site, operator: Visitor
) -> None:
    charge = paid_charge(any_site.store, intent_id="pi_found")
    planned(any_site.store)
    transfer = sent(any_site.store, "ann")

    operator.get("/console/search?q=pi_found")
    assert f"{MONEY}/payments/{charge.id}" in operator.page.links
    operator.get(f"/console/search?q={transfer.stripe_transfer_id}")
    assert f"{MONEY}/payouts/{transfer.id}" in operator.page.links
    operator.get("/console/search?q=tr_unknown")
    assert "Nothing found" in operator.page.words

    paid_charge(any_site.store, intent_id="pi_found")
    payer = any_site.member("console", "payments:read")

    payer.get("/console/search?q=pi_found")

    assert "Nothing found" in payer.page.words


def test_a_payment_is_filtered_and_shows_what_was_received_in_its_currency(
    any_site: Site, operator: Visitor
) -> None:
    charge = paid_charge(any_site.store)

    operator.get(f"{MONEY}/payments/{charge.id}")

    assert "minor units" not in operator.page.words
    assert operator.page.words.count(money_text(charge.amount_minor, charge.currency)) == 2
    assert f"{MONEY}/payouts?reference={charge.reference}" in operator.page.links
    operator.get(f"{MONEY}/ledger")
    assert f"{MONEY}/payouts?reference={charge.reference}" in operator.page.links

    operator.get(f"{MONEY}?status=SUCCEEDED")
    (form,) = [form for form in operator.page.forms if "party" in form.fields]

    assert {"party", "reference", "status"} <= set(form.fields)
    operator.get(f"{MONEY}?party={charge.party}&reference={charge.reference}&status=SUCCEEDED")
    assert f"{MONEY}/payments/{charge.id}" in operator.page.links
    operator.get(f"{MONEY}?party=nobody&reference=&status=")
    assert f"{MONEY}/payments/{charge.id}" not in operator.page.links
    assert operator.page.unlabelled_fields() == []


def test_a_transfer_tells_on_its_page_that_it_waits_for_an_approval(
    any_site: Site, operator: Visitor
) -> None:
    planned(any_site.store)

    operator.get(f"{MONEY}/payouts/{transfer_of(any_site.store, 'ann').id}")

    assert re.search(r"Waits for or failed by ?an approval", operator.page.words)


def open_charges(site: Site, number: int, party: str = "ada") -> None:
    """Open charges of a party."""
    for index in range(number):
        command = OpenCharge(
            reference="pool-1",
            party=party,
            item=f"entry-{party}-{index}",
            amount_minor=2_501,
            currency="EUR",
            expires_at=FAR,
        )
        site.store.run(open_charge, command, actor=WORKER, reason="a test")


def charges_on(visitor: Visitor) -> set[str]:
    prefix = f"{MONEY}/payments/"
    return {link for link in visitor.page.links if link.startswith(prefix)}


def refuse(visitor: Visitor, path: str, ending: str) -> None:
    """Send a form of a page without a reason, with pages of one item."""
    visitor.get(path)
    form = visitor.page.form(ending)
    fields = {name: values[0] for name, values in form.fields.items()}
    answer = visitor.post(f"{form.action}?limit=1", {**fields, "reason": " "})
    assert answer.status_code == 422


def test_the_next_page_is_reached_after_a_refused_form(any_site: Site, operator: Visitor) -> None:
    open_charges(any_site, 2)
    refuse(operator, MONEY, "/halt")
    first = charges_on(operator)

    assert operator.get(operator.page.link("cursor=")).status_code == 200
    assert len(first | charges_on(operator)) == 2

    planned(any_site.store)
    refuse(operator, f"{MONEY}/payouts", "/plan")

    assert operator.get(operator.page.link("cursor=")).status_code == 200

    planned(any_site.store)
    operator.get(f"{MONEY}/ledger?reference={REFERENCE}&limit=1")
    link = operator.page.link("cursor=")

    assert f"reference={REFERENCE}" in link
    assert operator.get(link).status_code == 200

    for path, filters, status in [
        (MONEY, {"party": "ada", "reference": "pool-1"}, "SUCCEEDED"),
        (f"{MONEY}/inbox", {"event_type": "charge.refunded"}, "PROCESSED"),
        (f"{MONEY}/payouts", {"party": "ann", "reference": REFERENCE}, "parked"),
    ]:
        planned(any_site.store)
        operator.get(f"{path}?{urlencode(filters)}&limit=2")

        (tab,) = [link for link in operator.page.links if f"status={status}" in link]

        kept = dict(parse_qsl(urlsplit(tab).query))
        assert kept == {**filters, "limit": "2", "status": status}
        assert operator.get(tab).status_code == 200


def test_the_links_to_other_pages_keep_the_filters(any_site: Site, operator: Visitor) -> None:
    open_charges(any_site, 3, "ada")
    open_charges(any_site, 3, "bob")
    operator.get(f"{MONEY}?party=ada&reference=pool-1&status=PENDING&limit=2")
    first = charges_on(operator)

    assert operator.get(operator.page.link("cursor=")).status_code == 200
    second = charges_on(operator)
    assert (len(first), len(second), first & second) == (2, 1, set())
    back = operator.page.link("party=ada")
    assert "cursor=" not in back
    operator.get(back)
    assert charges_on(operator) == first


def test_all_discrepancies_of_a_report_are_on_its_pages(any_site: Site, operator: Visitor) -> None:
    subjects = [f"subject-{number:03}" for number in range(1, 121)]
    found = [difference(number, subject) for number, subject in enumerate(subjects, start=1)]
    report = finish(any_site.store, start(any_site.store), *found)
    operator.get(f"{MONEY}/reconciliations/{report.id}")
    text = operator.page.words
    while any("cursor=" in link for link in operator.page.links):
        operator.get(operator.page.link("cursor="))
        text += operator.page.words

    assert [subject for subject in subjects if subject not in text] == []


def test_a_transfer_shows_its_newest_requests_first(
    any_site: Site, operator: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    planned(any_site.store)
    transfer = called(any_site.store, "ann")
    address = f"{MONEY}/payouts/{transfer.id}"
    operator.get(address)
    words = operator.page.words
    assert words.index("Attempt 2") < words.index("Attempt 1")
    assert "before them" not in words

    monkeypatch.setattr(payout_pages, "MAX_ROWS", 1)
    operator.get(address)
    assert "Attempt 2" in operator.page.words
    assert "Attempt 1" not in operator.page.words
    assert f"{transfer.id}/attempts lists the 1 before them." in operator.page.words


PAYEES = "/console/money/payees"
HOSTILE = "<script>document.title='hacked'</script>"


def attach(site: Site, party: str, setter: str) -> None:
    """Register a payee with an account that an actor has set."""
    actor = Actor.user(setter)
    do(site.store, money.register_payee, money.RegisterPayee(party=party), actor=actor)
    command = money.AttachDestination(party=party, destination=f"acct_{setter}")
    do(site.store, money.attach_destination, command, actor=actor)


def test_a_winner_without_an_account_is_listed_until_it_has_one(
    any_site: Site, operator: Visitor
) -> None:
    planned(any_site.store)
    approve(any_site.store, "ann")
    transfer = parked(any_site.store, "ann", ParkReason.ACCOUNT_MISSING)
    operator.get(PAYEES)
    link = operator.page.link(f"/payouts/{transfer.id}")

    assert operator.get(link).status_code == 200
    assert "account_missing" in operator.page.words
    parked(any_site.store, "ann", ParkReason.ACCOUNT_RESTRICTED)
    operator.get(PAYEES)
    assert not any(link.endswith(transfer.id) for link in operator.page.links)
    assert "None." in operator.page.words


def test_payees_are_listed_by_state_and_in_pages_with_who_has_set_their_accounts(
    any_site: Site, operator: Visitor
) -> None:
    attach(any_site, "ann", "ann")
    attach(any_site, "bob", "otto")
    operator.get(PAYEES)

    assert "ann Restricted acct_ann the payee" in operator.page.words
    assert "bob Restricted acct_otto user:otto" in operator.page.words

    for party in (HOSTILE, "dan"):
        do(any_site.store, money.register_payee, money.RegisterPayee(party=party))

    operator.get(f"{PAYEES}?status=NEW&limit=1")
    first = operator.page.words
    operator.get(operator.page.link("cursor="))
    both = first + operator.page.words

    assert "acct_ann" not in both
    assert HOSTILE in both
    assert "dan" in both
    assert operator.page.active_markup() == []


HOME = "/console/"
DISPUTES = f"{MONEY}/disputes"
INBOX = f"{MONEY}/inbox"
LEDGER = f"{MONEY}/ledger"
PAYOUTS = f"{MONEY}/payouts"
RECONCILIATIONS = f"{MONEY}/reconciliations"


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
