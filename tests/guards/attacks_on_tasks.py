"""Illegal writes to tasks and their attempts."""

from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import insert, select, update
from tests.guards.attack_parts import Kind
from tests.guards.attacks_on_rates import NEVER
from tests.guards.raw_sql import NULL, raw, replacing
from tests.guards.retention_rows import prune_done
from tests.guards.task_rows import (
    AGAIN,
    ARGUMENTS,
    CANCELED,
    CARRIER,
    DEAD,
    DONE,
    EXPIRED,
    FREE,
    HIGHER,
    LEASED,
    LIVE_UNTIL,
    NOW,
    PRUNED_STAGE,
    RETRIED,
    begin_run,
    cancel_task,
    complete_task,
    delete_task,
    end_lease,
    insert_attempt,
    insert_pruned,
    insert_task,
    raise_pruned,
    update_task,
)

from indelible.testing.stores import BEGINNING, FAR
from indelible_sql.kernel.task_guards import MAX_LEASE_BY_DATABASE_SECONDS
from indelible_sql.kernel.task_tables import TASK_ATTEMPTS

MAYA = "user:maya"
NOOR = "user:noor"
SOON = BEGINNING + timedelta(seconds=1)
LATER = FAR + timedelta(days=1)
# Later than any lease may last, however long ago this module was imported.
TOO_LATE = LIVE_UNTIL + timedelta(seconds=2 * MAX_LEASE_BY_DATABASE_SECONDS)

