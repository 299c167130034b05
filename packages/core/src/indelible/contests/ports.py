"""The ports of contests: their repositories in a transaction."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import ClassVar, Final, Protocol

from attrs import frozen

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
from indelible.contests.entities.values import EntriesRevision
from indelible.contests.lifecycle import ContestStatus, EntryStatus
from indelible.contests.rules.values import EligibleEntry
from indelible.kernel import ListFilter, NamedListFilter
from indelible.kernel.history import AggregateReader, AggregateRepository, Head
from indelible.kernel.payloads import PayloadsRead, PayloadsWrite
from indelible.kernel.task_ports import TaskQueue, TaskReader

MAX_RECORDS_PER_PAGE: Final = 500


@frozen(kw_only=True, slots=False)
class ContestFilter(NamedListFilter):
    """The contests of a list, and their order.

    The organizer and the tournament of a list are given as `where`.
    """

    name_field: ClassVar[str] = "contest_name"

    status: ContestStatus | None = None


@frozen(kw_only=True, slots=False)
class EntryFilter(ListFilter):
    """The entries of a list, and their order; the contest or the user is given as `where`."""

    status: EntryStatus | None = None


ALL_CONTESTS: Final = ContestFilter()
ALL_ENTRIES: Final = EntryFilter()


class ContestReader(AggregateReader[Contest], Protocol):
    """Read access to contests and their configurations."""

    def configuration(self, contest_id: str, version: int) -> ContestConfiguration:
        """Return a version of a contest's configuration.

        Raises:
            ConfigurationNotFound: The contest has no such version.
        """
        ...

    def configurations(
        self, contest_id: str, *, after: int, limit: int
    ) -> tuple[ContestConfiguration, ...]:
        """Return the next `limit` versions after a version, oldest first."""
        ...

    def open_of_tournament(self, provider_event_id: str) -> tuple[str, ...]:
        """Return the ids of a tournament's contests that are not terminal, in order of id."""
        ...

    def followed_of_tournament(
        self, provider_event_id: str, *, settled_after: datetime
    ) -> tuple[str, ...]:
        """Return the ids of a tournament's contests that take fetches up, in order of id.

        These are the ones that are not terminal, and the COMPLETE ones that were settled after the
        instant.
        """
        ...

    def due(self, now: datetime, *, after: str, limit: int) -> tuple[Head[Contest], ...]:
        """Return the next `limit` contests after an id that wait for a transition, in order of id.

        These are the SCHEDULED ones whose lock time has come, the LOCKED ones whose start time has
        come, and the LIVE ones whose log has a TERMINAL event.
        """
        ...

    def count_by_status(self) -> Mapping[ContestStatus, int]:
        """Return the number of contests in each state that any is in."""
        ...


class EntryReader(AggregateReader[Entry], Protocol):
    """Read access to entries and their rosters."""

    def roster(self, entry_id: str, number: int) -> Roster:
        """Return a roster of an entry.

        Raises:
            RosterNotFound: The entry has no roster of this number.
        """
        ...

    def rosters(self, entry_id: str, *, after: int, limit: int) -> tuple[Roster, ...]:
        """Return the next `limit` rosters after a number, oldest first."""
        ...

    def of_user(self, contest_id: str, user_id: str) -> tuple[Entry, ...]:
        """Return the entries of a user in a contest, in order of their number."""
        ...

    def lowest_free_place_number(self, contest_id: str, max_entries: int | None) -> int | None:
        """Return the lowest place that no entry has, None if all of `max_entries` are taken."""
        ...

    def highest_place_number(self, contest_id: str) -> int:
        """Return the highest place that an entry has, 0 without entries."""
        ...

    def count_occupied(self, contest_id: str) -> int:
        """Return the number of entries that have a place."""
        ...

    def count_joined(self, contest_id: str) -> int:
        """Return the number of entries that are PENDING_PAYMENT or ACTIVE."""
        ...

    def has_any(self, contest_id: str) -> bool:
        """Return True if the contest has an entry in any state."""
        ...

    def entries_revision(self, contest_id: str) -> EntriesRevision:
        """Return the number of all entries of a contest and the sum of their seqs."""
        ...

    def eligible(self, contest_id: str, paid_until: datetime) -> Iterator[EligibleEntry]:
        """Yield the ACTIVE entries that were paid by then, with their newest rosters.

        They are in order of id, and read in batches.
        """
        ...


