"""Illegal deletions of operational rows, and illegal writes of what was deleted."""

from collections.abc import Mapping, Sequence

from sqlalchemy import delete, select, text
from tests.guards.attack_parts import Kind, Write
from tests.guards.attacks_on_breakers import insert_refusal
from tests.guards.breaker_rows import NEW_REFUSAL
from tests.guards.raw_database import Statement
from tests.guards.raw_sql import by_rowid, raw, replacing
from tests.guards.retention_rows import (
    MARKED,
    NEW_MARK,
    delete_attempts,
    insert_mark,
    update_mark,
)
from tests.guards.situation import Situation, insert_seal, insert_seal_record
from tests.guards.task_rows import (
    CANCELED,
    DEAD,
    LEASED,
    LIVE_UNTIL,
    NOW,
    POSTPONED,
    PRUNED_TASK,
    REPEATED,
    RETRIED,
    RUNS_STAGE,
)
from tests.guards.writes import head_write, step_writes

from indelible.kernel.retention import MAX_DELETED_ROWS, MAX_PRUNED
from indelible.kernel.tasks import AttemptOutcome
from indelible.testing.stores import BEGINNING
from indelible_sql.kernel.pruned_tables import PRUNED_TABLES
from indelible_sql.kernel.task_tables import TASK_ATTEMPTS
from indelible_sql.kernel.webhook_tables import WEBHOOK_REJECTIONS

WEBHOOKS = str(NEW_MARK["table_name"])


def _of_work(entity_id: str, fence: int = 1) -> Write:
    """Return the deletion of an attempt of a stage in which every task exists."""
    return lambda _: (delete_attempts(entity_id, fence, stage="work"),)


def _of_run(entity_id: str, fence: int) -> Write:
    """Return the deletion of an attempt of a task with several runs."""
    return lambda _: (delete_attempts(entity_id, fence, stage=RUNS_STAGE),)


def _of_first_start(outcome: AttemptOutcome) -> Write:
    """Return the deletion of a row with the fence of a task's first start."""
    deletion = delete_attempts(REPEATED, 1, stage=RUNS_STAGE)
    return lambda _: (deletion.where(TASK_ATTEMPTS.c.outcome == outcome.value),)


def _sealed_late(s: Situation) -> Sequence[Statement]:
    """Return a seal after the mark, which lists an attempt, and the attempt's deletion."""
    number = s.seal["number"]
    attempt_hash = (
        select(TASK_ATTEMPTS.c.hash)
        .where(TASK_ATTEMPTS.c.entity_id == PRUNED_TASK)
        .scalar_subquery()
    )
    listed = insert_seal_record(record_table=MARKED, record_hash=attempt_hash, seal_number=number)
    return insert_seal(s.seal, at=NOW), listed, delete_attempts(PRUNED_TASK)


def _delete_and_insert(_: Situation) -> Sequence[Statement]:
    """Return the deletion of an old webhook rejection that a seal lists, and its insert."""
    return (
        insert_refusal(),
        insert_seal_record(record_table=WEBHOOKS, record_hash=NEW_REFUSAL["hash"]),
        insert_mark(pruned_before=NOW),
        delete(WEBHOOK_REJECTIONS).where(WEBHOOK_REJECTIONS.c.id == NEW_REFUSAL["id"]),
        insert_refusal(),
    )


def nested_mark() -> Sequence[Statement]:
    """Return a change in which a trigger counts more rows, which would be lost."""
    body = "UPDATE pruned_tables SET deleted_rows = 9 WHERE table_name = NEW.table_name;"
    trigger = f"CREATE TEMP TRIGGER nested BEFORE UPDATE ON main.pruned_tables BEGIN {body} END"
    return text(trigger), update_mark(deleted_rows=6)


