"""Steps of contests that leave a revision which refers to nothing, and replaced records.

The databases check these references at the end of a transaction. SQLite's guards check them as well
when a later step leaves the revision, so that they hold with foreign keys off.
"""

from collections.abc import Callable, Mapping, Sequence

from sqlalchemy import Table, insert, select, update
from tests.guards.attack_parts import Kind, Write, further_step
from tests.guards.contest_rows import SETTLED
from tests.guards.contest_steps import ContestSituation
from tests.guards.project_rows import record_of, without_record
from tests.guards.raw_database import Statement
from tests.guards.raw_sql import by_rowid
from tests.guards.situation import Situation
from tests.guards.writes import Step, head_write, insert_change, step_writes

from indelible.contests.entities.logs import POINTERS
from indelible_sql.contests.tables.contests import CONFIGURATIONS, CONTESTS
from indelible_sql.contests.tables.entries import ROSTERS
from indelible_sql.contests.tables.feeds import FETCHES
from indelible_sql.contests.tables.logs import EVENTS, FAULTS
from indelible_sql.contests.tables.runs import LINES
from indelible_sql.schema.tables import writable_columns

StepOf = Callable[[ContestSituation], Step]


def _left(step_of: StepOf, action: str, state: str, **columns: object) -> Write:
    """Return a step with some columns changed, and another one after it."""

    def write(s: Situation) -> Sequence[Statement]:
        step = step_of(s.contests)
        following = further_step(step.change, action=action, to_state=state)
        return *step_writes(step, **columns), *following

    return write


def _left_without(step_of: StepOf, table: Table, action: str, state: str) -> Write:
    """Return a step without its record, and another one after it."""

    def write(s: Situation) -> Sequence[Statement]:
        step = step_of(s.contests)
        following = further_step(step.change, action=action, to_state=state)
        return *without_record(step, table), *following

    return write


def _rewritten(step_of: StepOf, table: Table, **columns: object) -> Write:
    """Return the insert of a record with another payload, and an update of all records."""

    def write(s: Situation) -> Sequence[Statement]:
        step = step_of(s.contests)
        record = record_of(step, table, payload_digest="b" * 64, **columns)
        changed = update(table).values(payload_digest=table.c.payload_digest)
        return head_write(step), record, changed

    return write


def _by_rowid(step_of: StepOf, table: Table) -> Write:
    """Return a step whose record is written by INSERT OR REPLACE with a chosen rowid."""

    def write(s: Situation) -> Sequence[Statement]:
        step = step_of(s.contests)
        row = record_of(step, table).compile().params
        return head_write(step), by_rowid(table, row, 1), insert_change(step.change)

    return write


def _copied_contest(_: Situation) -> Sequence[Statement]:
    """Return the insert of a settled contest that is stored."""
    columns = writable_columns(CONTESTS)
    stored = select(*columns).where(CONTESTS.c.id == SETTLED)
    return (insert(CONTESTS).from_select([column.name for column in columns], stored),)


def _second_settlement(s: Situation) -> Sequence[Statement]:
    """Return the birth of a complete run of a settled contest."""
    run = s.contests.run
    completed = s.contests.run_completed.row
    result = {name: completed[name] for name in completed if run.row[name] is None}
    columns = {**result, "contest_id": SETTLED, "status": "COMPLETE", "settled_at": run.change.at}
    return step_writes(run, **columns)


POINTED: Kind = {
    f"a log that leaves a {name} to come": _left(
        lambda s: s.appended, "pause", "PAUSED", **{name: 99}
    )
    for name in POINTERS
}
ON_REFERENCES: Mapping[str, Kind] = {
    "a reference of a contest that is left behind": {
        **POINTED,
        "a contest that leaves a version without its configuration": _left_without(
            lambda s: s.configured, CONFIGURATIONS, "cancel", "CANCELLED"
        ),
        "a contest that leaves a settlement without its run": _left(
            lambda s: s.completed, "cancel", "CANCELLED"
        ),
        "an entry that leaves a roster that is not stored": _left_without(
            lambda s: s.roster_set, ROSTERS, "void", "VOID"
        ),
        "a log that leaves an event that is not stored": _left_without(
            lambda s: s.appended, EVENTS, "pause", "PAUSED"
        ),
        "a log that leaves a fetch to come": _left(
            lambda s: s.appended, "pause", "PAUSED", fetch_number=99
        ),
        "a log that leaves a tournament without a feed": _left(
            lambda s: s.log, "pause", "PAUSED", provider_event_id="nothing"
        ),
        "a feed that leaves a fetch that is not stored": _left_without(
            lambda s: s.fetched, FETCHES, "stop", "STOPPED"
        ),
        "a run that leaves another configuration": _left(
            lambda s: s.run, "fail", "FAILED", configuration_digest="b" * 64
        ),
        "a run that leaves other events": _left(
            lambda s: s.run, "fail", "FAILED", events_digest="b" * 64
        ),
        "a run that leaves a settlement that its contest does not name": _left(
            lambda s: s.run_completed, "fail", "FAILED"
        ),
        "an event without a payload that is rewritten": _rewritten(
            lambda s: s.appended, EVENTS, fetch_number=None
        ),
        "a fetch without a payload that is rewritten": _rewritten(lambda s: s.fetched, FETCHES),
    },
    "a contest that is settled twice": {
        "a settled contest, copied": _copied_contest,
        "a second complete run of a contest": _second_settlement,
        "a second complete run without a result": lambda s: step_writes(
            s.contests.run, contest_id=SETTLED, status="COMPLETE"
        ),
    },
}

# OR REPLACE on SQLite silently deletes the rows that conflict with the new row.
REPLACED_CONTESTS: Kind = {
    "a configuration, replaced by rowid": _by_rowid(lambda s: s.configured, CONFIGURATIONS),
    "a roster, replaced by rowid": _by_rowid(lambda s: s.roster_set, ROSTERS),
    "an event, replaced by rowid": _by_rowid(lambda s: s.appended, EVENTS),
    "a fault, replaced by rowid": _by_rowid(lambda s: s.doubted, FAULTS),
    "a fetch, replaced by rowid": _by_rowid(lambda s: s.fetched, FETCHES),
    "a line, replaced by rowid": _by_rowid(lambda s: s.run_completed, LINES),
}
