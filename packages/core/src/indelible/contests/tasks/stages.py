"""All stages of contests, as a host runs them."""

from typing import Any

from attrs import define, field

from indelible.contests.tasks.failpoints import AtContestFailpoint, no_contest_failpoint
from indelible.contests.tasks.failures import MAX_ATTEMPTS
from indelible.contests.tasks.fetching import MAX_POLL_SECONDS, POLL_SECONDS, FetchTournament
from indelible.contests.tasks.ingestion import IngestContest
from indelible.contests.tasks.observers import ContestObserver, SilentContestObserver
from indelible.contests.tasks.provider_requests import FetchFunction
from indelible.contests.tasks.reconciling import Reconciler
from indelible.contests.tasks.settlement import SettleContest
from indelible.contests.tasks.states import ContestStore
from indelible.contests.tasks.transitions import (
    LOCK_TIMER,
    START_TIMER,
    ContestTimer,
    TransitionTimer,
)
from indelible.kernel import Clock, SystemClock
from indelible.kernel.stages import Stage

AnyStage = Stage[Any, Any, Any]
LEASE_SECONDS = 60


@define(kw_only=True)
class ContestStages:
    """Builds the stages of contests with the same store, clock and observer.

    `fetch` reads a tournament from its provider. `max_attempts` is that of lock, start and settle,
    after which a contest is in ERROR.
    """

    store: ContestStore
    fetch: FetchFunction
    clock: Clock = field(factory=SystemClock)
    observer: ContestObserver = field(factory=SilentContestObserver)
    at_failpoint: AtContestFailpoint = no_contest_failpoint
    poll_seconds: float = POLL_SECONDS
    max_poll_seconds: float = MAX_POLL_SECONDS
    lease_seconds: int = LEASE_SECONDS
    max_attempts: int = MAX_ATTEMPTS

    def stages(self) -> tuple[AnyStage, ...]:
        """Return the stages in the order in which a contest needs them."""
        return (
            self.fetching().stage(),
            self.ingestion().stage(),
            self.timer(LOCK_TIMER).stage(),
            self.timer(START_TIMER).stage(),
            self.settlement().stage(),
            self.reconciler().stage(),
        )

    def fetching(self) -> FetchTournament:
        """Return the stage that fetches tournaments."""
        return FetchTournament(
            fetch=self.fetch,
            clock=self.clock,
            observer=self.observer,
            at_failpoint=self.at_failpoint,
            poll_seconds=self.poll_seconds,
            max_poll_seconds=self.max_poll_seconds,
            lease_seconds=self.lease_seconds,
        )

    def ingestion(self) -> IngestContest:
        """Return the stage that takes up fetches."""
        return IngestContest(
            store=self.store,
            clock=self.clock,
            observer=self.observer,
            at_failpoint=self.at_failpoint,
            lease_seconds=self.lease_seconds,
        )

    def timer(self, timer: TransitionTimer) -> ContestTimer:
        """Return the stage of a timed transition."""
        return ContestTimer(
            timer=timer,
            observer=self.observer,
            at_failpoint=self.at_failpoint,
            lease_seconds=self.lease_seconds,
            max_attempts=self.max_attempts,
        )

    def settlement(self) -> SettleContest:
        """Return the stage that settles contests."""
        return SettleContest(
            store=self.store,
            clock=self.clock,
            observer=self.observer,
            at_failpoint=self.at_failpoint,
            lease_seconds=self.lease_seconds,
            max_attempts=self.max_attempts,
        )

    def reconciler(self) -> Reconciler:
        """Return the stage that repairs."""
        return Reconciler(store=self.store, clock=self.clock, observer=self.observer)