LEGAL_ON_RETENTION: Kind = {
    "a first mark is stored": lambda _: (insert_mark(),),
    "a mark is raised": lambda _: (update_mark(pruned_before=NOW, deleted_rows=7),),
    "the attempt of a pruned task is deleted": lambda _: (delete_attempts(PRUNED_TASK),),
    "the attempt of an earlier run is deleted": _of_run(REPEATED, 2),
    "an old webhook rejection is deleted": lambda _: (
        insert_mark(pruned_before=NOW),
        delete(WEBHOOK_REJECTIONS),
    ),
}
ON_RETENTION: Mapping[str, Kind] = {
    "an operational row deleted early": {
        "the attempt of a dead task, deleted": _of_work(DEAD),
        "the attempt of a running task, deleted": _of_work(LEASED),
        "the attempt of a waiting task, deleted": _of_work(RETRIED),
        "the cancellation of a task, deleted": _of_work(CANCELED),
        "the attempt of the last run, deleted": _of_run(REPEATED, 3),
        "the first start of a task, deleted": _of_first_start(AttemptOutcome.STARTED),
        "the end of a task's first start, deleted": _of_first_start(AttemptOutcome.DEAD),
        "the requeue after a task's first start, deleted": _of_first_start(AttemptOutcome.REQUEUED),
        "the attempt of a run that was postponed, deleted": _of_run(POSTPONED, 2),
        "an attempt before the mark, deleted under a longer retention": lambda s: (
            *step_writes(s.longer_attempt_retention),
            delete_attempts(PRUNED_TASK),
        ),
        "an attempt deleted under a retention that its change has not": lambda s: (
            *step_writes(s.longer_attempt_retention, value="0"),
            delete_attempts(PRUNED_TASK),
        ),
        "an attempt deleted under a retention without a change": lambda s: (
            head_write(s.longer_attempt_retention, value="0"),
            delete_attempts(PRUNED_TASK),
        ),
        "an attempt that a later seal lists, deleted": _sealed_late,
        "a webhook rejection after the mark, deleted": lambda _: (
            insert_mark(pruned_before=BEGINNING),
            delete(WEBHOOK_REJECTIONS),
        ),
        "a deleted webhook rejection, inserted again": _delete_and_insert,
        "a webhook rejection without a mark, deleted": lambda _: (delete(WEBHOOK_REJECTIONS),),
    },
    "a mark of deletions broken": {
        "a mark of records": lambda _: (insert_mark(table_name="history"),),
        "a second mark of a table": lambda _: (insert_mark(table_name=MARKED),),
        "a first mark in the future": lambda _: (insert_mark(pruned_before=LIVE_UNTIL),),
        "a mark in the future": lambda _: (update_mark(pruned_before=LIVE_UNTIL),),
        "a mark that is lowered": lambda _: (update_mark(pruned_before=BEGINNING),),
        "a mark that becomes that of another table": lambda _: (update_mark(table_name=WEBHOOKS),),
        "fewer deleted rows": lambda _: (update_mark(deleted_rows=0),),
        "more deleted rows than one transaction deletes": lambda _: (
            update_mark(deleted_rows=MAX_PRUNED + 2),
        ),
        "more deleted rows at once, of a first mark": lambda _: (
            insert_mark(deleted_rows=MAX_PRUNED + 1),
        ),
        "more deleted rows of seals than rows": lambda _: (update_mark(deleted_sealed_rows=2),),
        "deleted rows without a bound": lambda _: (insert_mark(deleted_rows=MAX_DELETED_ROWS + 1),),
        "a mark within the retention": lambda s: (
            *step_writes(s.longer_retention),
            update_mark("tasks", pruned_before=NOW),
        ),
        "a mark under a retention that is no number": lambda s: (
            *step_writes(s.wrong_retention),
            update_mark("tasks", pruned_before=NOW),
        ),
        "a mark under a retention that its change has not": lambda s: (
            *step_writes(s.longer_retention, value="0"),
            update_mark("tasks", pruned_before=NOW),
        ),
        "marks, deleted": lambda _: (delete(PRUNED_TABLES),),
    },
}
# INSERT OR REPLACE on SQLite silently deletes the rows that conflict with the new row.
REPLACED_MARKS: Kind = {
    "a mark, replaced": lambda _: (replacing(insert_mark(table_name=MARKED)),),
    "a mark, replaced by another": lambda _: (
        update_mark(table_name="tasks").prefix_with("OR REPLACE"),
    ),
    "a mark, replaced by rowid": lambda _: (by_rowid(PRUNED_TABLES, NEW_MARK, 1),),
    "a mark on February 31": lambda _: (
        update_mark(pruned_before=raw("'2026-02-31T00:00:00.000000+00:00'")),
    ),
}
