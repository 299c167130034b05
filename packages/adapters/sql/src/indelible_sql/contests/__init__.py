"""Contests in SQL: contests, entries, event logs, provider feeds and settlement runs."""

from typing import Any

from indelible.contests.lifecycle import CONTEST, CONTEST_LOG, ENTRY, PROVIDER_FEED, SETTLEMENT_RUN
from indelible.contests.rules.tasks import STAGE_LIFECYCLES
from indelible_sql.contests.guards import all_guards
from indelible_sql.contests.rows import (
    CONTEST_HEADS,
    ENTRY_HEADS,
    FAULT_ROWS,
    FEED_HEADS,
    LINE_ROWS,
    LOG_HEADS,
)
from indelible_sql.contests.store import SqlContests
from indelible_sql.contests.tables.contests import CONFIGURATIONS, CONTESTS
from indelible_sql.contests.tables.entries import ENTRIES, ROSTERS
from indelible_sql.contests.tables.feeds import FEEDS, FETCHES
from indelible_sql.contests.tables.logs import EVENTS, FAULTS, LOGS
from indelible_sql.contests.tables.runs import LINES, RUNS
from indelible_sql.contests.verify import contest_findings
from indelible_sql.schema.sql_context import SqlContext


def _open(tx: Any) -> SqlContests:
    return SqlContests(tx.session)


CONTEXT = SqlContext(
    name="contests",
    heads={
        CONTESTS: CONTEST,
        ENTRIES: ENTRY,
        LOGS: CONTEST_LOG,
        FEEDS: PROVIDER_FEED,
        RUNS: SETTLEMENT_RUN,
    },
    # An event points to its fetch, and a fault to its event.
    records=(CONFIGURATIONS, ROSTERS, FETCHES, EVENTS, FAULTS, LINES),
    record_head_rules=(
        *CONTEST_HEADS.record_head_rules(),
        *ENTRY_HEADS.record_head_rules(),
        *LOG_HEADS.record_head_rules(),
        *FEED_HEADS.record_head_rules(),
    ),
    digests={
        CONTESTS: CONTEST_HEADS.digests(),
        ENTRIES: ENTRY_HEADS.digests(),
        LOGS: LOG_HEADS.digests(),
        FEEDS: FEED_HEADS.digests(),
    },
    bulk=(FAULT_ROWS, LINE_ROWS),
    stages=STAGE_LIFECYCLES,
    guards=all_guards,
    verify=contest_findings,
    open_reader=_open,
    open_writer=_open,
)
