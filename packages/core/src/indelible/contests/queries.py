"""Queries on contests; none of them writes."""

from collections.abc import Mapping
from datetime import datetime

from attrs import frozen

from indelible.contests.commands.results import ContestSaved, EntrySaved
from indelible.contests.entities.contests import Contest
from indelible.contests.entities.entries import Entry
from indelible.contests.entities.feeds import ProviderFeed
from indelible.contests.entities.logs import ContestLog
from indelible.contests.entities.records import (
    ContestConfiguration,
    ContestEvent,
    EventFault,
    Fetch,
    Roster,
    SettlementLine,
)
from indelible.contests.entities.runs import SettlementRun
from indelible.contests.errors import ContestNotFound, NotAParticipant
from indelible.contests.lifecycle import ContestStatus
from indelible.contests.ports import (
    ALL_CONTESTS,
    ALL_ENTRIES,
    ContestFilter,
    ContestsRead,
    EntryFilter,
)
from indelible.contests.repositories import DueSettlement, folded_state, require_due
from indelible.contests.rules.fold import LogState
from indelible.kernel.transaction import single_statement

PAGE_SIZE = 50
MAX_LATE_EVENTS = PAGE_SIZE  # that are searched for the newest one with a leaderboard


@frozen(kw_only=True)
class ContestDetails:
    """A contest with its newest configuration, its log, its feed and its seq."""

    contest: Contest
    configuration: ContestConfiguration
    log: ContestLog
    feed: ProviderFeed
    joined_entries: int
    seq: int


@frozen(kw_only=True)
class EntryDetails:
    """An entry with its newest roster and its seq."""

    entry: Entry
    roster: Roster
    seq: int


@frozen(kw_only=True)
class EventDetails:
    """An event with its first faults."""

    event: ContestEvent
    faults: tuple[EventFault, ...]


@single_statement
def get_contest(tx: ContestsRead, contest_id: str, *, can_see_errors: bool = True) -> ContestSaved:
    """Return a contest, with the seq that the next command must expect.

    Without `can_see_errors`, a contest in ERROR is not found.

    Raises:
        ContestNotFound: The contest does not exist, or the caller may not see it.
    """
    head = tx.contests.contests.get(contest_id)
    if head.entity.is_in_error and not can_see_errors:
        raise ContestNotFound(contest_id)
    return ContestSaved(contest=head.entity, seq=head.revision.seq)


def contest_details(
    tx: ContestsRead, contest_id: str, *, can_see_errors: bool = True
) -> ContestDetails:
    """Return a contest with its configuration, log and feed.

    Raises:
        ContestNotFound: The contest does not exist, or the caller may not see it.
    """
    saved = get_contest(tx, contest_id, can_see_errors=can_see_errors)
    contest = saved.contest
    version = contest.configuration_version
    return ContestDetails(
        contest=contest,
        configuration=tx.contests.contests.configuration(contest_id, version),
        log=tx.contests.logs.get(contest_id).entity,
        feed=tx.contests.feeds.get(contest.provider_event_id).entity,
        joined_entries=tx.contests.entries.count_joined(contest_id),
        seq=saved.seq,
    )


@single_statement
def list_contests(
    tx: ContestsRead,
    *,
    matching: ContestFilter = ALL_CONTESTS,
    organizer_id: str | None = None,
    provider_event_id: str | None = None,
    after: str = "",
    limit: int = PAGE_SIZE,
) -> tuple[ContestSaved, ...]:
    """Return the next matching contests after a position."""
    where: dict[str, object] = {}
    if organizer_id is not None:
        where["organizer_id"] = organizer_id
    if provider_event_id is not None:
        where["provider_event_id"] = provider_event_id
    heads = tx.contests.contests.list_page(matching, where=where, after=after, limit=limit)
    return tuple(ContestSaved(contest=head.entity, seq=head.revision.seq) for head in heads)


@single_statement
def count_contests(tx: ContestsRead) -> Mapping[ContestStatus, int]:
    """Return the number of contests in each state that any is in."""
    return tx.contests.contests.count_by_status()


@single_statement
def list_due(
    tx: ContestsRead, now: datetime, *, after: str = "", limit: int = PAGE_SIZE
) -> tuple[ContestSaved, ...]:
    """Return the next contests after an id that wait for a transition, in order of id."""
    heads = tx.contests.contests.due(now, after=after, limit=limit)
    return tuple(ContestSaved(contest=head.entity, seq=head.revision.seq) for head in heads)


@single_statement
def list_configurations(
    tx: ContestsRead, contest_id: str, *, after: int = 0, limit: int = PAGE_SIZE
) -> tuple[ContestConfiguration, ...]:
    """Return the next versions of a contest's configuration after a version, oldest first."""
    return tx.contests.contests.configurations(contest_id, after=after, limit=limit)


def get_entry(tx: ContestsRead, entry_id: str, *, user_id: str | None = None) -> EntryDetails:
    """Return an entry with its newest roster.

    Raises:
        EntryNotFound: The entry does not exist, or belongs to another user than `user_id`.
    """
    head = tx.contests.entries.get(entry_id)
    if user_id is not None:
        head.entity.require_user(user_id)
    roster = tx.contests.entries.roster(entry_id, head.entity.roster_number)
    return EntryDetails(entry=head.entity, roster=roster, seq=head.revision.seq)