LEGAL_ON_TASKS: Kind = {
    "a task is added": lambda _: (insert_task(),),
    "a task is made due earlier": lambda _: (update_task(FREE, due_at=BEGINNING),),
    "a waiting task is made due later": lambda _: (update_task(FREE, due_at=LATER),),
    "a task that was enqueued during its lease is made due later": lambda _: (
        update_task(AGAIN, due_at=LATER),
    ),
    "a completed task is made due again": lambda _: (begin_run(DONE),),
    "a completed task begins a run with arguments": lambda _: (
        begin_run(DONE, arguments=ARGUMENTS, priority=3),
    ),
    "a task is claimed": lambda _: (
        update_task(FREE, fence=1, attempts=1, lease_owner=MAYA, lease_until=LIVE_UNTIL),
    ),
    "a task is claimed after its lease": lambda _: (
        update_task(EXPIRED, fence=2, attempts=2, lease_owner=NOOR, lease_until=LIVE_UNTIL),
    ),
    "an expired lease is ended by an enqueue": lambda _: (end_lease(EXPIRED, due_at=BEGINNING),),
    "a lease is extended": lambda _: (update_task(EXPIRED, lease_until=LIVE_UNTIL),),
    "a task is enqueued during its lease": lambda _: (update_task(LEASED, attempts=0, due_at=FAR),),
    "a task is enqueued twice during its lease": lambda _: (update_task(AGAIN, due_at=SOON),),
    "a task is completed": lambda _: (complete_task(LEASED),),
    "a task is completed with a result": lambda _: (complete_task(LEASED, result={"sent": 2}),),
    "progress is reported": lambda _: (update_task(LEASED, progress=50),),
    "a waiting task becomes more urgent": lambda _: (update_task(CARRIER, priority=1),),
    "a recurring task moves to its next slot": lambda _: (update_task(CARRIER, slot=LATER),),
    "a waiting task is canceled": lambda s: (
        insert_attempt(s.attempt, entity_id=FREE, outcome="CANCELED"),
        cancel_task(FREE, fence=1),
    ),
    "a running task is canceled": lambda s: (
        insert_attempt(s.attempt, fence=2, outcome="CANCELED"),
        cancel_task(LEASED, fence=2),
    ),
    "a canceled task is requeued": lambda s: (
        insert_attempt(s.attempt, entity_id=CANCELED, outcome="REQUEUED"),
        update_task(CANCELED, cancel_reason=None, due_at=SOON, attempts=0, finished_at=None),
    ),
    "a finished task is pruned": lambda _: prune_done(),
    "a higher fence of a pruned task is stored": lambda _: (raise_pruned(), delete_task(HIGHER)),
    "a task that was enqueued again is completed": lambda _: (end_lease(AGAIN),),
    "a task is released": lambda _: (end_lease(LEASED, attempts=0),),
    "a task is postponed": lambda _: (end_lease(LEASED, attempts=0, due_at=LIVE_UNTIL),),
    "a task fails": lambda s: (insert_attempt(s.attempt), end_lease(LEASED, due_at=FAR)),
    "a task that was enqueued again fails": lambda s: (
        insert_attempt(s.attempt, entity_id=AGAIN),
        end_lease(AGAIN, due_at=SOON),
    ),
    "a task becomes dead": lambda s: (
        insert_attempt(s.attempt, outcome="DEAD"),
        end_lease(LEASED, due_at=None, dead_reason="no answer"),
    ),
    "a dead task is requeued": lambda s: (
        insert_attempt(s.attempt, entity_id=DEAD, outcome="REQUEUED"),
        update_task(DEAD, dead_reason=None, due_at=SOON, attempts=0),
    ),
}
ON_TASKS: Mapping[str, Kind] = {
    "a task put off for ever": {
        "a waiting task that is due in 2999": lambda _: (update_task(FREE, due_at=NEVER),),
        "a new task that is due in 2999": lambda _: (insert_task(due_at=NEVER),),
        "a recurring task whose slot is in 2999": lambda _: (update_task(CARRIER, slot=NEVER),),
        "a new recurring task whose slot is in 2999": lambda _: (insert_task(slot=NEVER),),
    },
    "a fence broken": {
        "a fence that is lowered": lambda _: (update_task(LEASED, fence=0),),
        "a fence that is lowered as the task is completed": lambda _: (
            complete_task(LEASED, fence=0),
        ),
        "a fence that is skipped": lambda _: (
            update_task(FREE, fence=2, attempts=1, lease_owner=MAYA, lease_until=LIVE_UNTIL),
        ),
        "a fence that rises without a claim": lambda _: (update_task(FREE, fence=1),),
        "a claim under the same fence": lambda _: (
            update_task(FREE, lease_owner=MAYA, lease_until=LIVE_UNTIL),
        ),
        "a lease that is stolen under its fence": lambda _: (
            update_task(LEASED, lease_owner=NOOR),
        ),
        "a lease that is stolen under a new fence": lambda _: (
            update_task(LEASED, fence=2, attempts=2, lease_owner=NOOR),
        ),
        "a lease that is stolen after an enqueue": lambda _: (
            update_task(AGAIN, fence=2, attempts=1, lease_owner=NOOR),
        ),
        "a claim that counts no attempt": lambda _: (
            update_task(FREE, fence=1, lease_owner=MAYA, lease_until=LIVE_UNTIL),
        ),
        "a claim that resets the attempts": lambda _: (
            update_task(RETRIED, fence=2, attempts=0, lease_owner=MAYA, lease_until=LIVE_UNTIL),
        ),
        "a claim that postpones the task": lambda _: (
            update_task(
                FREE,
                fence=1,
                attempts=1,
                lease_owner=MAYA,
                lease_until=LIVE_UNTIL,
                due_at=LATER,
            ),
        ),
        "a claim of a task that is not due": lambda _: (
            update_task(
                DEAD,
                fence=2,
                attempts=2,
                dead_reason=None,
                due_at=SOON,
                lease_owner=MAYA,
                lease_until=LIVE_UNTIL,
            ),
        ),
    },
    "a lease broken": {
        "a claim without end": lambda _: (
            update_task(FREE, fence=1, attempts=1, lease_owner=MAYA, lease_until=TOO_LATE),
        ),
        "a lease that is extended without end": lambda _: (
            update_task(LEASED, lease_until=TOO_LATE),
        ),
        "a lease that is shortened": lambda _: (update_task(LEASED, lease_until=BEGINNING),),
        "a lease that is shortened by an enqueue": lambda _: (
            update_task(LEASED, lease_until=BEGINNING, attempts=0),
        ),
        "an extension that postpones the task": lambda _: (
            update_task(LEASED, due_at=LATER, lease_until=LIVE_UNTIL),
        ),
        "an extension that counts an attempt less": lambda _: (
            update_task(EXPIRED, attempts=0, lease_until=LIVE_UNTIL),
        ),
        "a live lease that is ended": lambda _: (end_lease(LEASED),),
        "a live lease that is ended after an enqueue": lambda _: (end_lease(AGAIN, due_at=SOON),),
        "an expired lease whose end postpones the task": lambda _: (
            end_lease(EXPIRED, due_at=LATER),
        ),
        "a lease without an owner": lambda _: (update_task(LEASED, lease_owner=None),),
        "a lease without an end": lambda _: (update_task(LEASED, lease_until=None),),
        "a leased task that is not due": lambda _: (
            update_task(LEASED, due_at=None, finished_at=NOW),
        ),
    },
    "attempts miscounted": {
        "more attempts than claims": lambda _: (update_task(LEASED, attempts=9),),
        "attempts that are reset while the task waits": lambda _: (
            update_task(RETRIED, attempts=0),
        ),
        "attempts that are reset as the task is completed": lambda _: (
            complete_task(LEASED, attempts=0),
        ),
        "attempts that are reset as the lease expires": lambda _: (
            update_task(EXPIRED, fence=2, attempts=2, lease_owner=NOOR, lease_until=BEGINNING),
            end_lease(EXPIRED, attempts=0, due_at=SOON),
        ),
        "attempts that are reset by a postponement": lambda _: (
            update_task(RETRIED, fence=2, attempts=2, lease_owner=MAYA, lease_until=LIVE_UNTIL),
            end_lease(RETRIED, attempts=0, due_at=LIVE_UNTIL),
        ),
        "attempts that are kept as a completed task is enqueued": lambda _: (
            begin_run(DONE, attempts=1),
        ),
        "attempts that are kept as the task is requeued": lambda s: (
            insert_attempt(s.attempt, entity_id=DEAD, outcome="REQUEUED"),
            update_task(DEAD, dead_reason=None, due_at=SOON),
        ),
    },
    "a due time broken": {
        "a waiting task that is completed": lambda _: (complete_task(FREE),),
        "a waiting task that is never due again": lambda _: (update_task(FREE, due_at=None),),
        "a waiting task that is made due later and more urgent": lambda _: (
            update_task(CARRIER, due_at=LATER, priority=1),
        ),
        "a waiting task that is made due later with attempts": lambda _: (
            update_task(RETRIED, due_at=LATER, attempts=0),
        ),
        "a slot that is made due later": lambda _: (
            update_task(CARRIER, due_at=LATER, slot=LATER),
        ),
        "a postponement without end": lambda _: (end_lease(LEASED, attempts=0, due_at=TOO_LATE),),
        "an expired task that is completed though enqueued again": lambda _: (
            complete_task(AGAIN),
        ),
        "a leased task that is made due later and extended": lambda _: (
            update_task(AGAIN, due_at=LATER, lease_until=TOO_LATE),
        ),
        "a failure that postpones a task that was enqueued again": lambda s: (
            insert_attempt(s.attempt, entity_id=AGAIN),
            end_lease(AGAIN, due_at=LATER),
        ),
        "a dead task that is due": lambda _: (update_task(DEAD, due_at=SOON),),
        "a dead task that is completed": lambda _: (
            update_task(DEAD, dead_reason=None, finished_at=NOW),
        ),
    },
    "a death, failure or requeue without its record": {
        "a leased task that is buried": lambda _: (
            end_lease(LEASED, due_at=None, dead_reason="it cannot be"),
        ),
        "a waiting task that is buried": lambda _: (
            update_task(FREE, due_at=None, dead_reason="it cannot be"),
        ),
        "a completed task that is buried": lambda _: (
            update_task(DONE, dead_reason="it cannot be", finished_at=None, result=None),
        ),
        "a task that was enqueued again and is buried": lambda s: (
            insert_attempt(s.attempt, entity_id=AGAIN, outcome="DEAD"),
            end_lease(AGAIN, due_at=None, dead_reason="no answer"),
        ),
        "a death by another reason than its record's": lambda s: (
            insert_attempt(s.attempt, outcome="DEAD"),
            end_lease(LEASED, due_at=None, dead_reason="it cannot be"),
        ),
        "a dead task with another reason": lambda _: (update_task(DEAD, dead_reason="no wish"),),
        "a dead task that is revived": lambda _: (
            update_task(DEAD, dead_reason=None, due_at=SOON, attempts=0),
        ),
        "a failure that is not recorded": lambda _: (end_lease(LEASED, due_at=LATER),),
        "a failure under the record of a death": lambda s: (
            insert_attempt(s.attempt, outcome="DEAD"),
            end_lease(LEASED, due_at=LATER),
        ),
    },
    "a task added, moved or deleted": {
        "a new task with a lease": lambda _: (
            insert_task(fence=1, attempts=1, lease_owner=MAYA, lease_until=LIVE_UNTIL),
        ),
        "a new task with a fence": lambda _: (insert_task(fence=7),),
        "a new task that is dead": lambda _: (
            insert_task(due_at=None, dead_reason="it cannot be"),
        ),
        "a new task that is completed": lambda _: (insert_task(due_at=None, finished_at=NOW),),
        "a task of another stage": lambda _: (update_task(FREE, stage="other"),),
        "a task under another id": lambda _: (update_task(FREE, entity_id="other"),),
        "a task, added twice": lambda _: (insert_task(entity_id=FREE),),
        "a completed task, deleted": lambda _: (
            complete_task(LEASED),
            delete_task(LEASED),
        ),
    },
    "an attempt forged": {
        "an attempt under a future claim": lambda s: (insert_attempt(s.attempt, fence=2),),
        "an attempt under an earlier claim": lambda s: (insert_attempt(s.attempt, fence=raw("0")),),
        "an attempt at a task that waits": lambda s: (
            insert_attempt(s.attempt, entity_id=RETRIED, outcome="DEAD"),
        ),
        "an attempt at a completed task": lambda s: (insert_attempt(s.attempt, entity_id=DONE),),
        "a requeue of a task that is not dead": lambda s: (
            insert_attempt(s.attempt, outcome="REQUEUED"),
        ),
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
    "a kept fence, replaced": lambda _: (
        replacing(insert_pruned(stage=PRUNED_STAGE, entity_id=HIGHER, fence=2)),
    ),
    "an attempt, replaced": lambda s: (
        replacing(insert_attempt(s.attempt, outcome="STARTED", reason="another")),
    ),
}
