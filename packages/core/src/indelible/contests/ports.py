"""The ports of contests: lists, and queries that are more than a question about one table."""

from collections.abc import Iterator
from datetime import datetime
from typing import ClassVar, Final, Protocol

from attrs import frozen

from indelible.contests.entities.contests import Contest
from indelible.contests.entities.records import (
    ContestEvent,
    EventFault,
    ReplayedEvent,
    SettlementLine,
)
from indelible.contests.entities.values import EntriesRevision
from indelible.contests.lifecycle import ContestStatus, EntryStatus
from indelible.contests.rules.values import EligibleEntry
from indelible.kernel import Head, ListFilter, NamedListFilter

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


class ContestJoins(Protocol):
    """The queries on contests that read several tables, or ids only."""

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


class EntryJoins(Protocol):
    """The queries on entries that count or read several tables."""

    def lowest_free_place_number(self, contest_id: str) -> int:
        """Return the lowest place that no entry has."""
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


class LogJoins(Protocol):
    """The queries on the logs of contests that read parts of events, or their faults."""

    def newest_field(self, contest_id: str) -> ContestEvent | None:
        """Return the event with the newest field of a contest, None before the first one."""
        ...

    def replayed_events(
        self, contest_id: str, *, after: int, limit: int
    ) -> tuple[ReplayedEvent, ...]:
        """Return the next `limit` events after a number, oldest first, as a replay reads them."""
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


class RunJoins(Protocol):
    """The queries on the lines of settlement runs."""

    def lines(self, run_id: str, *, after: int, limit: int) -> tuple[SettlementLine, ...]:
        """Return the next `limit` lines of a run after a number, in order."""
        ...

    def lines_of_user(self, run_id: str, user_id: str) -> tuple[SettlementLine, ...]:
        """Return the lines of a user's entries in a run, in order."""
        ...