class LogReader(AggregateReader[ContestLog], Protocol):
    """Read access to the logs of contests, their events and faults."""

    def event(self, contest_id: str, number: int) -> ContestEvent:
        """Return an event.

        Raises:
            EventNotFound: The contest has no event of this number.
        """
        ...

    def events(self, contest_id: str, *, after: int, limit: int) -> tuple[ContestEvent, ...]:
        """Return the next `limit` events after a number, oldest first."""
        ...

    def replayed_events(
        self, contest_id: str, *, after: int, limit: int
    ) -> tuple[ReplayedEvent, ...]:
        """Return the next `limit` events after a number, oldest first, as a replay reads them."""
        ...

    def valid_events(self, contest_id: str, *, after: int, until: int) -> Iterator[ContestEvent]:
        """Yield the valid events after a number up to another one, oldest first, in batches."""
        ...

    def faults(
        self, contest_id: str, event_number: int, *, after: int, limit: int
    ) -> tuple[EventFault, ...]:
        """Return the next `limit` faults of an event after a number, in order."""
        ...

    def faults_after(
        self, contest_id: str, event_number: int, number: int, *, limit: int
    ) -> tuple[EventFault, ...]:
        """Return the next `limit` faults of all events after a fault of an event, in order."""
        ...


class FeedReader(AggregateReader[ProviderFeed], Protocol):
    """Read access to the feeds of tournaments and their fetches."""

    def fetch(self, provider_event_id: str, number: int) -> Fetch:
        """Return a fetch.

        Raises:
            FetchNotFound: The feed has no fetch of this number.
        """
        ...

    def fetches(self, provider_event_id: str, *, after: int, limit: int) -> tuple[Fetch, ...]:
        """Return the next `limit` fetches after a number, oldest first."""
        ...


class RunReader(AggregateReader[SettlementRun], Protocol):
    """Read access to settlement runs and their lines."""

    def of_contest(self, contest_id: str, *, limit: int) -> tuple[Head[SettlementRun], ...]:
        """Return the last `limit` runs of a contest, newest first."""
        ...

    def started(self, contest_id: str) -> Head[SettlementRun] | None:
        """Return the run of a contest that has not ended."""
        ...

    def completed(self, contest_id: str) -> Head[SettlementRun] | None:
        """Return the run that settled a contest."""
        ...

    def lines(self, run_id: str, *, after: int, limit: int) -> tuple[SettlementLine, ...]:
        """Return the next `limit` lines of a run after a number, in order."""
        ...

    def lines_of_user(self, run_id: str, user_id: str) -> tuple[SettlementLine, ...]:
        """Return the lines of a user's entries in a run, in order."""
        ...


class ContestWriter(ContestReader, AggregateRepository[Contest], Protocol):
    """Write access to contests."""


class EntryWriter(EntryReader, AggregateRepository[Entry], Protocol):
    """Write access to entries."""


class LogWriter(LogReader, AggregateRepository[ContestLog], Protocol):
    """Write access to the logs of contests."""


class FeedWriter(FeedReader, AggregateRepository[ProviderFeed], Protocol):
    """Write access to the feeds of tournaments."""


class RunWriter(RunReader, AggregateRepository[SettlementRun], Protocol):
    """Write access to settlement runs."""


class ContestsReader(Protocol):
    """The repositories of contests in a read transaction: `tx.contests`."""

    @property
    def contests(self) -> ContestReader: ...
    @property
    def entries(self) -> EntryReader: ...
    @property
    def logs(self) -> LogReader: ...
    @property
    def feeds(self) -> FeedReader: ...
    @property
    def runs(self) -> RunReader: ...


class ContestsWriter(Protocol):
    """The repositories of contests in a write transaction: `tx.contests`."""

    @property
    def contests(self) -> ContestWriter: ...
    @property
    def entries(self) -> EntryWriter: ...
    @property
    def logs(self) -> LogWriter: ...
    @property
    def feeds(self) -> FeedWriter: ...
    @property
    def runs(self) -> RunWriter: ...


class ContestsRead(PayloadsRead, Protocol):
    """The transaction that queries on contests need."""

    @property
    def contests(self) -> ContestsReader: ...
    @property
    def tasks(self) -> TaskReader: ...


class ContestsWrite(PayloadsWrite, Protocol):
    """The transaction that handlers of contests need."""

    @property
    def contests(self) -> ContestsWriter: ...
    @property
    def tasks(self) -> TaskQueue: ...
