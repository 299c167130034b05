"""Contests in SQL: contests, entries, event logs, provider feeds and settlement runs."""

from typing import Any

from indelible.contests.rules.tasks import STAGE_LIFECYCLES
from indelible_sql.contests.guards import all_guards
from indelible_sql.contests.rows import (
    CONTEST_HEADS,
    ENTRY_HEADS,
    FEED_HEADS,
    LOG_HEADS,
    RUN_HEADS,
)
from indelible_sql.contests.store import SqlContests
from indelible_sql.contests.tables.contests import CONFIGURATIONS
from indelible_sql.contests.tables.entries import ROSTERS
from indelible_sql.contests.tables.feeds import FETCHES
from indelible_sql.contests.verify import contest_findings
from indelible_sql.schema.sql_context import SqlContext


def _open(tx: Any) -> SqlContests:
    return SqlContests(tx.session)


CONTEXT = SqlContext(
    name="contests",
    mappings=(CONTEST_HEADS, ENTRY_HEADS, LOG_HEADS, FEED_HEADS, RUN_HEADS),
    # Before the events, which point to their fetches.
    records=(CONFIGURATIONS, ROSTERS, FETCHES),
    stages=STAGE_LIFECYCLES,
    guards=all_guards,
    verify=contest_findings,
    open_reader=_open,
    open_writer=_open,
)
