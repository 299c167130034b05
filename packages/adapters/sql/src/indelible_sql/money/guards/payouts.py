"""The guards of transfers, of their lines and of payout jobs."""

from collections.abc import Iterator

from indelible.kernel.audit import ActorKind
from indelible.money.entities.payees import Payee
from indelible.money.entities.payout_jobs import PayoutJob
from indelible.money.entities.payouts import Transfer
from indelible.money.entities.values import MovementKind
from indelible.money.errors.gateway import ParkReason
from indelible.money.lifecycle.payouts import (
    APPROVAL_AND_DESTINATION,
    TERMINAL_TRANSFER,
    TRANSFER,
    PayoutJobStatus,
    TransferStatus,
)
from indelible.money.rules.ledger.payouts import PAYOUT_PREFIX, SETTLEMENT_PREFIX
from indelible_sql.money.tables.ledger import MOVEMENTS, PAYABLE_PREFIX, POSTINGS, is_payable
from indelible_sql.money.tables.payouts import JOBS, PAYEES, TRANSFER_LINES, TRANSFERS
from indelible_sql.schema.checks import quoted
from indelible_sql.schema.conditions import unchanged
from indelible_sql.schema.entity_conditions import entity_guards
from indelible_sql.schema.guard import Guard, qualified_name
from indelible_sql.schema.tables import HISTORY


def payout_guards(dialect: str) -> Iterator[Guard]:
    """Yield the guards of transfers, of their lines and of payout jobs for a dialect."""
    yield from entity_guards(TRANSFERS, Transfer, dialect, until="names_approved_by")
    yield _settlement_guard(dialect)
    yield _reversed_guard(dialect)
    yield _approval_guard()
    yield _approved_destination_guard(dialect)
    yield _destination_guard(dialect)
    yield from entity_guards(TRANSFERS, Transfer, dialect, since="names_approved_by")
    yield from entity_guards(PAYEES, Payee, dialect)
    yield _open_job_guard(dialect)
    yield _line_guard(dialect)
    yield _sum_guard(dialect)
    yield from entity_guards(JOBS, PayoutJob, dialect)
    yield _planned_guard(dialect)
    yield _finished_guard(dialect)


def _settlement_guard(dialect: str) -> Guard:
    """Refuse a transfer of another settlement than its job's, or than the transfer it replaces.

    Only one that replaces another must be looked up before its first request.
    """
    of_job = (
        "NEW.reissue_of IS NULL AND NEW.job_id IS NOT NULL AND NEW.settlement_id = NEW.job_id"
        " AND NEW.must_look_up = 0"
    )
    of_transfer = (
        "NEW.job_id IS NULL"
        f" AND EXISTS (SELECT 1 FROM {qualified_name(TRANSFERS, dialect)} AS replaced"
        " WHERE replaced.id = NEW.reissue_of AND replaced.settlement_id = NEW.settlement_id"
        " AND replaced.reference = NEW.reference AND replaced.party = NEW.party"
        " AND replaced.currency = NEW.currency)"
    )
    return Guard(
        table=TRANSFERS,
        rule="of_settlement",
        event="INSERT",
        condition=f"{of_job} OR {of_transfer}",
    )


def _reversed_guard(dialect: str) -> Guard:
    """Refuse to take back a reversal, and one that no movement has booked."""
    booked = (
        f"(SELECT coalesce(sum(posting.amount_minor), 0)"
        f" FROM {qualified_name(MOVEMENTS, dialect)} AS payout"
        f" JOIN {qualified_name(POSTINGS, dialect)} AS posting"
        " ON posting.reversed_movement_id = payout.id"
        f" JOIN {qualified_name(MOVEMENTS, dialect)} AS reversal ON reversal.id = posting.entity_id"
        f" WHERE payout.key = '{PAYOUT_PREFIX}' || NEW.id"
        f" AND reversal.kind = '{MovementKind.PAYOUT_REVERSED}')"
    )
    is_same = "NEW.reversed_minor = OLD.reversed_minor"
    return Guard(
        table=TRANSFERS,
        rule="reversed_forward",
        event="UPDATE",
        condition=(
            f"{is_same}"
            f" OR NEW.reversed_minor > OLD.reversed_minor AND NEW.reversed_minor = {booked}"
        ),
        row_filter=f"NOT ({is_same})",
    )


