"""The memory store's repositories of contests."""

from collections.abc import Iterator
from datetime import datetime
from typing import Self, TypeVar

from attrs import frozen

from indelible.contests.entities.contests import Contest
from indelible.contests.entities.entries import Entry
from indelible.contests.entities.feeds import ProviderFeed
from indelible.contests.entities.logs import ContestLog
from indelible.contests.entities.records import (
    ContestEvent,
    EventFault,
    ReplayedEvent,
    Roster,
    SettlementLine,
)
from indelible.contests.entities.runs import SettlementRun
from indelible.contests.entities.values import EntriesRevision
from indelible.contests.repositories.finders import Contests, Entries, Feeds, Logs, Runs
from indelible.contests.rules.values import EligibleEntry
from indelible.kernel import Head
from indelible.kernel.history import Record
from indelible.memory.aggregates import MemoryAggregateRepository
from indelible.memory.history import MemoryHistory

R = TypeVar("R", bound=Record)


class MemoryLogRepository(MemoryAggregateRepository[ContestLog]):
    """The logs of contests, their events and faults."""

    def newest_field(self, contest_id: str) -> ContestEvent | None:
        """Return the event with the newest field of a contest, None before the first one."""
        head = self._rows.get(contest_id)
        number = None if head is None else head.entity.field_number
        return None if number is None else self.records(ContestEvent, contest_id)[number - 1]

    def replayed_events(
        self, contest_id: str, *, after: int, limit: int
    ) -> tuple[ReplayedEvent, ...]:
        """Return the next `limit` events after a number, oldest first, as a replay reads them."""
        events = self.records(ContestEvent, contest_id)[max(after, 0) :][:limit]
        return tuple(map(ReplayedEvent.of, events))

    def faults(
        self, contest_id: str, event_number: int, *, after: int, limit: int
    ) -> tuple[EventFault, ...]:
        """Return the next `limit` faults of an event after a number, in order."""
        for change in self._history.of(ContestLog.lifecycle.name, contest_id):
            if change.adds_version and change.version == event_number:
                return self.bulk_rows(
                    EventFault, contest_id, seq=change.seq, after=after, limit=limit
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


class MemoryEntryRepository(MemoryAggregateRepository[Entry]):
    """Entries and their rosters."""

    def lowest_free_place_number(self, contest_id: str) -> int:
        """Return the lowest place that no entry has."""
        taken = self._places(contest_id)
        place_number = 1
        while place_number in taken:
            place_number += 1
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
            roster = self.records(Roster, entry.id)[entry.roster_number - 1]
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


class MemoryRunRepository(MemoryAggregateRepository[SettlementRun]):
    """Settlement runs and their lines."""

    def lines(self, run_id: str, *, after: int, limit: int) -> tuple[SettlementLine, ...]:
        """Return the next `limit` lines of a run after a number, in order."""
        return self._lines(run_id)[max(after, 0) :][:limit]

    def lines_of_user(self, run_id: str, user_id: str) -> tuple[SettlementLine, ...]:
        """Return the lines of a user's entries in a run, in order."""
        return tuple(line for line in self._lines(run_id) if line.user_id == user_id)

    def _lines(self, run_id: str) -> tuple[SettlementLine, ...]:
        """Return all lines of a run, none unless it is complete."""
        head = self._rows.get(run_id)
        if head is None:
            return ()
        return self.bulk_rows(SettlementLine, run_id, seq=head.revision.seq)


@frozen
class MemoryContests:
    """The part of contests in a transaction of the memory store."""

    contest_rows: MemoryContestRepository
    entry_rows: MemoryEntryRepository
    log_rows: MemoryLogRepository
    feed_rows: MemoryAggregateRepository[ProviderFeed]
    run_rows: MemoryRunRepository

    def lock_of_entry(self, entry_id: str) -> Head[Contest]:
        """Return the contest of an entry, locked, or raise EntryNotFound."""
        return self.contest_rows.lock(self.entry_rows.get(entry_id).entity.contest_id)

    @property
    def contests(self) -> Contests:
        return Contests(self.contest_rows, self.contest_rows)

    @property
    def entries(self) -> Entries:
        return Entries(self.entry_rows, self.entry_rows)

    @property
    def logs(self) -> Logs:
        return Logs(self.log_rows, self.log_rows)

    @property
    def feeds(self) -> Feeds:
        return Feeds(self.feed_rows)

    @property
    def runs(self) -> Runs:
        return Runs(self.run_rows, self.run_rows)

    @classmethod
    def empty(cls, history: MemoryHistory) -> Self:
        """Return the repositories of an empty store."""
        return cls(
            MemoryContestRepository(history, Contest),
            MemoryEntryRepository(history, Entry),
            MemoryLogRepository(history, ContestLog),
            MemoryAggregateRepository(history, ProviderFeed),
            MemoryRunRepository(history, SettlementRun),
        )

    def copy(self, history: MemoryHistory) -> Self:
        """Return a draft over a draft of history. It shares the rows, which are frozen."""
        return type(self)(
            self.contest_rows.copy(history),
            self.entry_rows.copy(history),
            self.log_rows.copy(history),
            self.feed_rows.copy(history),
            self.run_rows.copy(history),
        )
