"""Items that need the attention of an operator of money, for the pages and the home page."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from attrs import frozen
from flask import url_for

from indelible.app import ReadTx
from indelible.kernel.money import amount_text
from indelible.money import (
    InboxStatus,
    Reconciliation,
    ReconciliationScope,
    TransferStatus,
)
from indelible.money.queries.transfers import sums_without_transfer
from indelible_web.console.home_parts import AttentionItem, Level, Section, plural
from indelible_web.money.admin_schemas import IdentityView
from indelible_web.money.ledger_admin import read_balances

LATE_EVENT: Final = timedelta(minutes=15)  # rule R5 of the reconciliation
URGENT_DISPUTE: Final = timedelta(days=3)
SOON_DISPUTE: Final = timedelta(days=14)
STUCK_AFTER: Final = timedelta(minutes=30)
MAX_AGE: Final = timedelta(hours=25)  # of the newest full reconciliation, which is daily
MAX_INSPECTED: Final = 20


@frozen
class TransferState:
    """A state of transfers that somebody should look at, and the alert about it."""

    status: TransferStatus
    text: str
    level: Level
    alert: str = ""


TRANSFER_STATES: Final = (
    TransferState(
        TransferStatus.FAILED_TERMINAL, "failed for good", Level.BAD, alert="TransferFailed"
    ),
    TransferState(
        TransferStatus.PARKED,
        "parked until what they wait for changes",
        Level.WARN,
        alert="PayoutsParked",
    ),
    TransferState(TransferStatus.PENDING, "waiting for an approval or a worker", Level.INFO),
)


def payment_items(tx: ReadTx, _: datetime) -> tuple[AttentionItem, ...]:
    """Return a halt of payments, and failed refunds that no other one replaces."""
    items: list[AttentionItem] = []
    switch = tx.money.switches.current()
    url = url_for("console.list_payments")
    if switch is not None and switch.entity.is_halted:
        text = f"New payments and transfers are halted: {switch.entity.reason_code}."
        detail = "Find the cause, then resume them with a reason."
        items.append(
            AttentionItem(
                text=text,
                detail=detail,
                url=url,
                level=Level.BAD,
                alert="ReconciliationDiscrepancy",
                section=Section.PAYMENTS,
            )
        )
    items += refund_items(tx)

    return tuple(items)


def refund_items(tx: ReadTx) -> list[AttentionItem]:
    """Return failed refunds that no other one replaces; the page of a charge shows its refunds."""
    items: list[AttentionItem] = []
    failed = tx.money.refunds.joins.failed_for_good(limit=MAX_INSPECTED + 1)
    for head in failed[:MAX_INSPECTED]:
        refund = head.entity
        amount = money_text(refund.amount_minor, refund.currency)
        items.append(
            AttentionItem(
                text=f"A refund of {amount} failed at Stripe: {refund.failure_code}.",
                detail="Refund the payment again, or return the money in another way.",
                url=url_for("console.payment", charge_id=refund.charge_id),
                alert="RefundFailed",
                section=Section.PAYMENTS,
            )
        )
    if len(failed) > MAX_INSPECTED:
        text = f"More than {MAX_INSPECTED} refunds failed at Stripe; the others are not shown."
        url = url_for("console.list_payments")
        items.append(
            AttentionItem(text=text, url=url, alert="RefundFailed", section=Section.PAYMENTS)
        )

    return items


def inbox_items(tx: ReadTx, now: datetime) -> tuple[AttentionItem, ...]:
    """Return dead letters, and events that wait too long."""
    items: list[AttentionItem] = []
    dead = tx.money.events.count_by_status().get(InboxStatus.DEAD, 0)
    if dead:
        text = f"{dead:,} {plural(dead, 'event')} of Stripe could not be processed."
        url = url_for("console.list_inbox", status=InboxStatus.DEAD)
        detail = "Mend the cause, then replay them."
        items.append(
            AttentionItem(
                text=text,
                detail=detail,
                url=url,
                level=Level.BAD,
                alert="StripeDeadLetters",
                section=Section.PAYMENTS,
            )
        )
    late = len(tx.money.events.unfinished(now - LATE_EVENT, limit=MAX_INSPECTED + 1))
    if late:
        verb = plural(late, "event of Stripe waits", "events of Stripe wait")
        text = f"{inspected_text(late)} {verb} longer than 15 minutes."
        url = url_for("console.list_inbox", status=InboxStatus.RECEIVED)
        items.append(
            AttentionItem(text=text, url=url, alert="StripeEventsSlow", section=Section.PAYMENTS)
        )

    return tuple(items)


def dispute_items(tx: ReadTx, now: datetime) -> tuple[AttentionItem, ...]:
    """Return disputes whose evidence is due soon, the most urgent first."""
    items: list[AttentionItem] = []
    for head in tx.money.disputes.due(now + SOON_DISPUTE, limit=MAX_INSPECTED):
        dispute = head.entity
        due = dispute.evidence_due_by
        is_urgent = due is not None and due <= now + URGENT_DISPUTE
        amount = money_text(dispute.amount_minor, dispute.currency)
        due_text = "soon" if due is None else f"until {due:%Y-%m-%d %H:%M} UTC"
        items.append(
            AttentionItem(
                text=f"Evidence about {amount} is due {due_text}.",
                detail="Send it in Stripe's dashboard.",
                url=url_for("console.list_disputes"),
                level=Level.BAD if is_urgent else Level.WARN,
                alert="DisputeOpen",
                section=Section.PAYMENTS,
            )
        )

    return tuple(items)


def payout_items(tx: ReadTx, now: datetime) -> tuple[AttentionItem, ...]:
    """Return what is owed without a transfer, and transfers that wait or do not change."""
    items = owed_items(tx)
    counts = tx.money.transfers.count_by_status()
    for state in TRANSFER_STATES:
        number = counts.get(state.status, 0)
        if number:
            items.append(
                AttentionItem(
                    text=f"{number:,} {plural(number, 'transfer')}: {state.text}.",
                    url=url_for("console.list_payouts", status=state.status),
                    level=state.level,
                    alert=state.alert,
                    section=Section.PAYOUTS,
                )
            )
    stuck = len(tx.money.transfers.stuck_since(now - STUCK_AFTER, limit=MAX_INSPECTED + 1))
    if stuck:
        noun = plural(stuck, "transfer")
        sentence = f"{inspected_text(stuck)} {noun} did not change for 30 minutes."
        url = url_for("console.list_payouts")
        items.append(
            AttentionItem(text=sentence, url=url, alert="PayoutsOld", section=Section.PAYOUTS)
        )

    return tuple(items)


def owed_items(tx: ReadTx) -> list[AttentionItem]:
    """Return what is owed without a transfer, in one item with the sum of each currency."""
    sums = sums_without_transfer(tx)
    if not sums:
        return []

    number = sum(owed.lines for owed in sums)
    amounts = [money_text(owed.amount_minor, owed.currency) for owed in sums]
    noun = plural(number, "amount is", "amounts are")
    return [
        AttentionItem(
            text=f"{number:,} {noun} owed without a transfer: {', '.join(amounts)}.",
            detail="Plan the settlement, or issue the reversed transfer again.",
            url=url_for("console.list_payouts", _anchor="owed"),
            alert="SettlementWithoutPayout",
            section=Section.PAYOUTS,
        )
    ]


def reconciliation_items(tx: ReadTx, now: datetime) -> tuple[AttentionItem, ...]:
    """Return the findings of each scope's last reconciliation, and the lack of a full one."""
    items: list[AttentionItem] = []
    full = tx.money.reconciliations.newest_ended(ReconciliationScope.FULL)
    if full is not None:
        items += report_items(full.entity, "full")
    cheap = tx.money.reconciliations.newest_ended(ReconciliationScope.CHEAP)
    if cheap is not None:
        items += report_items(cheap.entity, "cheap")

    text = ""
    if full is None and tx.money.accounts.joins.sums():
        text = "The books were never fully compared with Stripe."
    if full is not None and now - full.entity.started_at > MAX_AGE:
        text = "The last full reconciliation is older than a day."
    if text:
        url = url_for("console.list_reconciliation_reports")
        items.append(_reconciliation_item(text, url, Level.WARN, alert="SubjectSilent"))

    return tuple(items)


