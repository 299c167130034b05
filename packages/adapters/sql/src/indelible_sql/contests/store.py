"""The SQL repositories of contests."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

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
from indelible.contests.entities.values import EntriesRevision
from indelible.contests.lifecycle import ContestStatus, RunStatus
from indelible.contests.rules.values import EligibleEntry
from indelible.kernel import Head
from indelible_sql.contests import statements
from indelible_sql.contests.rows import (
    CONTEST_HEADS,
    ENTRY_HEADS,
    FEED_HEADS,
    LOG_HEADS,
    RUN_HEADS,
    configuration_of_row,
    event_of_row,
    fetch_of_row,
    replayed_event_of_row,
    roster_of_row,
)
from indelible_sql.engine.session import Query, Session
from indelible_sql.kernel.history import ROWS
from indelible_sql.kernel.repository import SqlAggregateRepository

ENTRY_BATCH: Final = 5_000
EVENT_BATCH: Final = 50  # the body of an event can have hundreds of kilobytes


class SqlContestRepository(SqlAggregateRepository[Contest]):
    """The repository of contests, which reads their configurations too."""

    def configuration(self, contest_id: str, version: int) -> ContestConfiguration:
        """Return a version of a contest's configuration, or raise ConfigurationNotFound."""
        values = {"contest_id": contest_id, "version": version}
        row = self._session.first(statements.GET_CONFIGURATION, values)
        if row is None:
            raise errors.ConfigurationNotFound(contest_id, version)

        return configuration_of_row(row)

    def configurations(
        self, contest_id: str, *, after: int, limit: int
    ) -> tuple[ContestConfiguration, ...]:
        """Return the next `limit` versions after a version, oldest first."""
        values = {"contest_id": contest_id, "after": after, "limit": limit}
        rows = self._session.rows(statements.PAGE_CONFIGURATIONS, values)
        return tuple(configuration_of_row(row) for row in rows)

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

    def count_by_status(self) -> Mapping[ContestStatus, int]:
        """Return the number of contests in each state that any is in."""
        rows = self._session.rows(statements.COUNT_BY_STATUS, {})
        return {ContestStatus(row["status"]): row["total"] for row in rows}


class SqlEntryRepository(SqlAggregateRepository[Entry]):
    """The repository of entries, which reads their rosters too."""

    def roster(self, entry_id: str, number: int) -> Roster:
        """Return a roster of an entry, or raise RosterNotFound."""
        values = {"entry_id": entry_id, "number": number}
        row = self._session.first(statements.GET_ROSTER, values)
        if row is None:
            raise errors.RosterNotFound(entry_id, number)

        return roster_of_row(row)

    def rosters(self, entry_id: str, *, after: int, limit: int) -> tuple[Roster, ...]:
        """Return the next `limit` rosters after a number, oldest first."""
        values = {"entry_id": entry_id, "after": after, "limit": limit}
        rows = self._session.rows(statements.PAGE_ROSTERS, values)
        return tuple(roster_of_row(row) for row in rows)

    def of_user(self, contest_id: str, user_id: str) -> tuple[Entry, ...]:
        """Return the entries of a user in a contest, in order of their number."""
        values = {"contest_id": contest_id, "user_id": user_id}
        rows = self._session.rows(statements.OF_USER, values)
        return tuple(ENTRY_HEADS.of_row(row).entity for row in rows)

    def lowest_free_place_number(self, contest_id: str, max_entries: int | None) -> int | None:
        """Return the lowest place that no entry has, None if all of `max_entries` are taken.

        Places are taken in order, so that the next one is free. A lower one may be free where an
        entry has left its place.
        """
        highest = self.highest_place_number(contest_id)
        place_number = highest + 1
        if self._has_gap(contest_id, highest):
            place_number = self._first_gap(contest_id)
        if max_entries is not None and place_number > max_entries:
            return None

        return place_number

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

    def _has_gap(self, contest_id: str, highest: int) -> bool:
        """Return True if a place up to the highest one is free.

        To count 200,000 places takes a tenth of the time of a search for a gap that has been
        filled again; neither is needed before the first entry leaves.
        """
        if self._session.first(statements.HAS_LEFT, {"contest_id": contest_id}) is None:
            return False
        return self.count_occupied(contest_id) < highest

    def _first_gap(self, contest_id: str) -> int:
        """Return the lowest free place of a contest whose places have gaps."""
        values = {"contest_id": contest_id}
        if self._session.first(statements.FIRST_PLACE_NUMBER, values) is None:
            return 1

        row = self._session.rows(statements.FIRST_GAP, values)[0]
        return int(row["place_number"])

    def _count(self, statement: Query, contest_id: str) -> int:
        (row,) = self._session.rows(statement, {"contest_id": contest_id})
        return int(row["total"])