def _approval_guard() -> Guard:
    """Refuse to change an approval: an `approve` sets it, and a `reissue` removes it.

    A second `approve` follows only where the destination was set after the first.
    """
    is_approval = (
        f"OLD.status = '{TransferStatus.PENDING}' AND NEW.status = '{TransferStatus.PENDING}'"
        " AND OLD.approved_by IS NULL"
    )
    is_renewal = (
        f"OLD.status = '{TransferStatus.PARKED}' AND NEW.status = '{TransferStatus.PENDING}'"
        f" AND OLD.failure_code = '{ParkReason.DESTINATION_UNAPPROVED}'"
    )
    is_reissue = (
        f"OLD.status = '{TransferStatus.FAILED_TERMINAL}'"
        f" AND NEW.status = '{TransferStatus.PENDING}'"
    )
    return Guard(
        table=TRANSFERS,
        rule="approved_once",
        event="UPDATE",
        condition=(
            f"CASE WHEN {is_reissue} THEN NEW.approved_by IS NULL"
            f" WHEN {is_approval} OR {is_renewal} THEN NEW.approved_by IS NOT NULL"
            f" ELSE {unchanged(TRANSFERS, APPROVAL_AND_DESTINATION)} END"
        ),
        is_long=True,
    )


def _approved_destination_guard(dialect: str) -> Guard:
    """Refuse an approval of a destination by a program, or by the one who has set it."""
    prefix = f"{ActorKind.SYSTEM}:"
    return Guard(
        table=TRANSFERS,
        rule="destination_approved_by_another",
        event="UPDATE",
        condition=(
            "NEW.approved_destination IS NULL"
            f" OR {unchanged(TRANSFERS, APPROVAL_AND_DESTINATION)}"
            f" OR substr(NEW.approved_by, 1, {len(prefix)}) <> '{prefix}'"
            f" AND EXISTS (SELECT 1 FROM {qualified_name(PAYEES, dialect)} AS payee"
            " WHERE payee.id = NEW.party AND payee.destination = NEW.approved_destination"
            " AND payee.destination_set_by <> NEW.approved_by)"
        ),
        row_filter="NEW.approved_destination IS NOT NULL",
    )


def _destination_guard(dialect: str) -> Guard:
    """Refuse a destination that neither the approval covers nor the payee itself has set.

    A completed transfer has the one that Stripe has reported.
    """
    is_open = f"NEW.status <> '{TransferStatus.COMPLETED}'"
    return Guard(
        table=TRANSFERS,
        rule="destination_approved",
        event="UPDATE",
        condition=(
            f"NOT ({is_open}) OR {unchanged(TRANSFERS, ('destination',))}"
            " OR NEW.destination = NEW.approved_destination"
            f" OR EXISTS (SELECT 1 FROM {qualified_name(PAYEES, dialect)} AS payee"
            " WHERE payee.id = NEW.party AND payee.destination = NEW.destination"
            f" AND payee.destination_set_by = '{ActorKind.USER}' || ':' || NEW.party)"
        ),
        row_filter=is_open,
    )


def _open_job_guard(dialect: str) -> Guard:
    """Refuse a new transfer of a job that is complete.

    A transfer that is stored at the same moment as the end of its job is named by `verify`.
    """
    return Guard(
        table=TRANSFERS,
        rule="job_open",
        event="INSERT",
        condition=(
            f"NOT EXISTS (SELECT 1 FROM {qualified_name(JOBS, dialect)} AS job"
            f" WHERE job.id = NEW.job_id AND job.status = '{PayoutJobStatus.COMPLETE}')"
        ),
        row_filter="NEW.job_id IS NOT NULL",
    )


