"""Names of the stages of contests, and the lifecycles to which their tasks belong."""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Final

from indelible.contests.lifecycle import CONTEST, PROVIDER_FEED
from indelible.kernel import Lifecycle

FETCH_TOURNAMENT_STAGE: Final = "fetch_tournament"  # the id of a task is the provider's event id
INGEST_CONTEST_STAGE: Final = "ingest_contest"  # here and below, the id of the contest
LOCK_CONTEST_STAGE: Final = "lock_contest"
START_CONTEST_STAGE: Final = "start_contest"
SETTLE_CONTEST_STAGE: Final = "settle_contest"
RECONCILE_CONTESTS_STAGE: Final = "reconcile_contests"

# A tournament is still fetched for this time after the settlement of its last contest, so that
# the provider's late corrections are seen.
FOLLOW_AFTER_SETTLEMENT: Final = timedelta(days=7)

# The stages whose tasks belong to aggregates. The reconciler stands alone.
STAGE_LIFECYCLES: Final[Mapping[str, Lifecycle[StrEnum]]] = {
    FETCH_TOURNAMENT_STAGE: PROVIDER_FEED,
    INGEST_CONTEST_STAGE: CONTEST,
    LOCK_CONTEST_STAGE: CONTEST,
    START_CONTEST_STAGE: CONTEST,
    SETTLE_CONTEST_STAGE: CONTEST,
}
