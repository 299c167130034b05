"""The tables of contests: five heads with their records.

The heads are contests, entries, event logs, provider feeds and settlement runs.
"""

from indelible_sql.contests.tables.contests import CONFIGURATIONS, CONTESTS
from indelible_sql.contests.tables.entries import ENTRIES, ROSTERS
from indelible_sql.contests.tables.feeds import FEEDS, FETCHES
from indelible_sql.contests.tables.logs import EVENTS, FAULTS, LOGS
from indelible_sql.contests.tables.runs import LINES, RUNS

__all__ = [
    "CONFIGURATIONS",
    "CONTESTS",
    "ENTRIES",
    "EVENTS",
    "FAULTS",
    "FEEDS",
    "FETCHES",
    "LINES",
    "LOGS",
    "ROSTERS",
    "RUNS",
]
