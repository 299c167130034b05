"""Test money in a real browser: accessibility, use without scripts, hostile rows."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

import pytest
from attrs import frozen
from playwright.sync_api import Dialog, Page, expect
from tests.core.money.payments import dispute_body
from tests.doses.browser.conftest import OpenPage, Serve, page_faults, rows_on_screen
from tests.doses.browser.test_console import LOOKS
from tests.web.console.visitor import START, Site
from tests.web.harness import memory
from tests.web.paying import FEE, REFERENCE, WORKER, Till

from indelible.kernel import Actor
from indelible.money import (
    AccountKind,
    HaltPayments,
    PlanPayouts,
    ReissueTransfer,
    ReversalObject,
    Settle,
    SettlementLine,
)
from indelible.money.commands.payouts import (
    FinishReconciliation,
    RecordReversal,
    RecordTransferSent,
    RegisterPayee,
    StartReconciliation,
)
from indelible.money.entities.ids import movement_id, transfer_id
from indelible.money.entities.reconciliations import Discrepancy
from indelible.money.entities.values import ReconciliationRule, ReconciliationScope, account_id
from indelible.money.handlers.ledger import settle
from indelible.money.handlers.payees import register_payee
from indelible.money.handlers.payouts.ending import record_reversal
from indelible.money.handlers.payouts.planning import plan_payouts
from indelible.money.handlers.payouts.reissuing import reissue_transfer
from indelible.money.handlers.payouts.sending import record_transfer_sent
from indelible.money.handlers.reconciliations import finish_reconciliation, start_reconciliation
from indelible.money.handlers.switches import halt_payments
from indelible.money.rules.ledger.drafts import Proof
from indelible.testing.money.transfers import reported

# Texts of other parties: markup, right to left, and a word without a place to break.
HOSTILE: Final = (
    "<script>document.title='hacked'</script>",
    "<img/src=x/onerror=alert(1)>",
    "\u05e9\u05dc\u05d5\u05dd",
    "x" * 120,
    "'\"--%00{{7*7}}",
)
MIN_ROWS: Final = 14  # Of a dense table in a window of 900 px.
SETTLEMENT: Final = "settlement-1"
PAGES: Final = {
    "payments": "/console/money",
    "payments in a state": "/console/money?status=DISPUTED",
    "no payments": "/console/money?status=CANCELED",
    "open payment": "/console/money/payments/{hostile}",
    "paid payment": "/console/money/payments/{paid}",
    "disputed payment": "/console/money/payments/{disputed}",
    "unknown payment": "/console/money/payments/nothing",
    "inbox": "/console/money/inbox",
    "dead letters": "/console/money/inbox?status=DEAD",
    "event": "/console/money/inbox/{event}",
    "dead letter": "/console/money/inbox/{dead}",
    "disputes": "/console/money/disputes",
    "ledger": "/console/money/ledger",
    "account": "/console/money/ledger/{account}",
    "movement": "/console/money/movements/{movement}",
    "payouts": "/console/money/payouts",
    "payees": "/console/money/payees",
    "payouts of a reference": "/console/money/payouts?reference=pool-1",
    "transfer": "/console/money/payouts/{transfer}",
    "reversed transfer": "/console/money/payouts/{reversed}",
    "new transfer": "/console/money/payouts/{reissued}",
    "reconciliations": "/console/money/reconciliations",
    "report": "/console/money/reconciliations/{report}",
    "home": "/console/",
}
DOWNLOADS: Final = {"event": "/console/money/inbox/{event}/payload"}


@frozen
class MoneySite:
    """A served site with payments in many states, and the keys of two operators."""

    site: Site
    address: str
    keys: tuple[str, str]
    ids: Mapping[str, str]

    def open(self, open_page: OpenPage, name: str = "", operator: int = 0, **options: str) -> Page:
        """Return the page of a name, opened by an operator."""
        page = open_page(address=self.address, key=self.keys[operator], **options)
        if name:
            page.goto(self.path(name))
        return page

    def path(self, name: str) -> str:
        return PAGES[name].format_map(self.ids)


def fill(site: Site) -> dict[str, str]:
    """Fill a site with payments, events, disputes, payouts and reports; return their ids."""
    till = Till(site.store)
    for number, text in enumerate(HOSTILE):
        till.open(f"{number}-{text}", party=text)
    for number in range(MIN_ROWS):
        till.open(f"dense-{number}")
    ids = {"hostile": till.open(HOSTILE[0], party=HOSTILE[0]).id}
    ids["paid"] = till.pay("entry-1")["id"]
    ids["refundable"] = till.pay("entry-3")["id"]
    disputed = till.pay("entry-2")
    ids["disputed"] = disputed["id"]
    due = int((START + timedelta(days=1)).timestamp())
    dispute = dispute_body(
        disputed["intent_id"], evidence_details={"due_by": due}, balance_transactions=[{"fee": 20}]
    )
    till.deliver(till.event("charge.dispute.funds_withdrawn", dispute))
    till.deliver(till.event("payment_intent.succeeded"))  # of an object that cannot be read
    till.work()
    for event in till.events():
        name = "dead" if event.status.value == "DEAD" else "event"
        ids[name] = event.id
    ids["account"] = account_id(AccountKind.ESCROW, REFERENCE, "EUR")
    add_payout(site)
    ids["movement"] = movement_id(f"settlement:{SETTLEMENT}")
    ids["transfer"] = transfer_id(SETTLEMENT, HOSTILE[0])
    ids["reversed"], ids["reissued"] = take_back(site, transfer_id(SETTLEMENT, "ann"))
    ids["report"] = add_report(site)
    return ids


def add_payout(site: Site) -> None:
    """Settle the paid entry, and plan the payout of its winners; one has a hostile name."""
    first = SettlementLine(party=HOSTILE[0], amount_minor=FEE - 3)
    second = SettlementLine(party="ann", amount_minor=2)
    settled = Settle(
        settlement_id=SETTLEMENT,
        reference=REFERENCE,
        currency="EUR",
        lines=(first, second),
        rake_minor=1,
        rounding_minor=0,
        retained_minor=0,
        top_up_minor=0,
        items=("entry-1",),
    )
    site.store.run(settle, settled, actor=WORKER, reason="a test")
    plan = PlanPayouts(settlement_id=SETTLEMENT)
    planner = Actor.user("pia")
    site.store.run(plan_payouts, plan, actor=planner, reason="a test")
    for party in HOSTILE[:2]:
        register = RegisterPayee(party=party)
        site.store.run(register_payee, register, actor=planner, reason="a test")


def take_back(site: Site, transfer_id: str) -> tuple[str, str]:
    """Let Stripe have a transfer and take it back in two parts; issue the first part again.

    Return the ids of both transfers.
    """
    proof = Proof.by_event("evt_1")
    planned = site.store.read(lambda tx: tx.money.transfers.get(transfer_id)).entity
    sent = RecordTransferSent(
        transfer_id=transfer_id, reported=reported(planned, "tr_ann"), proof=proof
    )
    site.store.run(record_transfer_sent, sent, actor=WORKER, reason="a test")
    reissued = ""
    for number in (1, 2):
        reversal = ReversalObject(
            id=f"trr_{number}",
            transfer="tr_ann",
            amount_minor=1,
            currency="EUR",
            created=START,
        )
        reverse = RecordReversal(transfer_id=transfer_id, reported=reversal, proof=proof)
        site.store.run(record_reversal, reverse, actor=WORKER, reason="a test")
        if not reissued:
            command = ReissueTransfer(transfer_id=transfer_id)
            planner = Actor.user("pia")
            saved = site.store.run(reissue_transfer, command, actor=planner, reason="a test")
            reissued = saved.entity.id

    return transfer_id, reissued


def add_report(site: Site) -> str:
    """Add a reconciliation with a discrepancy of a hostile subject; return its id."""
    start = StartReconciliation(scope=ReconciliationScope.FULL)
    started = site.store.run(start_reconciliation, start, actor=WORKER, reason="a test")
    found: list[Discrepancy] = []
    for rule, text in zip(ReconciliationRule, HOSTILE, strict=False):
        found.append(
            Discrepancy(
                number=len(found) + 1,
                rule=rule,
                subject=text,
                currency="EUR",
                expected=text,
                actual="nothing",
                difference_minor=-1,
            )
        )
    report_id = started.entity.id
    finish = FinishReconciliation(
        reconciliation_id=report_id,
        checked=tuple(rule.value for rule in ReconciliationRule),
        discrepancies=tuple(found),
    )
    site.store.run(finish_reconciliation, finish, actor=WORKER, reason="a test")
    return report_id


@pytest.fixture(scope="module")
def money(serve: Serve) -> MoneySite:
    site = Site(memory())
    ids = fill(site)
    keys = [site.key("console", "admin", owner=Actor.user(name)).text for name in ("olga", "omar")]
    return MoneySite(site, serve(site.app), (keys[0], keys[1]), ids)


@pytest.mark.parametrize(("scheme", "size", "scripts"), LOOKS)
def test_no_page_of_money_has_accessibility_faults_or_overflow(
    money: MoneySite, open_page: OpenPage, scheme: str, size: str, scripts: str
) -> None:
    page = money.open(open_page, scheme=scheme, size=size, scripts=scripts)

    faults: dict[str, list[str]] = {}
    for name in PAGES:
        page.goto(money.path(name))
        faults_of_page = page_faults(page)
        if faults_of_page:
            faults[name] = faults_of_page

    assert faults == {}


@pytest.mark.parametrize("name", PAGES)
def test_a_hostile_text_is_shown_and_never_run(
    money: MoneySite, open_page: OpenPage, name: str
) -> None:
    page = money.open(open_page)
    dialogs: list[str] = []

    def dismiss(dialog: Dialog) -> None:
        dialogs.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", dismiss)
    page.goto(money.path(name))

    assert dialogs == []
    assert page.title() != "hacked"
    assert page.locator("main img, main script").count() == 0


@pytest.mark.parametrize("scripts", ["on", "off"])
def test_a_screen_shows_the_rows_of_the_ledger_with_their_causes(
    money: MoneySite, open_page: OpenPage, scripts: str
) -> None:
    page = money.open(open_page, "account", scripts=scripts)

    expect(page.get_by_role("columnheader", name="Cause")).to_be_visible()
    expect(page.get_by_role("rowheader").filter(has_text="Entry fee").first).to_be_visible()
    page.get_by_role("link", name="evt_").first.click()
    expect(page.get_by_role("heading", name="Attempts")).to_be_visible()


def test_a_screen_shows_many_rows_of_the_payments(money: MoneySite, open_page: OpenPage) -> None:
    page = money.open(open_page, "payments")

    assert page.locator("main tbody tr").count() >= MIN_ROWS
    assert rows_on_screen(page) >= MIN_ROWS // 2


def test_a_dispute_is_listed_with_the_time_when_its_evidence_is_due(
    money: MoneySite, open_page: OpenPage
) -> None:
    page = money.open(open_page, "disputes", scripts="off")
    due = START + timedelta(days=1)

    expect(page.get_by_role("row").filter(has_text="dp_1")).to_contain_text(f"{due:%-d %b %Y}")


def test_the_bytes_of_an_event_are_saved_and_not_shown(
    money: MoneySite, open_page: OpenPage
) -> None:
    page = money.open(open_page, "event", scripts="off")
    link = page.get_by_role("link", name="Download")
    assert link.get_attribute("href") == DOWNLOADS["event"].format_map(money.ids)

    with page.expect_download() as download:
        link.click()
    event = money.ids["event"].encode()
    assert event in download.value.path().read_bytes()


def test_a_reversed_transfer_is_issued_again_without_scripts(
    money: MoneySite, open_page: OpenPage
) -> None:
    page = money.open(open_page, "payouts", scripts="off")
    page.get_by_role("link", name="Issue again to ann").click()
    page.get_by_role("textbox", name="Why").first.fill("sent to a closed account")
    page.get_by_role("button", name="Issue again").click()

    expect(page.get_by_text("Another person approves it on this page.")).to_be_visible()
    page.get_by_role("link", name=money.ids["reversed"]).click()
    expect(page.get_by_text("issued again as")).to_have_count(2)
    expect(page.get_by_role("button", name="Issue again")).to_have_count(0)


def test_a_payment_is_refunded_without_scripts(money: MoneySite, open_page: OpenPage) -> None:
    page = money.open(open_page, scripts="off")
    page.goto(f"/console/money/payments/{money.ids['refundable']}")
    page.get_by_role("textbox", name="Why").fill("the player is ill")
    page.get_by_role("button", name="Refund all that is left").click()

    expect(page.locator(".badge").first).to_have_text("Refund pending")


def test_a_transfer_is_approved_by_another_person_without_scripts(
    money: MoneySite, open_page: OpenPage
) -> None:
    page = money.open(open_page, "transfer", operator=1, scripts="off")
    page.get_by_role("textbox", name="Why").first.fill("the result is final")
    page.get_by_role("button", name="Approve", exact=False).first.click()

    expect(page.get_by_text("the result is final").first).to_be_visible()


def test_payments_are_halted_and_resumed_without_scripts(
    money: MoneySite, open_page: OpenPage
) -> None:
    command = HaltPayments(reason_code="R2")
    money.site.store.run(halt_payments, command, actor=WORKER, reason="a test")
    page = money.open(open_page, "payments", scripts="off")
    expect(page.get_by_text("New payments and transfers are halted").first).to_be_visible()

    page.get_by_role("textbox", name="Why").first.fill("the difference is explained")
    page.get_by_role("button", name="Resume", exact=False).first.click()

    expect(page.get_by_text("Payments are resumed.")).to_be_visible()
