"""Illegal writes to subjects and to the successes of tasks: none is lost, lowered or in future."""

from collections.abc import Mapping, Sequence

from sqlalchemy import delete, text
from tests.guards.attack_parts import Kind
from tests.guards.raw_database import Statement
from tests.guards.raw_sql import by_rowid, raw, replacing
from tests.guards.subject_rows import (
    BACKUP,
    NEW_SUBJECT,
    WATCHED,
    insert_subject,
    update_subject,
)
from tests.guards.task_rows import (
    AGAIN,
    DEAD,
    DONE,
    FREE,
    LEASED,
    LIVE_UNTIL,
    NOW,
    begin_run,
    complete_task,
    delete_task,
    end_lease,
    insert_pruned,
    insert_task,
    update_task,
)

from indelible.testing.stores import BEGINNING
from indelible_sql.kernel.subject_tables import SUBJECTS


def nested_silence() -> Sequence[Statement]:
    """Return a change in which a trigger changes more, which would be lost."""
    body = "UPDATE watched_subjects SET longest_silence_seconds = 9 WHERE stage = NEW.stage;"
    trigger = f"CREATE TEMP TRIGGER nested BEFORE UPDATE ON main.watched_subjects BEGIN {body} END"
    return text(trigger), update_subject(WATCHED, longest_silence_seconds=6)


LEGAL_ON_SUBJECTS: Kind = {
    "a subject is declared": lambda _: (insert_subject(),),
    "a longest silence changes": lambda _: (update_subject(WATCHED, longest_silence_seconds=9),),
    "a subject is forgotten": lambda _: (update_subject(WATCHED, longest_silence_seconds=None),),
    "a success is stored": lambda _: (update_subject(WATCHED, succeeded_at=NOW),),
    "a later success is stored": lambda _: (update_subject(BACKUP, succeeded_at=NOW),),
    "a task is completed with its success": lambda _: (complete_task(LEASED, succeeded_at=NOW),),
    "a task that was enqueued again is completed with its success": lambda _: (
        end_lease(AGAIN, succeeded_at=NOW),
    ),
}
ON_SUBJECTS: Mapping[str, Kind] = {
    "a last success broken": {
        "a subject, deleted": lambda _: (delete(SUBJECTS),),
        "a subject of another kind": lambda _: (update_subject(WATCHED, kind="standing"),),
        "a subject of another stage": lambda _: (update_subject(WATCHED, stage="new"),),
        "a subject of another task": lambda _: (update_subject(WATCHED, entity_id="new"),),
        "a subject of an unknown kind": lambda _: (insert_subject(kind="planet"),),
        "a second subject of a stage": lambda _: (
            insert_subject(stage=WATCHED, entity_id=WATCHED),
        ),
        "a subject that is known later": lambda _: (update_subject(WATCHED, known_since=NOW),),
        "a subject that is known in the future": lambda _: (
            insert_subject(known_since=LIVE_UNTIL),
        ),
        "a silence of no second": lambda _: (insert_subject(longest_silence_seconds=0),),
        "a silence of centuries": lambda _: (
            update_subject(WATCHED, longest_silence_seconds=10**10),
        ),
        "a new subject that succeeds in the future": lambda _: (
            insert_subject(succeeded_at=LIVE_UNTIL),
        ),
        "a success in the future": lambda _: (update_subject(WATCHED, succeeded_at=LIVE_UNTIL),),
        "a success that is lowered": lambda _: (update_subject(BACKUP, succeeded_at=BEGINNING),),
        "a success that is lost": lambda _: (update_subject(BACKUP, succeeded_at=None),),
        "a new task that has succeeded": lambda _: (insert_task(succeeded_at=BEGINNING),),
        "a task that succeeds in the future": lambda _: (
            complete_task(LEASED, succeeded_at=LIVE_UNTIL),
        ),
        "a completed task whose success is lowered": lambda _: (
            update_task(DONE, succeeded_at=BEGINNING),
        ),
        "a success that a new run loses": lambda _: (begin_run(DONE, succeeded_at=None),),
        "a success without a completion": lambda _: (update_task(LEASED, succeeded_at=NOW),),
        "a success of a waiting task": lambda _: (update_task(FREE, succeeded_at=NOW),),
        "a success of a dead task": lambda _: (update_task(DEAD, succeeded_at=NOW),),
        "a pruned task whose success its stage has not": lambda _: (
            insert_pruned(),
            delete_task(DONE),
        ),
    },
}
# INSERT OR REPLACE on SQLite silently deletes the rows that conflict with the new row.
REPLACED_SUBJECTS: Kind = {
    "a subject, replaced": lambda _: (replacing(insert_subject(stage=WATCHED, entity_id=WATCHED)),),
    "a subject, replaced by another": lambda _: (
        update_subject(WATCHED, stage="work", entity_id="work").prefix_with("OR REPLACE"),
    ),
    "a subject, replaced by rowid": lambda _: (by_rowid(SUBJECTS, NEW_SUBJECT, 1),),
    "a success on February 31": lambda _: (
        update_subject(WATCHED, succeeded_at=raw("'2026-02-31T00:00:00.000000+00:00'")),
    ),
}
