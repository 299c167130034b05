"""Replay the log of a contest from its first event, and compare the result with the stored state."""

from datetime import datetime
from typing import Final

from attrs import frozen

from indelible.contests.errors import EventChainBroken, ReplayMismatch
from indelible.contests.entities import ContestEvent, Validity
from indelible.contests.entities.values import UNSTARTED_CHAIN
from indelible.contests.ports import ContestsRead
from indelible.contests.rules.fold import EMPTY_STATE, LogState, fold
from indelible.contests.tasks.observers import ContestObserver
from indelible.contests.tasks.states import ContestStore, state_of

PAGE_SIZE: Final = 100


@frozen(kw_only=True)
class LogReplay:
    """The outcome of a replay up to an event: equal digests prove the stored state."""

    contest_id: str
    event_number: int
    event_hash: str
    valid_events: int
    invalid_events: int
    stored_digest: str
    replayed_digest: str
    last_fetched_at: datetime | None

    @property
    def is_equal(self) -> bool:
        """Return True if the replay led to the stored state."""
        return self.stored_digest == self.replayed_digest


def replay_log(store: ContestStore, contest_id: str) -> LogReplay:
    """Replay the log of a contest as it is now, in reads of a bounded size.

    Raises: ContestNotFound, EventChainBroken.
    """
    state, event_hash = store.read(_stored_state, contest_id)
    return _replay(store, contest_id, state, event_hash)


def check_replay(
    store: ContestStore, contest_id: str, state: LogState, observer: ContestObserver
) -> None:
    """Replay the log up to the event of a state.

    Raises: ReplayMismatch if the result differs, EventChainBroken.
    """
    replayed = _replay(store, contest_id, state, None)
    observer.replayed(is_equal=replayed.is_equal)
    if not replayed.is_equal:
        raise ReplayMismatch(
            contest_id, state.number, replayed.replayed_digest, replayed.stored_digest
        )


def _stored_state(tx: ContestsRead, contest_id: str) -> tuple[LogState, str]:
    tx.contests.contests.get(contest_id)
    log = tx.contests.logs.get(contest_id).entity
    return state_of(tx, log), log.event_hash


def _replay(
    store: ContestStore, contest_id: str, stored: LogState, event_hash: str | None
) -> LogReplay:
    """Fold the events up to that of the stored state; check the chain of their hashes."""
    state = EMPTY_STATE
    previous_hash = UNSTARTED_CHAIN
    valid = 0
    last: ContestEvent | None = None
    while state.number < stored.number:
        events = store.read(_next_events, contest_id, state.number)
        if not events:
            raise EventChainBroken(contest_id, state.number + 1, "number")
        for event in events[: stored.number - state.number]:
            _check_chain(event, state.number + 1, previous_hash)
            previous_hash = event.event_hash
            state = fold(state, event)
            valid += int(event.validity is Validity.VALID)
            last = event

    if event_hash is not None and event_hash != previous_hash:
        raise EventChainBroken(contest_id, stored.number, "event_hash")

    return LogReplay(
        contest_id=contest_id,
        event_number=stored.number,
        event_hash=previous_hash,
        valid_events=valid,
        invalid_events=stored.number - valid,
        stored_digest=stored.digest,
        replayed_digest=state.digest,
        last_fetched_at=None if last is None else last.fetched_at,
    )


def _next_events(tx: ContestsRead, contest_id: str, after: int) -> tuple[ContestEvent, ...]:
    return tx.contests.logs.events(contest_id, after=after, limit=PAGE_SIZE)


def _check_chain(event: ContestEvent, number: int, previous_hash: str) -> None:
    """Raise EventChainBroken unless the event follows from the one before it."""
    if event.number != number:
        raise EventChainBroken(event.contest_id, number, "number")
    if event.prev_hash != previous_hash:
        raise EventChainBroken(event.contest_id, number, "prev_hash")
    if event.chain_hash() != event.event_hash:
        raise EventChainBroken(event.contest_id, number, "event_hash")
