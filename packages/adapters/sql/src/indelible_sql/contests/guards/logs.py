"""The guards of event logs and of their events, and those of provider feeds."""

from collections.abc import Iterator, Mapping
from typing import Final

from indelible.contests.entities.logs import POINTERS, ContestLog
from indelible.contests.entities.values import EventKind, FetchOutcome, Validity
from indelible_sql.contests.guards.bodies import body_guard
from indelible_sql.contests.tables.feeds import FEEDS, FETCHES
from indelible_sql.contests.tables.logs import EVENTS, FAULTS, LOGS
from indelible_sql.schema.bulk import INSERTED
from indelible_sql.schema.checks import quoted
from indelible_sql.schema.conditions import unchanged
from indelible_sql.schema.database_time import MAX_AHEAD_SECONDS, seconds_after
from indelible_sql.schema.entity_conditions import entity_guards
from indelible_sql.schema.guard import Guard, qualified_name

# The kinds of the applied events that a log points to.
_APPLIED_KINDS: Final[Mapping[str, tuple[EventKind, ...]]] = {
    "field_number": (EventKind.FIELD,),
    "leaderboard_number": (EventKind.SNAPSHOT, EventKind.CORRECTION),
    "terminal_number": (EventKind.TERMINAL,),
    "cancelled_number": (EventKind.CANCELLED,),
}
_MARKED_TIMES: Final = ("leaderboard_at", "observed_at", "terminal_at", "pending_rewrite_at")


def log_guards(dialect: str) -> Iterator[Guard]:
    """Yield the guards of event logs and of their events for a dialect."""
    yield from entity_guards(LOGS, ContestLog, dialect)
    yield _chain_guard()
    yield _pointer_guard()
    yield _marks_guard(dialect)
    yield _applied_guard(dialect)
    yield body_guard(dialect)
    yield _fetched_guard(dialect)
    yield _faults_guard(dialect)
    yield _counted_guard(dialect)


def _chain_guard() -> Guard:
    """Refuse other hashes of the newest event without an event, and an older fetch."""
    is_same = unchanged(LOGS, ("event_number", "event_hash", "head_hash"))
    return Guard(
        table=LOGS,
        rule="moves_forward",
        event="UPDATE",
        condition=(
            f"NEW.fetch_number >= OLD.fetch_number"
            f" AND ({is_same} OR NEW.event_number = OLD.event_number + 1)"
        ),
    )


def _pointer_guard() -> Guard:
    """Refuse a pointer to another event than before, unless it is the newest one."""
    conditions: list[str] = []
    for name in POINTERS:
        is_newest = f"NEW.{name} = NEW.event_number"
        conditions.append(f"(NEW.{name} IS NULL OR NEW.{name} = OLD.{name} OR {is_newest})")

    return Guard(
        table=LOGS,
        rule="points_to_newest",
        event="UPDATE",
        condition=" AND ".join(conditions),
        is_long=True,
    )


def _marks_guard(dialect: str) -> Guard:
    """Refuse marks of the future, which would hold a settlement, and a skipped observation."""
    latest = seconds_after("NEW.updated_at", MAX_AHEAD_SECONDS, dialect)
    conditions = ["NEW.observations <= OLD.observations + 1"]
    for name in _MARKED_TIMES:
        conditions.append(f"(NEW.{name} IS NULL OR NEW.{name} <= {latest})")

    return Guard(
        table=LOGS,
        rule="marks_of_now",
        event="UPDATE",
        condition=" AND ".join(conditions),
        is_long=True,
    )


def _applied_guard(dialect: str) -> Guard:
    """Refuse an event that its log applies, and that is not valid or of another kind.

    The log compares the next event with the body of this one.
    """
    conditions = ["head.head_hash = NEW.body_hash"]
    for name, kinds in _APPLIED_KINDS.items():
        is_applied = f"NEW.kind IN ({quoted(kinds)}) AND NEW.validity = '{Validity.VALID}'"
        conditions.append(f"(head.{name} IS NULL OR head.{name} <> NEW.number OR {is_applied})")

    return Guard(
        table=EVENTS,
        rule="applied",
        event="INSERT",
        condition=(
            f"EXISTS (SELECT 1 FROM {qualified_name(LOGS, dialect)} AS head"
            f" WHERE head.id = NEW.contest_id AND {' AND '.join(conditions)})"
        ),
    )


def _fetched_guard(dialect: str) -> Guard:
    """Refuse an event of a fetch of another tournament, or with another payload than the fetch."""
    return Guard(
        table=EVENTS,
        rule="of_fetch",
        event="INSERT",
        condition=(
            "NEW.fetch_number IS NULL"
            f" OR EXISTS (SELECT 1 FROM {qualified_name(LOGS, dialect)} AS log"
            f" JOIN {qualified_name(FETCHES, dialect)} AS stored"
            " ON stored.provider_event_id = log.provider_event_id"
            " WHERE log.id = NEW.contest_id AND stored.number = NEW.fetch_number"
            " AND stored.payload_digest = NEW.payload_digest)"
        ),
        row_filter="NEW.fetch_number IS NOT NULL",
    )


def _counted_guard(dialect: str) -> Guard:
    """Refuse a fetch that its feed counts otherwise: as a success with its bytes, or a failure."""
    is_success = (
        "head.failures = 0 AND head.last_payload_digest = NEW.payload_digest"
        " AND head.last_success_at = NEW.finished_at"
    )
    return Guard(
        table=FETCHES,
        rule="counted",
        event="INSERT",
        condition=(
            f"EXISTS (SELECT 1 FROM {qualified_name(FEEDS, dialect)} AS head"
            " WHERE head.id = NEW.provider_event_id AND CASE NEW.outcome"
            f" WHEN '{FetchOutcome.OK}' THEN {is_success} ELSE head.failures > 0 END)"
        ),
    )


def _faults_guard(dialect: str) -> Guard:
    """Refuse a fault of another event than the newest one of its log.

    PostgreSQL checks all faults of a statement in one join.
    """
    row = "NEW" if dialect == "sqlite" else "fault"
    is_of_newest = (
        f"EXISTS (SELECT 1 FROM {qualified_name(LOGS, dialect)} AS log"
        f" WHERE log.id = {row}.entity_id AND log.event_number = {row}.event_number)"
    )
    if dialect == "sqlite":
        return Guard(table=FAULTS, rule="of_newest", event="INSERT", condition=is_of_newest)

    return Guard(
        table=FAULTS,
        rule="of_newest",
        event="INSERT",
        condition=f"NOT EXISTS (SELECT 1 FROM {INSERTED} AS fault WHERE NOT {is_of_newest})",
        inserted_rows=INSERTED,
    )
