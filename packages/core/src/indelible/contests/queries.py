"""Queries on contests; none of them writes."""

from attrs import frozen

from indelible.contests.entities.contests import Contest
from indelible.contests.entities.entries import Entry
from indelible.contests.entities.records import (
    ContestEvent,
    Roster,
)
from indelible.contests.errors import ContestNotFound, NotAParticipant
from indelible.contests.repositories.reads import folded_state
from indelible.contests.repositories.transactions import ContestsRead
from indelible.contests.rules.fold import LogState
from indelible.kernel import Head
from indelible.kernel.transaction import single_statement

PAGE_SIZE = 50
MAX_LATE_EVENTS = PAGE_SIZE  # that are searched for the newest one with a leaderboard


@frozen(kw_only=True)
class EntryDetails:
    """An entry with its newest roster and its seq."""

    entry: Entry
    roster: Roster
    seq: int


@single_statement
def get_contest(tx: ContestsRead, contest_id: str, *, can_see_errors: bool = True) -> Head[Contest]:
    """Return a contest, with the seq that the next command must expect.

    Without `can_see_errors`, a contest in ERROR is not found.

    Raises:
        ContestNotFound: The contest does not exist, or the caller may not see it.
    """
    head = tx.contests.contests.get(contest_id)
    if head.entity.is_in_error and not can_see_errors:
        raise ContestNotFound(contest_id)
    return head


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
def entries_of_user(tx: ContestsRead, contest_id: str, user_id: str) -> tuple[Entry, ...]:
    """Return the entries of a user in a contest, in order of their number.

    Raises:
        NotAParticipant: The user has none.
    """
    entries = tx.contests.entries.of_user(contest_id, user_id)
    if not entries:
        raise NotAParticipant(contest_id, user_id)
    return entries


def log_state(tx: ContestsRead, contest_id: str) -> LogState:
    """Return the folded state of a contest's log."""
    return folded_state(tx, tx.contests.logs.get(contest_id).entity)


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