class SqlLogRepository(SqlAggregateRepository[ContestLog]):
    """The repository of event logs, which reads their events and faults too."""

    def event(self, contest_id: str, number: int) -> ContestEvent:
        """Return an event, or raise EventNotFound."""
        values = {"contest_id": contest_id, "number": number}
        row = self._session.first(statements.GET_EVENT, values)
        if row is None:
            raise errors.EventNotFound(contest_id, number)

        return event_of_row(row)

    def events(self, contest_id: str, *, after: int, limit: int) -> tuple[ContestEvent, ...]:
        """Return the next `limit` events after a number, oldest first."""
        values = {"contest_id": contest_id, "after": after, "limit": limit}
        rows = self._session.rows(statements.PAGE_EVENTS, values)
        return tuple(event_of_row(row) for row in rows)

    def replayed_events(
        self, contest_id: str, *, after: int, limit: int
    ) -> tuple[ReplayedEvent, ...]:
        """Return the next `limit` events after a number, oldest first, as a replay reads them."""
        values = {"contest_id": contest_id, "after": after, "limit": limit}
        rows = self._session.rows(statements.PAGE_REPLAYED_EVENTS, values)
        return tuple(replayed_event_of_row(row) for row in rows)

    def valid_events(self, contest_id: str, *, after: int, until: int) -> Iterator[ContestEvent]:
        """Yield the valid events after a number up to another one, oldest first, in batches."""
        values = {"contest_id": contest_id, "after": after, "until": until, "limit": EVENT_BATCH}
        while True:
            rows = self._session.rows(statements.PAGE_VALID_EVENTS, values)
            for row in rows:
                yield event_of_row(row)
            if len(rows) < EVENT_BATCH:
                return
            values["after"] = rows[-1]["number"]

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


class SqlFeedRepository(SqlAggregateRepository[ProviderFeed]):
    """The repository of provider feeds, which reads their fetches too."""

    def fetch(self, provider_event_id: str, number: int) -> Fetch:
        """Return a fetch, or raise FetchNotFound."""
        values = {"provider_event_id": provider_event_id, "number": number}
        row = self._session.first(statements.GET_FETCH, values)
        if row is None:
            raise errors.FetchNotFound(provider_event_id, number)

        return fetch_of_row(row)

    def fetches(self, provider_event_id: str, *, after: int, limit: int) -> tuple[Fetch, ...]:
        """Return the next `limit` fetches after a number, oldest first."""
        values = {"provider_event_id": provider_event_id, "after": after, "limit": limit}
        rows = self._session.rows(statements.PAGE_FETCHES, values)
        return tuple(fetch_of_row(row) for row in rows)


class SqlRunRepository(SqlAggregateRepository[SettlementRun]):
    """The repository of settlement runs, which reads their lines too."""

    def of_contest(self, contest_id: str, *, limit: int) -> tuple[Head[SettlementRun], ...]:
        """Return the last `limit` runs of a contest, newest first."""
        return self.find({"contest_id": contest_id}, order=("-number",), limit=limit)

    def started(self, contest_id: str) -> Head[SettlementRun] | None:
        """Return the run of a contest that has not ended."""
        return self._in_state(contest_id, RunStatus.STARTED)

    def completed(self, contest_id: str) -> Head[SettlementRun] | None:
        """Return the run that settled a contest."""
        return self._in_state(contest_id, RunStatus.COMPLETE)

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

    def _in_state(self, contest_id: str, status: RunStatus) -> Head[SettlementRun] | None:
        heads = self.find({"contest_id": contest_id, "status": status.value}, limit=1)
        return heads[0] if heads else None


@frozen
class SqlContests:
    """The repositories of contests, in SQL."""

    _session: Session

    @property
    def contests(self) -> SqlContestRepository:
        return SqlContestRepository(self._session, CONTEST_HEADS)

    @property
    def entries(self) -> SqlEntryRepository:
        return SqlEntryRepository(self._session, ENTRY_HEADS)

    @property
    def logs(self) -> SqlLogRepository:
        return SqlLogRepository(self._session, LOG_HEADS)

    @property
    def feeds(self) -> SqlFeedRepository:
        return SqlFeedRepository(self._session, FEED_HEADS)

    @property
    def runs(self) -> SqlRunRepository:
        return SqlRunRepository(self._session, RUN_HEADS)