@single_statement
def list_entries(
    tx: ContestsRead,
    contest_id: str,
    *,
    matching: EntryFilter = ALL_ENTRIES,
    user_id: str | None = None,
    after: str = "",
    limit: int = PAGE_SIZE,
) -> tuple[EntrySaved, ...]:
    """Return the next matching entries of a contest after a position."""
    where: dict[str, object] = {"contest_id": contest_id}
    if user_id is not None:
        where["user_id"] = user_id
    heads = tx.contests.entries.list_page(matching, where=where, after=after, limit=limit)
    return tuple(EntrySaved(entry=head.entity, seq=head.revision.seq) for head in heads)


@single_statement
def entries_of_user(tx: ContestsRead, contest_id: str, user_id: str) -> tuple[Entry, ...]:
    """Return the entries of a user in a contest, in order of their number.

    Raises:
        NotAParticipant: The user has none.
    """
    entries = tx.contests.entries.of_user(contest_id, user_id)
    if not entries:
        raise NotAParticipant(contest_id, user_id)
    return entries


@single_statement
def list_rosters(
    tx: ContestsRead, entry_id: str, *, after: int = 0, limit: int = PAGE_SIZE
) -> tuple[Roster, ...]:
    """Return the next rosters of an entry after a number, oldest first."""
    return tx.contests.entries.rosters(entry_id, after=after, limit=limit)


@single_statement
def list_events(
    tx: ContestsRead, contest_id: str, *, after: int = 0, limit: int = PAGE_SIZE
) -> tuple[ContestEvent, ...]:
    """Return the next events of a contest after a number, oldest first."""
    return tx.contests.logs.events(contest_id, after=after, limit=limit)


def get_event(tx: ContestsRead, contest_id: str, number: int) -> EventDetails:
    """Return an event with its first faults; `list_faults` returns the others.

    Raises:
        EventNotFound: The contest has no event of this number.
    """
    event = tx.contests.logs.event(contest_id, number)
    faults: tuple[EventFault, ...] = ()
    if event.fault_count:
        faults = tx.contests.logs.faults(contest_id, number, after=0, limit=PAGE_SIZE)
    return EventDetails(event=event, faults=faults)


def list_faults(
    tx: ContestsRead, contest_id: str, number: int, *, after: int = 0, limit: int = PAGE_SIZE
) -> tuple[EventFault, ...]:
    """Return the next faults of an event after a number, in order."""
    return tx.contests.logs.faults(contest_id, number, after=after, limit=limit)


@single_statement
def list_fetches(
    tx: ContestsRead, provider_event_id: str, *, after: int = 0, limit: int = PAGE_SIZE
) -> tuple[Fetch, ...]:
    """Return the next fetches of a tournament after a number, oldest first."""
    return tx.contests.feeds.fetches(provider_event_id, after=after, limit=limit)


@single_statement
def list_runs(
    tx: ContestsRead, contest_id: str, *, limit: int = PAGE_SIZE
) -> tuple[SettlementRun, ...]:
    """Return the last settlement runs of a contest, newest first."""
    heads = tx.contests.runs.of_contest(contest_id, limit=limit)
    return tuple(head.entity for head in heads)


@single_statement
def get_run(tx: ContestsRead, run_id: str) -> SettlementRun:
    """Return a settlement run.

    Raises:
        RunNotFound: The run does not exist.
    """
    return tx.contests.runs.get(run_id).entity


def list_lines(
    tx: ContestsRead, run_id: str, *, after: int = 0, limit: int = PAGE_SIZE
) -> tuple[SettlementLine, ...]:
    """Return the next lines of a run after a number, in order."""
    return tx.contests.runs.lines(run_id, after=after, limit=limit)


def log_state(tx: ContestsRead, contest_id: str) -> LogState:
    """Return the folded state of a contest's log."""
    return folded_state(tx, tx.contests.logs.get(contest_id).entity)


def due_settlement(tx: ContestsRead, contest_id: str, now: datetime) -> DueSettlement:
    """Return what the settlement of a contest needs.

    Raises:
        SettlementNotDue: The tournament has not ended, or the hold is not over.
    """
    contest = tx.contests.contests.get(contest_id).entity
    return require_due(tx, contest, now)


def settled_number(tx: ContestsRead, contest: Contest) -> int | None:
    """Return the number of the event that a contest's settlement rests on, None before it."""
    if contest.settlement_run_id is None:
        return None
    return tx.contests.runs.get(contest.settlement_run_id).entity.event_number


def newest_late_event(tx: ContestsRead, contest: Contest) -> ContestEvent | None:
    """Return the newest leaderboard that came after a contest's settlement, None without one."""
    number = settled_number(tx, contest)
    if number is None:
        return None

    log = tx.contests.logs.get(contest.id).entity
    after = max(number, log.event_number - MAX_LATE_EVENTS)
    for event in reversed(tx.contests.logs.events(contest.id, after=after, limit=MAX_LATE_EVENTS)):
        if event.body is not None:
            return event

    return None


def status_counts(counts: Mapping[ContestStatus, int]) -> dict[str, int]:
    """Return the number of contests in each state, with 0 for a state that none is in."""
    return {status.value: counts.get(status, 0) for status in ContestStatus}
