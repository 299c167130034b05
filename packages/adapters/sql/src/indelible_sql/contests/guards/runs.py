"""The guards of settlement runs and of their lines."""

from collections.abc import Iterator

from indelible.contests.entities.runs import SettlementRun
from indelible.contests.lifecycle import SETTLEMENT_RUN, ContestStatus, EntryStatus, RunStatus
from indelible_sql.contests.tables.contests import CONTESTS
from indelible_sql.contests.tables.entries import ENTRIES
from indelible_sql.contests.tables.logs import LOGS
from indelible_sql.contests.tables.runs import LINES, RUNS
from indelible_sql.schema.bulk import INSERTED
from indelible_sql.schema.conditions import equal_or_null
from indelible_sql.schema.entity_conditions import entity_guards
from indelible_sql.schema.guard import Guard, qualified_name
from indelible_sql.schema.tables import HISTORY


def run_guards(dialect: str) -> Iterator[Guard]:
    """Yield the guards of settlement runs and of their lines for a dialect."""
    yield from entity_guards(RUNS, SettlementRun, dialect)
    yield _start_guard(dialect)
    yield _next_run_guard(dialect)
    yield _input_guard(dialect)
    yield _lines_guard(dialect)
    yield _sum_guard(dialect)


def _start_guard(dialect: str) -> Guard:
    """Refuse a run of a contest that was never live, or over another configuration."""
    return Guard(
        table=RUNS,
        rule="of_played_contest",
        event="INSERT",
        condition=(
            f"EXISTS (SELECT 1 FROM {qualified_name(CONTESTS, dialect)} AS contest"
            " WHERE contest.id = NEW.contest_id"
            " AND contest.configuration_version = NEW.configuration_version"
            " AND contest.currency = NEW.currency"
            f" AND (contest.status IN ('{ContestStatus.COMPLETE}', '{ContestStatus.LIVE}')"
            f" OR contest.error_from_state = '{ContestStatus.LIVE}'))"
        ),
    )


def _next_run_guard(dialect: str) -> Guard:
    """Refuse a run under another number than the next one of its contest."""
    # SQLite checks a row before it is stored, PostgreSQL after the statement.
    own = " + 1" if dialect == "sqlite" else ""
    return Guard(
        table=RUNS,
        rule="next_number",
        event="INSERT",
        condition=(
            f"NEW.number = (SELECT count(*) FROM {qualified_name(RUNS, dialect)} AS run"
            f" WHERE run.contest_id = NEW.contest_id){own}"
        ),
    )


def _input_guard(dialect: str) -> Guard:
    """Refuse a completion after the contest's log has another event."""
    return Guard(
        table=RUNS,
        rule="input_current",
        event="UPDATE",
        condition=(
            f"NEW.status <> '{RunStatus.COMPLETE}'"
            f" OR EXISTS (SELECT 1 FROM {qualified_name(LOGS, dialect)} AS log"
            " WHERE log.id = NEW.contest_id AND log.event_number = NEW.event_number)"
        ),
        row_filter=f"NEW.status = '{RunStatus.COMPLETE}'",
    )


def _lines_guard(dialect: str) -> Guard:
    """Refuse a line that is not of an active entry of the run's contest, as the entry was paid.

    PostgreSQL checks all lines of a statement in one join.
    """
    row = "NEW" if dialect == "sqlite" else "line"
    is_of_entry = (
        f"EXISTS (SELECT 1 FROM {qualified_name(RUNS, dialect)} AS run"
        f" JOIN {qualified_name(ENTRIES, dialect)} AS entry ON entry.contest_id = run.contest_id"
        f" WHERE run.id = {row}.entity_id AND entry.id = {row}.entry_id"
        f" AND entry.status = '{EntryStatus.ACTIVE}' AND entry.user_id = {row}.user_id"
        f" AND entry.paid_minor = {row}.paid_minor AND entry.roster_digest = {row}.roster_digest"
        f" AND {equal_or_null('entry.payment_ref', f'{row}.payment_ref', dialect)})"
    )
    if dialect == "sqlite":
        return Guard(table=LINES, rule="of_entries", event="INSERT", condition=is_of_entry)

    return Guard(
        table=LINES,
        rule="of_entries",
        event="INSERT",
        condition=f"NOT EXISTS (SELECT 1 FROM {INSERTED} AS line WHERE NOT {is_of_entry})",
        inserted_rows=INSERTED,
    )


def _sum_guard(dialect: str) -> Guard:
    """Refuse a completion whose lines do not add up to the amounts of the run.

    The change comes after the lines, or in one statement with them.
    """
    lines = qualified_name(LINES, dialect)
    of_run = f"FROM {lines} AS line WHERE line.entity_id = run.id"
    adds_up = (
        f"run.line_count = (SELECT count(*) {of_run})"
        f" AND run.pool_minor = (SELECT coalesce(sum(line.paid_minor), 0) {of_run})"
        " AND run.pool_minor + run.top_up_minor"
        f" = (SELECT coalesce(sum(line.payout_minor), 0) {of_run})"
        " + run.rake_minor + run.rounding_minor + run.retained_minor"
    )
    is_completion = f"NEW.lifecycle = '{SETTLEMENT_RUN.name}' AND NEW.action = 'complete'"
    return Guard(
        table=HISTORY,
        rule="balances_settlement",
        event="INSERT",
        condition=(
            f"NOT ({is_completion}) OR EXISTS (SELECT 1 FROM {qualified_name(RUNS, dialect)} AS run"
            f" WHERE run.id = NEW.entity_id AND {adds_up})"
        ),
        row_filter=is_completion,
    )
