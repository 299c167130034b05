"""The SQL repositories of contests."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from attrs import frozen

from indelible.contests.entities.contests import Contest
from indelible.contests.entities.entries import Entry
from indelible.contests.entities.logs import ContestLog
from indelible.contests.entities.records import (
    ContestEvent,
    EventFault,
    ReplayedEvent,
    SettlementLine,
)
from indelible.contests.entities.runs import SettlementRun
from indelible.contests.entities.values import EntriesRevision
from indelible.contests.errors import EntryNotFound
from indelible.contests.repositories.finders import Contests, Entries, Feeds, Logs, Runs
from indelible.contests.rules.values import EligibleEntry
from indelible.kernel import Head
from indelible_sql.contests import statements
from indelible_sql.contests.rows import (
    CONTEST_HEADS,
    ENTRY_HEADS,
    FEED_HEADS,
    LOG_HEADS,
    RUN_HEADS,
    replayed_event_of_row,
)
from indelible_sql.engine.session import Query, Session
from indelible_sql.kernel.history import ROWS
from indelible_sql.kernel.repository import SqlAggregateRepository

ENTRY_BATCH: Final = 5_000


class SqlContestRepository(SqlAggregateRepository[Contest]):
    """The repository of contests, which reads their configurations too."""

    def open_of_tournament(self, provider_event_id: str) -> tuple[str, ...]:
        """Return the ids of a tournament's contests that are not terminal, in order of id."""
        values = {"provider_event_id": provider_event_id}
        rows = self._session.rows(statements.OPEN_OF_TOURNAMENT, values)
        return tuple(row["id"] for row in rows)

    def followed_of_tournament(
        self, provider_event_id: str, *, settled_after: datetime
    ) -> tuple[str, ...]:
        """Return the ids of a tournament's contests that take fetches up, in order of id."""
        values = {"provider_event_id": provider_event_id, "settled_after": settled_after}
        rows = self._session.rows(statements.FOLLOWED_OF_TOURNAMENT, values)
        return tuple(row["id"] for row in rows)

    def due(self, now: datetime, *, after: str, limit: int) -> tuple[Head[Contest], ...]:
        """Return the next `limit` contests after an id that wait for a transition."""
        values = {"now": now, "after": after, "limit": limit}
        rows = self._session.rows(statements.DUE, values)
        return tuple(CONTEST_HEADS.of_row(row) for row in rows)

    def lock_of_entry(self, entry_id: str) -> Head[Contest]:
        """Return the contest of an entry, locked, or raise EntryNotFound."""
        row = self._session.first(statements.LOCK_OF_ENTRY, {"entry_id": entry_id})
        if row is None:
            raise EntryNotFound(entry_id)
        return CONTEST_HEADS.of_row(row)


class SqlEntryRepository(SqlAggregateRepository[Entry]):
    """The repository of entries, which reads their rosters too."""

    def lowest_free_place_number(self, contest_id: str) -> int:
        """Return the lowest place that no entry has."""
        values = {"contest_id": contest_id}
        (row,) = self._session.rows(statements.LOWEST_FREE_PLACE_NUMBER, values)
        return int(row["place_number"])

    def highest_place_number(self, contest_id: str) -> int:
        """Return the highest place that an entry has, 0 without entries."""
        row = self._session.first(statements.HIGHEST_PLACE_NUMBER, {"contest_id": contest_id})
        return 0 if row is None else int(row["place_number"])

    def count_occupied(self, contest_id: str) -> int:
        """Return the number of entries that have a place."""
        return self._count(statements.COUNT_OCCUPIED, contest_id)

    def count_joined(self, contest_id: str) -> int:
        """Return the number of entries that are PENDING_PAYMENT or ACTIVE."""
        return self._count(statements.COUNT_JOINED, contest_id)

    def has_any(self, contest_id: str) -> bool:
        """Return True if the contest has an entry in any state."""
        return self._session.first(statements.HAS_ENTRY, {"contest_id": contest_id}) is not None

    def entries_revision(self, contest_id: str) -> EntriesRevision:
        """Return the number of all entries of a contest and the sum of their seqs."""
        (row,) = self._session.rows(statements.ENTRIES_REVISION, {"contest_id": contest_id})
        return EntriesRevision(count=int(row["count"]), seq_sum=int(row["seq_sum"]))

    def eligible(self, contest_id: str, paid_until: datetime) -> Iterator[EligibleEntry]:
        """Yield the ACTIVE entries that were paid by then, with their newest rosters.

        They are in order of id, and read in batches.
        """
        values: dict[str, Any] = {
            "contest_id": contest_id,
            "paid_until": paid_until,
            "after": "",
            "limit": ENTRY_BATCH,
        }
        while True:
            rows = self._session.rows(statements.ELIGIBLE, values)
            for row in rows:
                yield EligibleEntry(**row)
            if len(rows) < ENTRY_BATCH:
                return
            values["after"] = rows[-1]["entry_id"]

    def _count(self, statement: Query, contest_id: str) -> int:
        (row,) = self._session.rows(statement, {"contest_id": contest_id})
        return int(row["total"])


