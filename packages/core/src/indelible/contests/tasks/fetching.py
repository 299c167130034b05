"""The stage that fetches a tournament from its provider, and enqueues itself again."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from attrs import define, field, frozen

from indelible.contests.commands import RecordFetch
from indelible.contests.entities import FetchOutcome
from indelible.contests.handlers import record_fetch
from indelible.contests.lifecycle import PROVIDER_FEED, FeedStatus
from indelible.contests.ports import ContestsWrite
from indelible.contests.rules.tasks import FETCH_TOURNAMENT_STAGE, INGEST_CONTEST_STAGE
from indelible.contests.tasks.failpoints import (
    AtContestFailpoint,
    ContestFailpoint,
    no_contest_failpoint,
)
from indelible.contests.tasks.following import FOLLOW_UP_PAUSE_SECONDS, followed_contests
from indelible.contests.tasks.observers import ContestObserver, SilentContestObserver
from indelible.contests.tasks.provider_requests import (
    FetchFunction,
    ProviderAnswer,
    ProviderRequests,
)
from indelible.kernel import Clock, SystemClock
from indelible.kernel.lease_handles import LeaseHandle
from indelible.kernel.stages import Stage
from indelible.kernel.tasks import MAX_POSTPONE_SECONDS, Leases

LEASE_SECONDS: Final = 60
TIMEOUT_SECONDS: Final = 120  # four requests of 5 seconds and their pauses take less
MAX_ATTEMPTS: Final = 20
POLL_SECONDS: Final = 60
MAX_POLL_SECONDS: Final = 60
MAX_DOUBLINGS: Final = 10

logger = logging.getLogger("indelible.contests")


@frozen(kw_only=True)
class FetchWork:
    """A tournament to fetch, as its claim read the feed."""

    provider_event_id: str
    is_open: bool  # False if only settled contests are followed
    failures: int  # fetches without data since the last successful one
    last_success_at: datetime | None


@define(kw_only=True)
class FetchTournament:
    """Fetches a tournament again and again while one of its contests is open.

    For a day after a settlement it is fetched rarely, for late corrections. A failed fetch is a
    record like any other, and never ends a contest. After failures the pause doubles up to
    `max_poll_seconds`.
    """

    fetch: FetchFunction
    clock: Clock = field(factory=SystemClock)
    observer: ContestObserver = field(factory=SilentContestObserver)
    at_failpoint: AtContestFailpoint = no_contest_failpoint
    poll_seconds: float = POLL_SECONDS
    max_poll_seconds: float = MAX_POLL_SECONDS
    lease_seconds: int = LEASE_SECONDS

    def stage(self) -> Stage[ContestsWrite, FetchWork, ProviderAnswer]:
        """Return the stage; each of its attempts is recorded before a request is sent."""
        return Stage(
            name=FETCH_TOURNAMENT_STAGE,
            batch=1,
            acts_outside=True,
            lifecycle=PROVIDER_FEED,
            claim=self.claim,
            perform=self.perform,
            finish=self.finish,
            lease_seconds=self.lease_seconds,
            timeout_seconds=TIMEOUT_SECONDS,
            max_attempts=MAX_ATTEMPTS,
        )

    def claim(self, tx: ContestsWrite, leases: Leases) -> Sequence[FetchWork | None]:
        """Return the tournaments to fetch: None for a stopped feed or without such a contest."""
        return [self._work(tx, lease.entity_id) for lease in leases]

    def _work(self, tx: ContestsWrite, provider_event_id: str) -> FetchWork | None:
        feed = tx.contests.feeds.get(provider_event_id).entity
        if feed.status is FeedStatus.STOPPED:
            return None

        is_open = bool(tx.contests.contests.open_of_tournament(feed.id))
        if not is_open and not followed_contests(tx, feed.id, tx.clock.now()):
            return None

        return FetchWork(
            provider_event_id=feed.id,
            is_open=is_open,
            failures=feed.failures,
            last_success_at=feed.last_success_at,
        )

    def perform(self, work: FetchWork, handle: LeaseHandle) -> ProviderAnswer:
        """Ask the provider.

        Raises: PerformStopped.
        """
        self.at_failpoint(ContestFailpoint.FETCH_BEFORE_REQUEST)
        requests = ProviderRequests(
            fetch=self.fetch,
            clock=self.clock,
            provider_event_id=work.provider_event_id,
            handle=handle,
        )
        answer = requests.run()
        self.at_failpoint(ContestFailpoint.FETCH_AFTER_REQUEST)
        return answer

    def finish(
        self, tx: ContestsWrite, performed: Sequence[tuple[FetchWork, ProviderAnswer]]
    ) -> None:
        """Store the fetch with its bytes, and make the next one due."""
        for work, answer in performed:
            self.at_failpoint(ContestFailpoint.FETCH_BEFORE_RECORD)
            command = RecordFetch(provider_event_id=work.provider_event_id, result=answer.result)
            record_fetch(tx, command)
            _enqueue_followed(tx, work.provider_event_id)
            self._enqueue_next(tx, work, answer)
            self.at_failpoint(ContestFailpoint.FETCH_AFTER_RECORD)
            self._observe(work, answer)

    def _enqueue_next(self, tx: ContestsWrite, work: FetchWork, answer: ProviderAnswer) -> None:
        """Make the task due after the pause, or when the provider wants the next request."""
        seconds = self.pause_seconds(work, answer)
        due_at = tx.clock.now() + timedelta(seconds=seconds)
        tx.tasks.enqueue(FETCH_TOURNAMENT_STAGE, {work.provider_event_id: due_at})
        if answer.wait_seconds is not None:
            # A request that was enqueued meanwhile has to wait, too.
            tx.tasks.reschedule(FETCH_TOURNAMENT_STAGE, work.provider_event_id, due_at=due_at)

    def pause_seconds(self, work: FetchWork, answer: ProviderAnswer) -> float:
        """Return the seconds until the next fetch."""
        if answer.wait_seconds is not None:
            return min(max(answer.wait_seconds, self.poll_seconds), MAX_POSTPONE_SECONDS)
        if not work.is_open:
            return max(self.poll_seconds, FOLLOW_UP_PAUSE_SECONDS)
        if answer.result.outcome is FetchOutcome.OK:
            return self.poll_seconds

        doublings = min(work.failures + 1, MAX_DOUBLINGS)
        longest = max(self.poll_seconds, self.max_poll_seconds)
        return min(longest, self.poll_seconds * 2.0**doublings)

    def _observe(self, work: FetchWork, answer: ProviderAnswer) -> None:
        result = answer.result
        lag_seconds = 0.0
        if result.outcome is not FetchOutcome.OK and work.last_success_at is not None:
            lag_seconds = (result.finished_at - work.last_success_at).total_seconds()
        self.observer.fetched(result.outcome.value, max(0.0, lag_seconds))


def _enqueue_followed(tx: ContestsWrite, provider_event_id: str) -> None:
    """Let settled contests take up the fetch; `record_fetch` enqueues the open ones."""
    now = tx.clock.now()
    contest_ids = followed_contests(tx, provider_event_id, now)
    if contest_ids:
        tx.tasks.enqueue(INGEST_CONTEST_STAGE, dict.fromkeys(contest_ids, now))
