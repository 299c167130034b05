"""The guards of entries."""

from collections.abc import Iterator

from indelible.contests.entities.entries import Entry
from indelible.contests.lifecycle import OCCUPYING, ContestStatus, EntryStatus
from indelible_sql.contests.tables.contests import CONTESTS
from indelible_sql.contests.tables.entries import ENTRIES, PAYMENT_COLUMNS
from indelible_sql.schema.checks import quoted
from indelible_sql.schema.conditions import unchanged
from indelible_sql.schema.entity_conditions import entity_guards
from indelible_sql.schema.guard import Guard, qualified_name


def entry_guards(dialect: str) -> Iterator[Guard]:
    """Yield the guards of entries for a dialect."""
    yield from entity_guards(ENTRIES, Entry, dialect)
    yield _open_guard(dialect)
    yield _places_guard(dialect)
    yield _user_guard(dialect)
    yield _roster_guard(dialect)
    yield _payment_guard()
    yield _place_guard()
    yield _settled_guard(dialect)


def _contest(condition: str, dialect: str) -> str:
    """Return the condition that the contest of a new or changed entry fulfills a condition."""
    return (
        f"EXISTS (SELECT 1 FROM {qualified_name(CONTESTS, dialect)} AS contest"
        f" WHERE contest.id = NEW.contest_id AND {condition})"
    )


def _open_guard(dialect: str) -> Guard:
    """Refuse an entry in a contest that is not SCHEDULED, or at its lock time or later."""
    is_open = f"contest.status = '{ContestStatus.SCHEDULED}' AND NEW.created_at < contest.lock_time"
    return Guard(
        table=ENTRIES, rule="contest_open", event="INSERT", condition=_contest(is_open, dialect)
    )


def _places_guard(dialect: str) -> Guard:
    """Refuse an entry in a place that the contest does not have; two entries share no place."""
    is_within = "(contest.max_entries IS NULL OR NEW.place_number <= contest.max_entries)"
    return Guard(
        table=ENTRIES,
        rule="within_places",
        event="INSERT",
        condition=_contest(is_within, dialect),
    )


def _user_guard(dialect: str) -> Guard:
    """Refuse an entry of a user who has as many as the contest allows."""
    others = (
        f"(SELECT count(*) FROM {qualified_name(ENTRIES, dialect)} AS other"
        " WHERE other.contest_id = NEW.contest_id AND other.user_id = NEW.user_id"
        f" AND other.status IN ({quoted(OCCUPYING)}) AND other.id <> NEW.id)"
    )
    may_join = f"(contest.max_entries_per_user IS NULL OR {others} < contest.max_entries_per_user)"
    return Guard(
        table=ENTRIES,
        rule="within_user_limit",
        event="INSERT",
        condition=_contest(may_join, dialect),
    )


def _roster_guard(dialect: str) -> Guard:
    """Refuse another roster unless the contest is SCHEDULED, and before its lock time."""
    is_same = unchanged(ENTRIES, ("roster_number", "roster_digest"))
    is_open = f"contest.status = '{ContestStatus.SCHEDULED}' AND NEW.updated_at < contest.lock_time"
    return Guard(
        table=ENTRIES,
        rule="roster_open",
        event="UPDATE",
        condition=f"{is_same} OR {_contest(is_open, dialect)}",
        row_filter=f"NOT ({is_same})",
    )


def _payment_guard() -> Guard:
    """Refuse another payment than the one that activated the entry."""
    return Guard(
        table=ENTRIES,
        rule="paid_once",
        event="UPDATE",
        condition=f"OLD.paid_at IS NULL OR {unchanged(ENTRIES, PAYMENT_COLUMNS)}",
    )


def _place_guard() -> Guard:
    """Refuse another place; an entry may only leave its own."""
    return Guard(
        table=ENTRIES,
        rule="keeps_place_number",
        event="UPDATE",
        condition="NEW.place_number IS NULL OR NEW.place_number = OLD.place_number",
    )


def _settled_guard(dialect: str) -> Guard:
    """Refuse another state of an entry that a settlement has decided about.

    An entry that was never paid can still be rejected.
    """
    stays = f"NEW.status IN (OLD.status, '{EntryStatus.REJECTED}')"
    is_open = f"contest.status <> '{ContestStatus.COMPLETE}'"
    return Guard(
        table=ENTRIES,
        rule="settled_stays",
        event="UPDATE",
        condition=f"{stays} OR {_contest(is_open, dialect)}",
        row_filter=f"NOT ({stays})",
    )
