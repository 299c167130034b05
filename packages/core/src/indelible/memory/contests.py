"""The memory store's repositories of contests."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Self, TypeVar

from attrs import frozen

from indelible.contests import errors
from indelible.contests.entities.contests import Contest
from indelible.contests.entities.entries import Entry
from indelible.contests.entities.feeds import ProviderFeed
from indelible.contests.entities.logs import ContestLog
from indelible.contests.entities.records import (
    ContestConfiguration,
    ContestEvent,
    EventFault,
    Fetch,
    ReplayedEvent,
    Roster,
    SettlementLine,
)
from indelible.contests.entities.runs import SettlementRun
from indelible.contests.entities.values import EntriesRevision, Validity
from indelible.contests.lifecycle import ContestStatus, RunStatus
from indelible.contests.rules.values import EligibleEntry
from indelible.kernel import Head
from indelible.kernel.history import Record
from indelible.memory.aggregates import MemoryAggregateRepository, count_states
from indelible.memory.history import MemoryHistory

R = TypeVar("R", bound=Record)


class MemoryLogRepository(MemoryAggregateRepository[ContestLog]):
    """The logs of contests, their events and faults."""

    def event(self, contest_id: str, number: int) -> ContestEvent:
        """Return an event, or raise EventNotFound."""
        record = _numbered(self.records(ContestEvent, contest_id), number)
        if record is None:
            raise errors.EventNotFound(contest_id, number)
        return record

    def events(self, contest_id: str, *, after: int, limit: int) -> tuple[ContestEvent, ...]:
        """Return the next `limit` events after a number, oldest first."""
        return _after(self.records(ContestEvent, contest_id), after, limit)

    def replayed_events(
        self, contest_id: str, *, after: int, limit: int
    ) -> tuple[ReplayedEvent, ...]:
        """Return the next `limit` events after a number, oldest first, as a replay reads them."""
        events = self.events(contest_id, after=after, limit=limit)
        return tuple(map(ReplayedEvent.of, events))

    def valid_events(self, contest_id: str, *, after: int, until: int) -> Iterator[ContestEvent]:
        """Yield the valid events after a number up to another one, oldest first."""
        for event in self.records(ContestEvent, contest_id)[max(after, 0) : max(until, 0)]:
            if event.validity is Validity.VALID:
                yield event

    def faults(
        self, contest_id: str, event_number: int, *, after: int, limit: int
    ) -> tuple[EventFault, ...]:
        """Return the next `limit` faults of an event after a number, in order."""
        for change in self._history.of(ContestLog.lifecycle.name, contest_id):
            if change.adds_version and change.version == event_number:
                return self.bulk_rows(
                    EventFault, contest_id, seq=change.seq, after=max(after, 0), limit=limit
                )

        return ()

    def faults_after(
        self, contest_id: str, event_number: int, number: int, *, limit: int
    ) -> tuple[EventFault, ...]:
        """Return the next `limit` faults of all events after a fault of an event, in order."""
        faults = list(self.faults(contest_id, event_number, after=number, limit=limit))
        for event in self.records(ContestEvent, contest_id)[max(event_number, 0) :]:
            faults += self.faults(contest_id, event.number, after=0, limit=limit - len(faults))

        return tuple(faults)


class MemoryContestRepository(MemoryAggregateRepository[Contest]):
    """Contests and their configurations."""

    def configuration(self, contest_id: str, version: int) -> ContestConfiguration:
        """Return a version of a contest's configuration, or raise ConfigurationNotFound."""
        record = _numbered(self.records(ContestConfiguration, contest_id), version)
        if record is None:
            raise errors.ConfigurationNotFound(contest_id, version)
        return record

    def configurations(
        self, contest_id: str, *, after: int, limit: int
    ) -> tuple[ContestConfiguration, ...]:
        """Return the next `limit` versions after a version, oldest first."""
        return _after(self.records(ContestConfiguration, contest_id), after, limit)

    def open_of_tournament(self, provider_event_id: str) -> tuple[str, ...]:
        """Return the ids of a tournament's contests that are not terminal, in order of id."""

        def is_open(contest: Contest) -> bool:
            return contest.provider_event_id == provider_event_id and not contest.is_terminal

        return tuple(head.entity.id for head in self.where(is_open))

    def followed_of_tournament(
        self, provider_event_id: str, *, settled_after: datetime
    ) -> tuple[str, ...]:
        """Return the ids of a tournament's contests that take fetches up, in order of id."""

        def is_followed(contest: Contest) -> bool:
            if contest.provider_event_id != provider_event_id:
                return False
            if contest.settle_time is not None:
                return contest.settle_time > settled_after
            return not contest.is_terminal

        return tuple(head.entity.id for head in self.where(is_followed))

    def due(self, now: datetime, *, after: str, limit: int) -> tuple[Head[Contest], ...]:
        """Return the next `limit` contests after an id that wait for a transition."""

        def is_due(contest: Contest) -> bool:
            if contest.is_waiting_for("lock"):
                return contest.lock_time <= now
            if contest.is_waiting_for("start"):
                return contest.start_time <= now
            return contest.is_live and self._has_ended(contest.id)

        return self.where(is_due, after=after, limit=limit)

    def _has_ended(self, contest_id: str) -> bool:
        """Return True if the log of the contest has a TERMINAL event."""
        changes = self._history.of(ContestLog.lifecycle.name, contest_id)
        return changes[-1].data["terminal_number"] is not None

    def count_by_status(self) -> Mapping[ContestStatus, int]:
        """Return the number of contests in each state that any is in."""
        return count_states(self._rows.values())


