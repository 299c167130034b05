"""Go on after a restore as docs/how-to/backup.md says, and check everything that could be twice."""

import json
import time
from collections import Counter
from collections.abc import Callable
from math import ceil

from tests.conftest import POLICY
from tests.doses.drills.bed import CommandFailed, command, settings_of
from tests.doses.drills.reports import DrillReport
from tests.doses.drills.work import FUNDS_MINOR, ORDERS, Kind, Work, receiving
from tests.money_site import account_of

from indelible.kernel import Head, IndelibleError, SystemClock
from indelible.kernel.errors import ForeignCursor
from indelible.money import MoneyRead
from indelible.money.entities.charges import Charge
from indelible.money.entities.values import MovementKind, ReconciliationScope
from indelible.money.lifecycle.payouts import TransferStatus
from indelible.money.ports.ledger import MAX_ROWS_PER_PAGE
from indelible.money.queries.payouts import list_discrepancies
from indelible.money.rules.payouts import TRANSFER_METADATA
from indelible.reactions import SUBSCRIBER_NAME
from indelible_sql import SqlStore, open_store, verify


def go_on(work: Work, url: str, report: DrillReport) -> DrillReport:
    """Open the restored database in place of the lost one, and end all work on it."""
    work.site.store.dispose()
    work.site.store = open_store(url, clock=work.site.clock, policy=POLICY)
    _check_commands(work, url, report)
    _find_place(work, report)
    _note_adopted(work, report)
    with receiving(work.site):
        report.backfilled = backfill(work, url)
        catch_up(work)
        try:
            work.finish()
        except IndelibleError as error:
            report.problems.append(f"the work stops: {error}")
            return report
    check_end(work, report)
    return report


def _check_commands(work: Work, url: str, report: DrillReport) -> None:
    """Let the commands check the restored database."""
    for words in (("db", "check"), ("verify",)):
        try:
            found = json.loads(command(*words, "--json", settings=settings_of(work.site, url)))
        except CommandFailed as error:
            found = [str(error)]
        report.require(not found, f"`{' '.join(words)}` finds {found[:3]}")


def _find_place(work: Work, report: DrillReport) -> None:
    """Let the outside reader find its place: a cursor beyond the backup is refused."""
    store, reader = work.site.store, work.reader
    try:
        store.feed(after=reader.cursors[-1], limit=1)
    except ForeignCursor:
        report.is_cursor_refused = True
    lost = reader.go_back(store)
    report.count_lost(lost)
    report.require(
        report.is_cursor_refused is bool(lost),
        f"{len(lost)} changes are lost, and the newest cursor is"
        f" {'refused' if report.is_cursor_refused else 'accepted'}",
    )


def _note_adopted(work: Work, report: DrillReport) -> None:
    """Count what Stripe and Git have and the restored database does not know."""
    known: set[str] = set()
    for transfer in work.transfers():
        if transfer.status is TransferStatus.COMPLETED:
            known.add(transfer.id)
    made = {one["metadata"][TRANSFER_METADATA] for one in work.site.objects("transfer")}
    report.adopted = len(made - known)
    assert work.job is not None
    was_pushed = any(step.kind is Kind.PUSH for step in work.done)
    report.is_push_adopted = was_pushed and work.setup.details(work.job).job.result is None


def backfill(work: Work, url: str) -> int:
    """Store the events that the restored database has not received, and return their number."""
    output = command(
        "money", "backfill", "--since", "2020-01-01", "--json",
        settings=settings_of(work.site, url),
    )  # fmt: skip
    return len(json.loads(output))


def catch_up(work: Work) -> None:
    """Let the simulated time, which is days behind, reach that of the machine.

    Commands and servers use the machine's, and Stripe has forgotten its keys meanwhile.
    """
    behind = ceil(SystemClock().now().timestamp() - work.site.clock.now().timestamp()) + 1
    work.site.clock.advance(max(behind, 0))
    while SystemClock().now().timestamp() < work.site.clock.now().timestamp():
        time.sleep(0.05)


# Checks of the end


def check_end(work: Work, report: DrillReport) -> None:
    """Require one transfer for each prize, one commit, each payment booked once, equal books."""
    checks: tuple[Callable[[Work, DrillReport], None], ...] = (
        _check_transfers,
        _check_push,
        _check_payments,
        _check_readers,
        _check_books,
    )
    for check in checks:
        check(work, report)
    findings = verify(work.site.store)
    report.require(not findings, f"verify reports {findings[:3]}")


