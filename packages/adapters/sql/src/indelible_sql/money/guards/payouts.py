"""The guards of transfers, of their lines and of payout jobs."""

from collections.abc import Iterator

from indelible.money.entities.payouts import APPROVAL_FIELDS, PayoutJob, Transfer
from indelible.money.lifecycle import (
    TERMINAL_TRANSFER,
    TRANSFER,
    PayoutJobStatus,
    TransferStatus,
)
from indelible_sql.money.guards.conditions import generation_guard, kept_guard
from indelible_sql.money.tables import JOBS, POSTINGS, TRANSFER_LINES, TRANSFERS
from indelible_sql.money.tables.ledger import PAYABLE_PREFIX
from indelible_sql.schema.checks import quoted
from indelible_sql.schema.conditions import unchanged
from indelible_sql.schema.guard import Guard, qualified_name
from indelible_sql.schema.guards import fixed_columns_guard
from indelible_sql.schema.tables import HISTORY


def payout_guards(dialect: str) -> Iterator[Guard]:
    """Yield the guards of transfers, of their lines and of payout jobs for a dialect."""
    yield fixed_columns_guard(TRANSFERS, Transfer.fixed)
    yield kept_guard(TRANSFERS, "stripe_transfer_id")
    yield generation_guard(TRANSFERS)
    yield _reversed_guard()
    yield _approval_guard()
    yield _open_job_guard(dialect)
    yield _line_guard(dialect)
    yield _sum_guard(dialect)
    yield fixed_columns_guard(JOBS, PayoutJob.fixed)
    yield _finished_guard(dialect)


def _reversed_guard() -> Guard:
    """Refuse to take back a reversal."""
    return Guard(
        table=TRANSFERS,
        rule="reversed_forward",
        event="UPDATE",
        condition="NEW.reversed_minor >= OLD.reversed_minor",
    )


def _approval_guard() -> Guard:
    """Refuse to change an approval: an `approve` sets it once, and a `reissue` removes it."""
    is_approval = (
        f"OLD.status = '{TransferStatus.PENDING}' AND NEW.status = '{TransferStatus.PENDING}'"
        " AND OLD.approved_by IS NULL"
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
            f" WHEN {is_approval} THEN NEW.approved_by IS NOT NULL"
            f" ELSE {unchanged(TRANSFERS, APPROVAL_FIELDS)} END"
        ),
        is_long=True,
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