class MemoryEntryRepository(MemoryAggregateRepository[Entry]):
    """Entries and their rosters."""

    def roster(self, entry_id: str, number: int) -> Roster:
        """Return a roster of an entry, or raise RosterNotFound."""
        record = _numbered(self.records(Roster, entry_id), number)
        if record is None:
            raise errors.RosterNotFound(entry_id, number)
        return record

    def rosters(self, entry_id: str, *, after: int, limit: int) -> tuple[Roster, ...]:
        """Return the next `limit` rosters after a number, oldest first."""
        return _after(self.records(Roster, entry_id), after, limit)

    def of_user(self, contest_id: str, user_id: str) -> tuple[Entry, ...]:
        """Return the entries of a user in a contest, in order of their number."""
        where = {"contest_id": contest_id, "user_id": user_id}
        heads = self.find(where, order=("entry_number",), limit=len(self._rows))
        return tuple(head.entity for head in heads)

    def lowest_free_place_number(self, contest_id: str, max_entries: int | None) -> int | None:
        """Return the lowest place that no entry has, None if all of `max_entries` are taken."""
        taken = self._places(contest_id)
        place_number = 1
        while place_number in taken:
            place_number += 1

        if max_entries is not None and place_number > max_entries:
            return None
        return place_number

    def highest_place_number(self, contest_id: str) -> int:
        """Return the highest place that an entry has, 0 without entries."""
        return max(self._places(contest_id), default=0)

    def count_occupied(self, contest_id: str) -> int:
        """Return the number of entries that have a place."""
        return len(self._places(contest_id))

    def count_joined(self, contest_id: str) -> int:
        """Return the number of entries that are PENDING_PAYMENT or ACTIVE."""
        return sum(head.entity.is_joined for head in self._of_contest(contest_id))

    def has_any(self, contest_id: str) -> bool:
        """Return True if the contest has an entry in any state."""
        return bool(self._of_contest(contest_id))

    def entries_revision(self, contest_id: str) -> EntriesRevision:
        """Return the number of all entries of a contest and the sum of their seqs."""
        heads = self._of_contest(contest_id)
        seq_sum = sum(head.revision.seq for head in heads)
        return EntriesRevision(count=len(heads), seq_sum=seq_sum)

    def eligible(self, contest_id: str, paid_until: datetime) -> Iterator[EligibleEntry]:
        """Yield the ACTIVE entries that were paid by then, with their newest rosters."""
        for head in self._of_contest(contest_id):
            entry = head.entity
            if not entry.is_eligible(paid_until) or entry.paid_at is None:
                continue
            roster = self.roster(entry.id, entry.roster_number)
            yield EligibleEntry(
                entry_id=entry.id,
                user_id=entry.user_id,
                payment_ref=entry.payment_ref,
                paid_minor=entry.paid_minor or 0,
                paid_at=entry.paid_at,
                roster_digest=entry.roster_digest,
                player_ids=roster.player_ids,
                prediction=roster.prediction,
            )

    def _of_contest(self, contest_id: str) -> tuple[Head[Entry], ...]:
        """Return the entries of a contest, in order of id."""
        return self.find({"contest_id": contest_id}, limit=len(self._rows))

    def _places(self, contest_id: str) -> set[int]:
        """Return the places that entries have."""
        places = {head.entity.place_number for head in self._of_contest(contest_id)}
        return {place_number for place_number in places if place_number is not None}