def _check_transfers(work: Work, report: DrillReport) -> None:
    paid: Counter[tuple[str, int]] = Counter()
    ids: Counter[str] = Counter()
    for one in work.site.objects("transfer"):
        paid[one["destination"], one["amount"]] += 1
        ids[one["metadata"][TRANSFER_METADATA]] += 1
    expected: Counter[tuple[str, int]] = Counter()
    for prizes in work.prizes.values():
        for party, amount in prizes.items():
            expected[account_of(party), amount] += 1
    report.transfers = len(ids)
    report.require(
        paid == expected, f"not paid: {expected - paid}; paid in excess: {paid - expected}"
    )
    twice = [name for name, number in ids.items() if number > 1]
    report.require(not twice, f"second transfers of {twice}")
    statuses = Counter(transfer.status.value for transfer in work.transfers())
    report.require(
        statuses == {TransferStatus.COMPLETED.value: len(ids)}, f"the transfers are {statuses}"
    )


def _check_push(work: Work, report: DrillReport) -> None:
    assert work.project is not None
    assert work.job is not None
    commits = work.setup.commits_of(work.project, work.job)
    result = work.setup.details(work.job).job.result
    stored = [] if result is None else [result.commit]
    report.require(
        len(commits) == 1 and commits == stored, f"the branch has {commits}, the job {stored}"
    )


def _check_payments(work: Work, report: DrillReport) -> None:
    """Check that each payment of a known charge is booked once, and count the others."""
    booked = Counter(
        movement.fact_key or "" for movement in work.site.movements(MovementKind.ENTRY_FEE)
    )
    expected: Counter[str] = Counter()
    charges = _charge_ids(work.site.store)
    for paid in work.site.objects("charge"):
        charge_id = paid["metadata"]["charge_id"]
        if charge_id in charges:
            expected[f"payment:{charge_id}:ENTRY_FEE"] += 1
        else:
            report.unbooked += 1
    report.require(
        booked == expected,
        f"not booked: {expected - booked}; booked in excess: {booked - expected}",
    )
    report.require(len(expected) >= ORDERS, f"only {len(expected)} payments are known")


def _charge_ids(store: SqlStore) -> set[str]:
    ids: list[str] = []
    while True:
        heads = store.read(_charges_from, len(ids))
        ids.extend(head.entity.id for head in heads)
        if len(heads) < MAX_ROWS_PER_PAGE:
            return set(ids)


def _charges_from(tx: MoneyRead, offset: int) -> tuple[Head[Charge], ...]:
    return tx.money.charges.find({}, limit=MAX_ROWS_PER_PAGE, offset=offset, order=("id",))


def _check_books(work: Work, report: DrillReport) -> None:
    """Compare the books with Stripe: they differ by the payments of lost charges only.

    The events of such a payment wait in the inbox, and become dead letters for an operator.
    """
    site = work.site
    reconciliation = site.run_reconciliation(ReconciliationScope.FULL)
    report.require(reconciliation.error_code is None, f"not reconciled: {reconciliation}")
    found = site.store.read(list_discrepancies, reconciliation.id, limit=500)
    # Stripe's balance has funds that are no payment of ours; it is compared below.
    names = [f"{one.rule.value} {one.subject}" for one in found if one.rule.value != "R2"]
    report.require(not names, f"the reconciliation finds {names}")
    report.require(not site.ledger_sum(), f"the sum of all accounts is {site.ledger_sum()}")
    missing = _missing_minor(work)
    ours = site.balances().get("stripe_balance", 0) + FUNDS_MINOR
    report.require(
        site.simulated_balance() - ours == missing,
        f"Stripe has {site.simulated_balance()}, the books {ours}, lost charges {missing}",
    )
    waiting = work.waiting_events()
    report.require(
        bool(waiting) is bool(report.unbooked),
        f"the events {waiting} have no outcome, and {report.unbooked} payments no charge",
    )
    late = [event for event in waiting if event.startswith("transfer.")]
    report.require(not late, f"the events {late} of transfers have no outcome")


def _missing_minor(work: Work) -> int:
    """Return what Stripe has received for charges that the restored database does not know."""
    charges = _charge_ids(work.site.store)
    lost: set[str] = set()
    for paid in work.site.objects("charge"):
        if paid["metadata"]["charge_id"] not in charges:
            lost.add(paid["id"])
    total = 0
    for one in work.site.objects("balance_transaction"):
        if one["source"] in lost:
            total += int(one["net"])
    return total


def _check_readers(work: Work, report: DrillReport) -> None:
    """Check that the outside reader has read the feed, and the subscriber has reached its end."""
    store = work.site.store
    read = [change.hash for change in work.reader.changes]
    stored = [change.hash for change in work.site.history()]
    report.require(read == stored, f"the reader has {len(read)} of {len(stored)} changes")
    cursor = store.read(lambda tx: tx.subscribers.find(SUBSCRIBER_NAME))
    report.require(cursor is not None, "the subscriber has no cursor")
    if cursor is not None:
        left = store.feed(after=cursor.after, limit=100).changes
        report.require(not left, f"the subscriber has not read {[str(one) for one in left[:3]]}")