class SqlLogRepository(SqlAggregateRepository[ContestLog]):
    """The repository of event logs, which reads their events and faults too."""

    def newest_field(self, contest_id: str) -> ContestEvent | None:
        """Return the event with the newest field of a contest, None before the first one."""
        row = self._session.first(statements.NEWEST_FIELD, {"contest_id": contest_id})
        return None if row is None else LOG_HEADS.record_mapping(ContestEvent).read(row)

    def replayed_events(
        self, contest_id: str, *, after: int, limit: int
    ) -> tuple[ReplayedEvent, ...]:
        """Return the next `limit` events after a number, oldest first, as a replay reads them."""
        values = {"contest_id": contest_id, "after": after, "limit": limit}
        rows = self._session.rows(statements.PAGE_REPLAYED_EVENTS, values)
        return tuple(replayed_event_of_row(row) for row in rows)

    def faults(
        self, contest_id: str, event_number: int, *, after: int, limit: int
    ) -> tuple[EventFault, ...]:
        """Return the next `limit` faults of an event after a number, in order."""
        values = {
            "entity_id": contest_id,
            "event_number": event_number,
            "after": after,
            "limit": limit,
        }
        rows = self._session.rows(statements.PAGE_FAULTS, values)
        return tuple(ROWS.structure(row, EventFault) for row in rows)

    def faults_after(
        self, contest_id: str, event_number: int, number: int, *, limit: int
    ) -> tuple[EventFault, ...]:
        """Return the next `limit` faults of all events after a fault of an event, in order."""
        values = {
            "entity_id": contest_id,
            "event_number": event_number,
            "number": number,
            "limit": limit,
        }
        rows = self._session.rows(statements.PAGE_FAULTS_OF_LOG, values)
        return tuple(ROWS.structure(row, EventFault) for row in rows)


class SqlRunRepository(SqlAggregateRepository[SettlementRun]):
    """The repository of settlement runs, which reads their lines too."""

    def lines(self, run_id: str, *, after: int, limit: int) -> tuple[SettlementLine, ...]:
        """Return the next `limit` lines of a run after a number, in order."""
        values = {"entity_id": run_id, "after": after, "limit": limit}
        rows = self._session.rows(statements.PAGE_LINES, values)
        return tuple(ROWS.structure(row, SettlementLine) for row in rows)

    def lines_of_user(self, run_id: str, user_id: str) -> tuple[SettlementLine, ...]:
        """Return the lines of a user's entries in a run, in order."""
        values = {"entity_id": run_id, "user_id": user_id}
        rows = self._session.rows(statements.LINES_OF_USER, values)
        return tuple(ROWS.structure(row, SettlementLine) for row in rows)


@frozen
class SqlContests:
    """The repositories of contests, in SQL."""

    _session: Session

    def lock_of_entry(self, entry_id: str) -> Head[Contest]:
        """Return the contest of an entry, locked, or raise EntryNotFound."""
        return SqlContestRepository(self._session, CONTEST_HEADS).lock_of_entry(entry_id)

    @property
    def contests(self) -> Contests:
        store = SqlContestRepository(self._session, CONTEST_HEADS)
        return Contests(store, store)

    @property
    def entries(self) -> Entries:
        store = SqlEntryRepository(self._session, ENTRY_HEADS)
        return Entries(store, store)

    @property
    def logs(self) -> Logs:
        store = SqlLogRepository(self._session, LOG_HEADS)
        return Logs(store, store)

    @property
    def feeds(self) -> Feeds:
        return Feeds(SqlAggregateRepository(self._session, FEED_HEADS))

    @property
    def runs(self) -> Runs:
        store = SqlRunRepository(self._session, RUN_HEADS)
        return Runs(store, store)
