"""Illegal writes to tasks and their attempts."""

from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import delete, insert, select, update
from tests.guards.attack_parts import Kind
from tests.guards.raw_sql import NULL, raw, replacing
from tests.guards.task_rows import (
    DEAD,
    FREE,
    LEASED,
    insert_attempt,
    insert_task,
    update_task,
)

from indelible.testing.stores import BEGINNING
from indelible_sql.kernel.task_tables import TASK_ATTEMPTS, TASKS

MAYA = "user:maya"
NOOR = "user:noor"
SOON = BEGINNING + timedelta(days=900)

LEGAL_ON_TASKS: Kind = {
    "a task is added": lambda _: (insert_task(),),
    "a task is made due again": lambda _: (update_task(FREE, due_at=SOON),),
    "a task is claimed": lambda _: (
        update_task(FREE, fence=1, attempts=1, lease_owner=MAYA, lease_until=SOON),
    ),
    "a task is claimed after its lease": lambda _: (
        update_task(LEASED, fence=2, attempts=2, lease_owner=NOOR, lease_until=SOON),
    ),
    "a lease is extended": lambda _: (update_task(LEASED, lease_until=SOON),),
    "a task is completed": lambda _: (
        update_task(LEASED, lease_owner=None, lease_until=None, due_at=None),
    ),
    "a task is released": lambda _: (
        update_task(LEASED, lease_owner=None, lease_until=None, attempts=0),
    ),
    "a task becomes dead": lambda _: (
        update_task(
            LEASED, lease_owner=None, lease_until=None, due_at=None, dead_reason="it cannot be"
        ),
    ),
    "a dead task is requeued": lambda _: (
        update_task(DEAD, dead_reason=None, due_at=SOON, attempts=0),
    ),
    "an attempt is recorded": lambda s: (insert_attempt(s.attempt),),
}
ON_TASKS: Mapping[str, Kind] = {
    "a fence broken": {
        "a fence that is lowered": lambda _: (update_task(LEASED, fence=0),),
        "a fence that is lowered as the task is completed": lambda _: (
            update_task(LEASED, fence=0, lease_owner=None, lease_until=None, due_at=None),
        ),
        "a fence that is skipped": lambda _: (
            update_task(FREE, fence=2, attempts=1, lease_owner=MAYA, lease_until=SOON),
        ),
        "a fence that rises without a claim": lambda _: (update_task(FREE, fence=1),),
        "a claim under the same fence": lambda _: (
            update_task(FREE, lease_owner=MAYA, lease_until=SOON),
        ),
        "a lease that is stolen under its fence": lambda _: (
            update_task(LEASED, lease_owner=NOOR),
        ),
        "a claim that counts no attempt": lambda _: (
            update_task(FREE, fence=1, lease_owner=MAYA, lease_until=SOON),
        ),
        "a claim of a task that is not due": lambda _: (
            update_task(
                DEAD,
                fence=2,
                attempts=2,
                dead_reason=None,
                due_at=SOON,
                lease_owner=MAYA,
                lease_until=SOON,
            ),
        ),
        "more attempts than claims": lambda _: (update_task(LEASED, attempts=9),),
        "a lease without an owner": lambda _: (update_task(LEASED, lease_owner=None),),
        "a lease without an end": lambda _: (update_task(LEASED, lease_until=None),),
        "a leased task that is not due": lambda _: (update_task(LEASED, due_at=None),),
        "a dead task that is due": lambda _: (update_task(DEAD, due_at=SOON),),
    },
    "a task added, moved or deleted": {
        "a new task with a lease": lambda _: (
            insert_task(fence=1, attempts=1, lease_owner=MAYA, lease_until=SOON),
        ),
        "a new task with a fence": lambda _: (insert_task(fence=7),),
        "a new task that is dead": lambda _: (
            insert_task(due_at=None, dead_reason="it cannot be"),
        ),
        "a task of another stage": lambda _: (update_task(FREE, stage="other"),),
        "a task under another id": lambda _: (update_task(FREE, entity_id="other"),),
        "a task, added twice": lambda _: (insert_task(entity_id=FREE),),
        "a completed task, deleted": lambda _: (
            update_task(LEASED, lease_owner=None, lease_until=None, due_at=None),
            delete(TASKS).where(TASKS.c.entity_id == LEASED),
        ),
    },
    "an attempt forged": {
        "an attempt under a future claim": lambda s: (insert_attempt(s.attempt, fence=2),),
        "an attempt under an earlier claim": lambda s: (insert_attempt(s.attempt, fence=raw("0")),),
        "an attempt at no task": lambda s: (insert_attempt(s.attempt, entity_id="nothing"),),
        "an attempt with an unknown outcome": lambda s: (
            insert_attempt(s.attempt, outcome="DONE"),
        ),
        "an attempt, recorded twice": lambda s: (
            insert_attempt(s.attempt),
            insert_attempt(s.attempt),
        ),
        "attempts, recorded again": lambda _: (
            insert(TASK_ATTEMPTS).from_select(TASK_ATTEMPTS.columns.keys(), select(TASK_ATTEMPTS)),
        ),
        "an attempt with another reason": lambda _: (
            update(TASK_ATTEMPTS).values(reason="another"),
        ),
        "an attempt by another actor": lambda _: (update(TASK_ATTEMPTS).values(actor=NOOR),),
        "an attempt without a reason": lambda s: (insert_attempt(s.attempt, reason=NULL),),
    },
}

# INSERT OR REPLACE on SQLite silently deletes the rows that conflict with the new row.
REPLACED_TASKS: Kind = {
    "a task, replaced": lambda _: (replacing(insert_task(entity_id=LEASED)),),
    "a task, replaced by another": lambda _: (
        update_task(FREE, entity_id=LEASED).prefix_with("OR REPLACE"),
    ),
    "an attempt, replaced": lambda s: (
        replacing(insert_attempt(s.attempt, outcome="STARTED", reason="another")),
    ),
}
