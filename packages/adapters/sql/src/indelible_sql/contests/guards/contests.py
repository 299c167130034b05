"""The guards of contests and of their configurations."""

from collections.abc import Iterator
from typing import Final

from indelible.contests.entities.contests import Contest
from indelible.contests.lifecycle import CONFIGURED_FIELDS, ContestStatus
from indelible_sql.contests.tables.contests import CONFIGURATIONS, CONTESTS
from indelible_sql.contests.tables.entries import ENTRIES
from indelible_sql.contests.tables.logs import LOGS
from indelible_sql.schema.conditions import equal_or_null, json_text, unchanged
from indelible_sql.schema.entity_conditions import entity_guards
from indelible_sql.schema.guard import Guard, qualified_name

# The keys of a configuration that a contest copies, by column. Instants are compared to the second.
_COPIED_VALUES: Final = {
    "provider_event_id": "provider_event_id",
    "max_entries": "max_entries",
    "min_entries": "min_entries",
    "max_entries_per_user": "max_entries_per_user",
    "fee_minor": "entry_fee_cents",
    "currency": "currency",
    "payment_grace_seconds": "payment_grace_seconds",
}
_COPIED_INSTANTS: Final = {
    "lock_time": "lock_time",
    "start_time": "tournament_start_time",
    "end_time": "tournament_end_time",
}
_SECOND_CHARACTERS: Final = len("2026-01-01T00:00:00")


def contest_guards(dialect: str) -> Iterator[Guard]:
    """Yield the guards of contests and of their configurations for a dialect."""
    yield from entity_guards(CONTESTS, Contest, dialect)
    yield _frozen_guard()
    yield _fee_guard(dialect)
    yield _places_guard(dialect)
    yield _lock_guard()
    yield _start_guard(dialect)
    yield _failure_guard()
    yield _resolution_guard()
    yield _end_guard(dialect)
    yield _copied_guard(dialect)
    yield _payout_guard(dialect)


def _frozen_guard() -> Guard:
    """Refuse another configuration from LOCKED on, and one that is not the next version."""
    is_same = unchanged(CONTESTS, ("configuration_version", *CONFIGURED_FIELDS))
    is_next = (
        f"OLD.status = '{ContestStatus.SCHEDULED}'"
        " AND NEW.configuration_version = OLD.configuration_version + 1"
    )
    return Guard(
        table=CONTESTS,
        rule="frozen",
        event="UPDATE",
        condition=f"({is_same}) OR ({is_next})",
        is_long=True,
    )


def _fee_guard(dialect: str) -> Guard:
    """Refuse another fee or currency once the contest has an entry."""
    entries = qualified_name(ENTRIES, dialect)
    return Guard(
        table=CONTESTS,
        rule="fee_fixed",
        event="UPDATE",
        condition=(
            "NEW.fee_minor = OLD.fee_minor AND NEW.currency = OLD.currency"
            f" OR NOT EXISTS (SELECT 1 FROM {entries} AS entry WHERE entry.contest_id = OLD.id)"
        ),
        row_filter="(NEW.fee_minor <> OLD.fee_minor OR NEW.currency <> OLD.currency)",
    )


def _places_guard(dialect: str) -> Guard:
    """Refuse fewer places than the highest one that an entry has."""
    entries = qualified_name(ENTRIES, dialect)
    return Guard(
        table=CONTESTS,
        rule="has_places",
        event="UPDATE",
        condition=(
            "NEW.max_entries IS NULL OR NEW.max_entries >= OLD.max_entries"
            f" OR NOT EXISTS (SELECT 1 FROM {entries} AS entry"
            " WHERE entry.contest_id = OLD.id AND entry.place_number > NEW.max_entries)"
        ),
        row_filter="NEW.max_entries IS NOT NULL",
    )


def _lock_guard() -> Guard:
    """Refuse a lock before the lock time."""
    return Guard(
        table=CONTESTS,
        rule="locks_in_time",
        event="UPDATE",
        condition=(
            f"OLD.status <> '{ContestStatus.SCHEDULED}' OR NEW.status <> '{ContestStatus.LOCKED}'"
            " OR NEW.updated_at >= NEW.lock_time"
        ),
    )