def report_items(report: Reconciliation, scope_text: str) -> list[AttentionItem]:
    """Return the discrepancies or the failure of a reconciliation that has ended."""
    url = url_for("console.reconciliation_report", reconciliation_id=report.id)
    if report.discrepancy_count:
        number = report.discrepancy_count
        noun = plural(number, "discrepancy", "discrepancies")
        text = f"The books differ from Stripe: {number:,} {noun} of the {scope_text} rules."
        return [_reconciliation_item(text, url, Level.BAD, alert="ReconciliationDiscrepancy")]
    if report.error_code is not None:
        text = f"The last {scope_text} reconciliation failed: {report.error_code}."
        return [_reconciliation_item(text, url, Level.WARN, alert="SubjectSilent")]
    return []


def _reconciliation_item(text: str, url: str, level: Level, *, alert: str) -> AttentionItem:
    return AttentionItem(
        text=text, url=url, level=level, alert=alert, section=Section.RECONCILIATION
    )


def ledger_items(tx: ReadTx, _: datetime) -> tuple[AttentionItem, ...]:
    """Return the differences of the books, which sound books do not have."""
    return unbalanced_items(read_balances(tx).identities)


def unbalanced_items(identities: Iterable[IdentityView]) -> tuple[AttentionItem, ...]:
    """Return an item for each currency whose accounts do not balance."""
    items: list[AttentionItem] = []
    for identity in identities:
        if identity.identity_minor == 0:
            continue
        amount = money_text(identity.identity_minor, identity.currency)
        text = f"The books are not balanced: the identity is {amount}."
        url = url_for("console.list_ledger")
        items.append(_reconciliation_item(text, url, Level.BAD, alert="LedgerUnbalanced"))

    return tuple(items)


def inspected_text(number: int) -> str:
    """Return a number of rows, of which at most one more than MAX_INSPECTED was read."""
    return f"More than {MAX_INSPECTED}" if number > MAX_INSPECTED else f"{number:,}"


def money_text(amount_minor: int, currency: str) -> str:
    """Return an amount or a sum with its currency for people; a negative one has a minus sign."""
    return amount_text(amount_minor, currency).replace("-", "\u2212")
