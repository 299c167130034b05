"""Replay the log of a contest from its first event, and compare it with the stored state."""

from collections.abc import Iterator
from typing import Final

from attrs import frozen

from indelible.contests.entities.contests import Contest
from indelible.contests.entities.logs import ContestLog
from indelible.contests.entities.records import ReplayedEvent
from indelible.contests.errors import ResumeNotPossible
from indelible.contests.repositories.reads import folded_state
from indelible.contests.repositories.transactions import ContestsRead
from indelible.contests.rules.fold import LogState
from indelible.contests.rules.replay import LogProblem, verify_log
from indelible.contests.tasks.errors import ReplayMismatch
from indelible.contests.tasks.observers import ContestObserver
from indelible.contests.tasks.states import ContestStore

PAGE_SIZE: Final = 100


@frozen(kw_only=True)
class LogReplay:
    """The outcome of a replay: equal digests and no problem prove the stored state."""

    contest_id: str
    event_number: int
    event_hash: str
    stored_digest: str
    replayed_digest: str
    problems: tuple[LogProblem, ...]

    @property
    def is_equal(self) -> bool:
        """Return True if the events lead to the stored state, and their hashes form a chain."""
        return self.stored_digest == self.replayed_digest and not self.problems

    @property
    def first_problem(self) -> str:
        """Return the first problem in words, with the number of its event."""
        if not self.problems:
            return "the digests of the states differ"

        problem = self.problems[0]
        subject = "the log's head" if problem.number is None else f"event {problem.number}"
        return f"{subject}: {problem.problem}"


def replay_log(store: ContestStore, contest_id: str) -> LogReplay:
    """Replay the log of a contest as it is now, in reads of a bounded size.

    Raises: ContestNotFound.
    """
    log, state = store.read(_stored_state, contest_id)
    return _replay(store, log, state)


def check_replay(
    store: ContestStore, log: ContestLog, state: LogState, observer: ContestObserver
) -> None:
    """Replay a log as it was read with its state.

    Raises: ReplayMismatch if the result differs.
    """
    replayed = _replay(store, log, state)
    observer.replayed(is_equal=replayed.is_equal)
    if not replayed.is_equal:
        raise ReplayMismatch(
            log.id,
            log.event_number,
            replayed.replayed_digest,
            replayed.stored_digest,
            replayed.first_problem,
        )


def require_replay(store: ContestStore, contest_id: str) -> None:
    """Check that a contest may resume, if it is in ERROR because a replay of its log failed.

    The replay reads the whole log, so that it is made before the command and outside of its
    transaction. For any other contest nothing is read but its head.

    Raises:
        ResumeNotPossible: The replay fails again; the error names the first event that differs.
        ContestNotFound.
    """
    contest = store.read(_contest, contest_id)
    if contest.error_code != ReplayMismatch.code:
        return

    replayed = replay_log(store, contest_id)
    if not replayed.is_equal:
        problem = f"the replay of its log fails at {replayed.first_problem}"
        raise ResumeNotPossible(contest_id, contest.attempted_action or "", problem)


def _contest(tx: ContestsRead, contest_id: str) -> Contest:
    return tx.contests.contests.get(contest_id).entity


def _stored_state(tx: ContestsRead, contest_id: str) -> tuple[ContestLog, LogState]:
    tx.contests.contests.get(contest_id)
    log = tx.contests.logs.get(contest_id).entity
    return log, folded_state(tx, log)


def _replay(store: ContestStore, log: ContestLog, stored: LogState) -> LogReplay:
    verified = verify_log(_events(store, log), log)
    return LogReplay(
        contest_id=log.id,
        event_number=log.event_number,
        event_hash=log.event_hash,
        stored_digest=stored.digest,
        replayed_digest=verified.state.digest,
        problems=verified.problems,
    )


def _events(store: ContestStore, log: ContestLog) -> Iterator[ReplayedEvent]:
    """Yield the events of a log up to its number; what is appended meanwhile is left out."""
    after = 0
    while after < log.event_number:
        limit = min(PAGE_SIZE, log.event_number - after)
        events = store.read(_next_events, log.id, after, limit)
        if not events:
            return
        yield from events
        after = events[-1].number


def _next_events(
    tx: ContestsRead, contest_id: str, after: int, limit: int
) -> tuple[ReplayedEvent, ...]:
    return tx.contests.logs.joins.replayed_events(contest_id, after=after, limit=limit)