class MemoryFeedRepository(MemoryAggregateRepository[ProviderFeed]):
    """The feeds of tournaments and their fetches."""

    def fetch(self, provider_event_id: str, number: int) -> Fetch:
        """Return a fetch, or raise FetchNotFound."""
        record = _numbered(self.records(Fetch, provider_event_id), number)
        if record is None:
            raise errors.FetchNotFound(provider_event_id, number)
        return record

    def fetches(self, provider_event_id: str, *, after: int, limit: int) -> tuple[Fetch, ...]:
        """Return the next `limit` fetches after a number, oldest first."""
        return _after(self.records(Fetch, provider_event_id), after, limit)


class MemoryRunRepository(MemoryAggregateRepository[SettlementRun]):
    """Settlement runs and their lines."""

    def of_contest(self, contest_id: str, *, limit: int) -> tuple[Head[SettlementRun], ...]:
        """Return the last `limit` runs of a contest, newest first."""
        return self.find({"contest_id": contest_id}, order=("-number",), limit=limit)

    def started(self, contest_id: str) -> Head[SettlementRun] | None:
        """Return the run of a contest that has not ended."""
        return self._first(contest_id, RunStatus.STARTED)

    def completed(self, contest_id: str) -> Head[SettlementRun] | None:
        """Return the run that settled a contest."""
        return self._first(contest_id, RunStatus.COMPLETE)

    def lines(self, run_id: str, *, after: int, limit: int) -> tuple[SettlementLine, ...]:
        """Return the next `limit` lines of a run after a number, in order."""
        return self._lines(run_id)[max(after, 0) :][:limit]

    def lines_of_user(self, run_id: str, user_id: str) -> tuple[SettlementLine, ...]:
        """Return the lines of a user's entries in a run, in order."""
        return tuple(line for line in self._lines(run_id) if line.user_id == user_id)

    def _first(self, contest_id: str, status: RunStatus) -> Head[SettlementRun] | None:
        heads = self.find({"contest_id": contest_id, "status": status}, limit=1)
        return heads[0] if heads else None

    def _lines(self, run_id: str) -> tuple[SettlementLine, ...]:
        """Return all lines of a run, none unless it is complete."""
        head = self._rows.get(run_id)
        if head is None:
            return ()
        return self.bulk_rows(SettlementLine, run_id, seq=head.revision.seq)


def _numbered(records: tuple[R, ...], number: int) -> R | None:
    """Return the record with a number; the first record has number 1."""
    if not 1 <= number <= len(records):
        return None
    return records[number - 1]


def _after(records: tuple[R, ...], after: int, limit: int) -> tuple[R, ...]:
    """Return the next `limit` records after a number."""
    return records[max(after, 0) :][:limit]


@frozen
class MemoryContests:
    """The part of contests in a transaction of the memory store."""

    contests: MemoryContestRepository
    entries: MemoryEntryRepository
    logs: MemoryLogRepository
    feeds: MemoryFeedRepository
    runs: MemoryRunRepository

    @classmethod
    def empty(cls, history: MemoryHistory) -> Self:
        """Return the repositories of an empty store."""
        return cls(
            MemoryContestRepository(history, Contest, errors.ContestNotFound),
            MemoryEntryRepository(history, Entry, errors.EntryNotFound),
            MemoryLogRepository(history, ContestLog, errors.LogNotFound),
            MemoryFeedRepository(history, ProviderFeed, errors.FeedNotFound),
            MemoryRunRepository(history, SettlementRun, errors.RunNotFound),
        )

    def copy(self, history: MemoryHistory) -> Self:
        """Return a draft over a draft of history. It shares the rows, which are frozen."""
        return type(self)(
            self.contests.copy(history),
            self.entries.copy(history),
            self.logs.copy(history),
            self.feeds.copy(history),
            self.runs.copy(history),
        )