def _line_guard(dialect: str) -> Guard:
    """Refuse a line of a transfer that is not an owed line of its party."""
    return Guard(
        table=TRANSFER_LINES,
        rule="of_owed_line",
        event="INSERT",
        condition=(
            f"EXISTS (SELECT 1 FROM {qualified_name(TRANSFERS, dialect)} AS transfer"
            f" JOIN {qualified_name(POSTINGS, dialect)} AS owed ON owed.party = transfer.party"
            " WHERE transfer.id = NEW.entity_id AND owed.entity_id = NEW.owed_movement_id"
            " AND owed.seq = 1 AND owed.number = NEW.owed_number"
            " AND owed.amount_minor = NEW.amount_minor AND owed.credit_account_id ="
            f" '{PAYABLE_PREFIX}' || transfer.reference || ':' || transfer.currency)"
        ),
    )


def _sum_guard(dialect: str) -> Guard:
    """Refuse a transfer whose lines are not those that it counts.

    The change comes after the lines, or in one statement with them.
    """
    is_plan = f"NEW.lifecycle = '{TRANSFER.name}' AND NEW.action = 'plan'"
    of_transfer = (
        f"FROM {qualified_name(TRANSFER_LINES, dialect)} AS line WHERE line.entity_id = transfer.id"
    )
    return Guard(
        table=HISTORY,
        rule="counts_transfer_lines",
        event="INSERT",
        condition=(
            f"NOT ({is_plan})"
            f" OR EXISTS (SELECT 1 FROM {qualified_name(TRANSFERS, dialect)} AS transfer"
            " WHERE transfer.id = NEW.entity_id"
            f" AND transfer.line_count = (SELECT count(*) {of_transfer})"
            " AND transfer.amount_minor ="
            f" (SELECT coalesce(sum(line.amount_minor), 0) {of_transfer}))"
        ),
        row_filter=is_plan,
    )


def _planned_guard(dialect: str) -> Guard:
    """Refuse a job that counts other parties or money than its settlement owes.

    Nobody pays a line of a settlement before its job is planned.
    """
    owed = (
        f"FROM {qualified_name(POSTINGS, dialect)} AS line"
        f" WHERE line.entity_id = settlement.id AND {is_payable('line.credit_account_id')}"
    )
    return Guard(
        table=JOBS,
        rule="of_settlement",
        event="INSERT",
        condition=(
            f"EXISTS (SELECT 1 FROM {qualified_name(MOVEMENTS, dialect)} AS settlement"
            f" WHERE settlement.key = '{SETTLEMENT_PREFIX}' || NEW.id"
            f" AND settlement.kind = '{MovementKind.SETTLEMENT}'"
            " AND settlement.reference = NEW.reference AND settlement.currency = NEW.currency"
            f" AND NEW.transfer_count = (SELECT count(DISTINCT line.party) {owed})"
            f" AND NEW.total_minor = (SELECT coalesce(sum(line.amount_minor), 0) {owed}))"
        ),
    )


def _finished_guard(dialect: str) -> Guard:
    """Refuse a complete job unless it has all its transfers, and each of them is terminal."""
    is_end = f"NEW.status = '{PayoutJobStatus.COMPLETE}'"
    of_job = f"FROM {qualified_name(TRANSFERS, dialect)} AS transfer WHERE transfer.job_id = NEW.id"
    has_open = (
        f"EXISTS (SELECT 1 {of_job} AND transfer.status NOT IN ({quoted(TERMINAL_TRANSFER)}))"
    )
    return Guard(
        table=JOBS,
        rule="finished",
        event="UPDATE",
        condition=(
            f"NOT ({is_end}) OR NEW.transfer_count = (SELECT count(*) {of_job})"
            f" AND NEW.total_minor = (SELECT coalesce(sum(transfer.amount_minor), 0) {of_job})"
            f" AND NOT {has_open}"
        ),
        row_filter=is_end,
    )
