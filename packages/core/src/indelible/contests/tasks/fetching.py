"""The stage that fetches a tournament from its provider, and enqueues itself again."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from attrs import define, field, frozen

from indelible.contests.commands.logs import RecordFetch
from indelible.contests.entities.values import FetchOutcome
from indelible.contests.handlers.feeds import record_fetch
from indelible.contests.lifecycle import PROVIDER_FEED, FeedStatus
from indelible.contests.repositories.reads import followed_contests
from indelible.contests.repositories.transactions import ContestsWrite
from indelible.contests.rules.tasks import FETCH_TOURNAMENT_STAGE
from indelible.contests.tasks.failpoints import (
    AtContestFailpoint,
    ContestFailpoint,
    no_contest_failpoint,
)
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
FOLLOW_POLL_SECONDS: Final = 900  # once all contests of a tournament are settled
MAX_DOUBLINGS: Final = 10

logger = logging.getLogger("indelible.contests")


@frozen(kw_only=True)
class FetchWork:
    """A tournament to fetch, as its claim read the feed."""

    provider_event_id: str
    failures: int  # fetches without data since the last successful one
    last_success_at: datetime | None
    is_over: bool  # every contest of the tournament has ended


@define(kw_only=True)
class FetchTournament:
    """Fetches a tournament again and again while one of its contests is open.

    After the last settlement it goes on for FOLLOW_AFTER_SETTLEMENT, each `follow_poll_seconds`. A
    failed fetch is a record like any other, and never ends a contest. After failures the pause
    doubles up to `max_poll_seconds`.
    """

    fetch: FetchFunction
    clock: Clock = field(factory=SystemClock)
    observer: ContestObserver = field(factory=SilentContestObserver)
    at_failpoint: AtContestFailpoint = no_contest_failpoint
    poll_seconds: float = POLL_SECONDS
    max_poll_seconds: float = MAX_POLL_SECONDS
    follow_poll_seconds: float = FOLLOW_POLL_SECONDS
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
        """Return the tournaments to fetch: None for a stopped feed or one that no contest needs."""
        works: list[FetchWork | None] = []
        now = tx.clock.now()
        for lease in leases:
            feed = tx.contests.feeds.get(lease.entity_id).entity
            is_needed = bool(followed_contests(tx, feed.id, now))
            if feed.status is FeedStatus.STOPPED or not is_needed:
                works.append(None)
                continue

            works.append(
                FetchWork(
                    provider_event_id=feed.id,
                    failures=feed.failures,
                    last_success_at=feed.last_success_at,
                    is_over=not tx.contests.contests.joins.open_of_tournament(feed.id),
                )
            )

        return works

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
        """Return the seconds until the next fetch; after the last settlement they are longer."""
        seconds = self._pause_of_play(work, answer)
        return max(seconds, self.follow_poll_seconds) if work.is_over else seconds

    def _pause_of_play(self, work: FetchWork, answer: ProviderAnswer) -> float:
        if answer.wait_seconds is not None:
            return min(max(answer.wait_seconds, self.poll_seconds), MAX_POSTPONE_SECONDS)
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
