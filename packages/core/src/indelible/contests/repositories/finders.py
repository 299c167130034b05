"""The finders of contests, entries, event logs, provider feeds and settlement runs."""

from collections.abc import Iterator, Mapping
from typing import Final

from attrs import frozen

from indelible.contests import errors
from indelible.contests.entities.contests import Contest
from indelible.contests.entities.entries import Entry
from indelible.contests.entities.feeds import ProviderFeed
from indelible.contests.entities.logs import ContestLog
from indelible.contests.entities.records import ContestConfiguration, ContestEvent, Fetch, Roster
from indelible.contests.entities.runs import SettlementRun
from indelible.contests.entities.values import Validity
from indelible.contests.lifecycle import ContestStatus, RunStatus
from indelible.contests.ports import ContestJoins, EntryJoins, LogJoins, RunJoins
from indelible.kernel import Head
from indelible.kernel.questions import above, at_most
from indelible.kernel.repository import Repository

EVENT_PAGE_SIZE: Final = 50  # the body of an event can have hundreds of kilobytes


@frozen
class Contests(Repository[Contest]):
    """The contests and their configurations."""

    joins: ContestJoins

    def configuration(self, contest_id: str, version: int) -> ContestConfiguration:
        """Return a version of a contest's configuration, or raise ConfigurationNotFound."""
        records = self.records(
            ContestConfiguration, contest_id=contest_id, version=version, order=("version",)
        )
        if not records:
            raise errors.ConfigurationNotFound(contest_id, version)
        return records[0]

    def newest_configuration(self, contest_id: str) -> ContestConfiguration:
        """Return the newest version of a contest's configuration, or raise ContestNotFound."""
        records = self.records(
            ContestConfiguration, contest_id=contest_id, order=("-version",), limit=1
        )
        if not records:
            raise errors.ContestNotFound(contest_id)
        return records[0]

    def configurations(
        self, contest_id: str, *, after: int, limit: int
    ) -> tuple[ContestConfiguration, ...]:
        """Return the next `limit` versions after a version, oldest first."""
        return self.records(
            ContestConfiguration,
            above("version", after),
            contest_id=contest_id,
            order=("version",),
            limit=limit,
        )

    def count_by_status(self) -> Mapping[ContestStatus, int]:
        """Return the number of contests in each state that any is in."""
        return self.count(ContestStatus)


@frozen
class Entries(Repository[Entry]):
    """The entries and their rosters."""

    joins: EntryJoins

    def roster(self, entry_id: str, number: int) -> Roster:
        """Return a roster of an entry, or raise RosterNotFound."""
        rosters = self.records(Roster, entry_id=entry_id, number=number, order=("number",))
        if not rosters:
            raise errors.RosterNotFound(entry_id, number)
        return rosters[0]

    def rosters(self, entry_id: str, *, after: int, limit: int) -> tuple[Roster, ...]:
        """Return the next `limit` rosters after a number, oldest first."""
        return self.records(
            Roster, above("number", after), entry_id=entry_id, order=("number",), limit=limit
        )

    def of_user(self, contest_id: str, user_id: str) -> tuple[Entry, ...]:
        """Return the entries of a user in a contest, in order of their number."""
        heads = self.select(contest_id=contest_id, user_id=user_id, order=("entry_number",))
        return tuple(head.entity for head in heads)


@frozen
class Logs(Repository[ContestLog]):
    """The logs of contests and their events."""

    joins: LogJoins

    def event(self, contest_id: str, number: int) -> ContestEvent:
        """Return an event, or raise EventNotFound."""
        events = self.records(ContestEvent, contest_id=contest_id, number=number, order=("number",))
        if not events:
            raise errors.EventNotFound(contest_id, number)
        return events[0]

    def events(self, contest_id: str, *, after: int, limit: int) -> tuple[ContestEvent, ...]:
        """Return the next `limit` events after a number, oldest first."""
        return self.records(
            ContestEvent,
            above("number", after),
            contest_id=contest_id,
            order=("number",),
            limit=limit,
        )

    def valid_events(self, contest_id: str, *, after: int, until: int) -> Iterator[ContestEvent]:
        """Yield the valid events after a number up to another one, oldest first, in batches."""
        last = after
        while True:
            events = self.records(
                ContestEvent,
                above("number", last),
                at_most("number", until),
                contest_id=contest_id,
                validity=Validity.VALID,
                order=("number",),
                limit=EVENT_PAGE_SIZE,
            )
            yield from events
            if len(events) < EVENT_PAGE_SIZE:
                return
            last = events[-1].number


class Feeds(Repository[ProviderFeed]):
    """The feeds of tournaments and their fetches."""

    def fetch(self, provider_event_id: str, number: int) -> Fetch:
        """Return a fetch, or raise FetchNotFound."""
        fetches = self.records(
            Fetch, provider_event_id=provider_event_id, number=number, order=("number",)
        )
        if not fetches:
            raise errors.FetchNotFound(provider_event_id, number)
        return fetches[0]

    def fetches(self, provider_event_id: str, *, after: int, limit: int) -> tuple[Fetch, ...]:
        """Return the next `limit` fetches after a number, oldest first."""
        return self.records(
            Fetch,
            above("number", after),
            provider_event_id=provider_event_id,
            order=("number",),
            limit=limit,
        )


@frozen
class Runs(Repository[SettlementRun]):
    """The settlement runs."""

    joins: RunJoins

    def of_contest(self, contest_id: str, *, limit: int) -> tuple[Head[SettlementRun], ...]:
        """Return the last `limit` runs of a contest, newest first."""
        return self.select(contest_id=contest_id, order=("-number",), limit=limit)

    def started(self, contest_id: str) -> Head[SettlementRun] | None:
        """Return the run of a contest that has not ended."""
        return self.only(contest_id=contest_id, status=RunStatus.STARTED)

    def completed(self, contest_id: str) -> Head[SettlementRun] | None:
        """Return the run that settled a contest."""
        return self.only(contest_id=contest_id, status=RunStatus.COMPLETE)