def _start_guard(dialect: str) -> Guard:
    """Refuse a start before the start time, or without data of the tournament."""
    is_start = f"OLD.status = '{ContestStatus.LOCKED}' AND NEW.status = '{ContestStatus.LIVE}'"
    has_data = (
        f"EXISTS (SELECT 1 FROM {qualified_name(LOGS, dialect)} AS log WHERE log.id = NEW.id"
        " AND (log.field_number IS NOT NULL OR log.leaderboard_number IS NOT NULL))"
    )
    return Guard(
        table=CONTESTS,
        rule="starts_in_time",
        event="UPDATE",
        condition=f"NOT ({is_start}) OR NEW.updated_at >= NEW.start_time AND {has_data}",
        row_filter=is_start,
    )


def _failure_guard() -> Guard:
    """Refuse an error that names another state than the contest left."""
    return Guard(
        table=CONTESTS,
        rule="error_origin",
        event="UPDATE",
        condition=f"NEW.status <> '{ContestStatus.ERROR}' OR NEW.error_from_state = OLD.status",
    )


def _resolution_guard() -> Guard:
    """Refuse to resume an error in another state, and to settle unless the settlement failed."""
    return Guard(
        table=CONTESTS,
        rule="resumes_origin",
        event="UPDATE",
        condition=(
            f"OLD.status <> '{ContestStatus.ERROR}' OR CASE NEW.status"
            f" WHEN '{ContestStatus.CANCELLED}' THEN TRUE"
            f" WHEN '{ContestStatus.COMPLETE}'"
            f" THEN OLD.error_from_state = '{ContestStatus.LIVE}'"
            " ELSE NEW.status = OLD.error_from_state END"
        ),
    )


def _end_guard(dialect: str) -> Guard:
    """Refuse a completion without the event that ended the tournament."""
    return Guard(
        table=CONTESTS,
        rule="ends_by_event",
        event="UPDATE",
        condition=(
            f"NEW.status <> '{ContestStatus.COMPLETE}'"
            f" OR EXISTS (SELECT 1 FROM {qualified_name(LOGS, dialect)} AS log"
            " WHERE log.id = NEW.id AND log.terminal_number IS NOT NULL)"
        ),
        row_filter=f"NEW.status = '{ContestStatus.COMPLETE}'",
    )


def _copied_guard(dialect: str) -> Guard:
    """Refuse a configuration with other values than its contest has in columns."""
    conditions: list[str] = []
    for column, name in _COPIED_VALUES.items():
        copied = f"CAST(head.{column} AS text)"
        value = json_text("NEW.configuration", (name,), dialect)
        conditions.append(equal_or_null(copied, value, dialect))
    for column, name in _COPIED_INSTANTS.items():
        value = json_text("NEW.configuration", (name,), dialect)
        second = f"substr({value}, 1, {_SECOND_CHARACTERS})"
        conditions.append(f"{_second_of(f'head.{column}', dialect)} = {second}")

    return Guard(
        table=CONFIGURATIONS,
        rule="matches_contest",
        event="INSERT",
        condition=(
            f"EXISTS (SELECT 1 FROM {qualified_name(CONTESTS, dialect)} AS head"
            f" WHERE head.id = NEW.contest_id AND {' AND '.join(conditions)})"
        ),
    )


def _second_of(instant: str, dialect: str) -> str:
    """Return an instant's text up to the second, as configurations have it."""
    if dialect == "postgresql":
        return f"to_char({instant} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS')"
    return f"substr({instant}, 1, {_SECOND_CHARACTERS})"


def _payout_guard(dialect: str) -> Guard:
    """Refuse another kind of payout once the contest has an entry."""
    new_kind = json_text("NEW.configuration", ("payout", "kind"), dialect)
    old_kind = json_text("previous.configuration", ("payout", "kind"), dialect)
    entries = qualified_name(ENTRIES, dialect)
    configurations = qualified_name(CONFIGURATIONS, dialect)
    return Guard(
        table=CONFIGURATIONS,
        rule="payout_kind_fixed",
        event="INSERT",
        condition=(
            "NEW.version = 1"
            f" OR NOT EXISTS (SELECT 1 FROM {entries} AS entry"
            " WHERE entry.contest_id = NEW.contest_id)"
            f" OR EXISTS (SELECT 1 FROM {configurations} AS previous"
            " WHERE previous.contest_id = NEW.contest_id AND previous.version = NEW.version - 1"
            f" AND {equal_or_null(old_kind, new_kind, dialect)})"
        ),
        row_filter="NEW.version > 1",
    )
