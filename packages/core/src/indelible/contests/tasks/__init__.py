"""Tasks of contests: fetching tournaments, taking up their events, and timed transitions."""

from indelible.contests.tasks.bundles import read_bundle
from indelible.contests.tasks.dry_runs import (
    DryRun,
    DryRunComparison,
    LineDifference,
    dry_run_settlement,
)
from indelible.contests.tasks.failpoints import AtContestFailpoint, ContestFailpoint
from indelible.contests.tasks.observers import (
    ContestObserver,
    ContestReport,
    SilentContestObserver,
)
from indelible.contests.tasks.provider_requests import FetchedBody, FetchFunction
from indelible.contests.tasks.replays import LogReplay, replay_log, require_replay
from indelible.contests.tasks.settlement import settle_now
from indelible.contests.tasks.stages import ContestStages
from indelible.contests.tasks.transitions import TRANSITIONS

__all__ = [
    "TRANSITIONS",
    "AtContestFailpoint",
    "ContestFailpoint",
    "ContestObserver",
    "ContestReport",
    "ContestStages",
    "DryRun",
    "DryRunComparison",
    "FetchFunction",
    "FetchedBody",
    "LineDifference",
    "LogReplay",
    "SilentContestObserver",
    "dry_run_settlement",
    "read_bundle",
    "replay_log",
    "require_replay",
    "settle_now",
]
