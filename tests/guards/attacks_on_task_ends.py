"""Illegal cancellations and prunings, and illegal changes of what a run carries."""

from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import delete, update
from tests.guards.attack_parts import Kind
from tests.guards.raw_sql import NULL
from tests.guards.retention_rows import prune_done
from tests.guards.task_rows import (
    ARGUMENTS,
    CANCELED,
    CARRIER,
    DEAD,
    DONE,
    FREE,
    HIGHER,
    LEASED,
    NOW,
    PRUNED_STAGE,
    RECURRING,
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
from tests.guards.writes import step_writes

from indelible.testing.stores import BEGINNING
from indelible_sql.kernel.task_tables import PRUNED_STAGES

SOON = BEGINNING + timedelta(seconds=1)
OTHER_ARGUMENTS = {"to": "noor"}

ON_TASK_ENDS: Mapping[str, Kind] = {
    "a cancellation broken": {
        "a cancellation that is not recorded": lambda _: (cancel_task(FREE, fence=1),),
        "a cancellation for another reason than its record's": lambda s: (
            insert_attempt(s.attempt, entity_id=FREE, outcome="CANCELED"),
            cancel_task(FREE, fence=1, cancel_reason="it cannot be"),
        ),
        "a cancellation under the record of a failure": lambda s: (
            insert_attempt(s.attempt),
            cancel_task(LEASED, fence=2),
        ),
        "a cancellation under the same fence": lambda s: (
            insert_attempt(s.attempt, fence=2, outcome="CANCELED"),
            cancel_task(LEASED, fence=1),
        ),
        "a cancellation that skips a fence": lambda s: (
            insert_attempt(s.attempt, fence=2, outcome="CANCELED"),
            cancel_task(LEASED, fence=3),
        ),
        "a cancellation of a completed task": lambda s: (
            insert_attempt(s.attempt, entity_id=DONE, fence=2, outcome="CANCELED"),
            cancel_task(DONE, fence=2, result=None),
        ),
        "a cancellation of a dead task": lambda s: (
            insert_attempt(s.attempt, entity_id=DEAD, fence=2, outcome="CANCELED"),
            cancel_task(DEAD, fence=2, dead_reason=None),
        ),
        "a cancellation that counts an attempt": lambda s: (
            insert_attempt(s.attempt, entity_id=FREE, outcome="CANCELED"),
            cancel_task(FREE, fence=1, attempts=1),
        ),
        "a cancellation in the past": lambda s: (
            insert_attempt(s.attempt, entity_id=FREE, outcome="CANCELED"),
            cancel_task(FREE, fence=1, finished_at=BEGINNING),
        ),
        "a canceled task that is due": lambda s: (
            insert_attempt(s.attempt, entity_id=FREE, outcome="CANCELED"),
            cancel_task(FREE, fence=1, due_at=SOON, finished_at=None),
        ),
        "a canceled task that is dead": lambda s: (
            insert_attempt(s.attempt, entity_id=FREE, outcome="CANCELED"),
            cancel_task(FREE, fence=1, dead_reason="no answer", finished_at=None),
        ),
        "a canceled task with another reason": lambda _: (
            update_task(CANCELED, cancel_reason="no wish"),
        ),
        "a canceled task that is revived": lambda _: (
            update_task(CANCELED, cancel_reason=None, due_at=SOON, finished_at=None),
        ),
        "a canceled task that is completed": lambda _: (update_task(CANCELED, cancel_reason=None),),
        "a cancellation recorded under the present claim": lambda s: (
            insert_attempt(s.attempt, outcome="CANCELED"),
        ),
        "a cancellation recorded of a completed task": lambda s: (
            insert_attempt(s.attempt, entity_id=DONE, fence=2, outcome="CANCELED"),
        ),
        "a requeue recorded of a waiting task": lambda s: (
            insert_attempt(s.attempt, entity_id=RETRIED, outcome="REQUEUED"),
        ),
    },
    "the time of an end broken": {
        "a completion without its time": lambda _: (complete_task(LEASED, finished_at=None),),
        "a completion in the past": lambda _: (complete_task(LEASED, finished_at=BEGINNING),),
        "a waiting task that has finished": lambda _: (update_task(FREE, finished_at=NOW),),
        "a completed task that finished earlier": lambda _: (
            update_task(DONE, finished_at=BEGINNING),
        ),
        "a run that begins with the time of an end": lambda _: (
            begin_run(DONE, finished_at=BEGINNING),
        ),
    },
    "what a run carries broken": {
        "arguments that change while the task waits": lambda _: (
            update_task(CARRIER, arguments=OTHER_ARGUMENTS),
        ),
        "arguments that are taken away": lambda _: (update_task(CARRIER, arguments=None),),
        "arguments that are added during the lease": lambda _: (
            update_task(LEASED, arguments=ARGUMENTS),
        ),
        "a task that becomes less urgent": lambda _: (update_task(FREE, priority=3),),
        "an unknown priority": lambda _: (update_task(FREE, priority=0),),
        "a new task with an unknown priority": lambda _: (insert_task(priority=4),),
        "a priority that is missing": lambda _: (update_task(FREE, priority=NULL),),
        "a result of a waiting task": lambda _: (update_task(FREE, result={"sent": 1}),),
        "a result of a failure": lambda s: (
            insert_attempt(s.attempt),
            end_lease(LEASED, due_at=SOON, result={"sent": 1}),
        ),
        "a result of a new task": lambda _: (insert_task(result={"sent": 1}),),
        "a result of another run": lambda _: (begin_run(DONE, result={"sent": 1}),),
        "a result that changes later": lambda _: (update_task(DONE, result={"sent": 2}),),
        "progress of a waiting task": lambda _: (update_task(FREE, progress=5),),
        "progress of a new task": lambda _: (insert_task(progress=5),),
        "progress beyond the whole": lambda _: (update_task(LEASED, progress=101),),
        "a slot that is moved back": lambda _: (update_task(CARRIER, slot=BEGINNING),),
        "a slot that is taken away": lambda _: (update_task(CARRIER, slot=None),),
        "a class of error without a failure": lambda _: (update_task(FREE, error_class="Other"),),
        "a class of error of a new task": lambda _: (insert_task(error_class="Other"),),
    },
    "a task pruned early": {
        "a waiting task, deleted": lambda _: (delete_task(FREE),),
        "a running task, deleted": lambda _: (delete_task(LEASED),),
        "a dead task, deleted": lambda _: (insert_pruned(), delete_task(DEAD)),
        "a completed task whose fence is not kept, deleted": lambda _: (delete_task(DONE),),
        "a completed task with a higher fence than the kept one, deleted": lambda _: (
            delete_task(HIGHER),
        ),
        "a recurring task, deleted": lambda _: (raise_pruned(), delete_task(RECURRING)),
        "a task that finished within the retention, deleted": lambda s: (
            *step_writes(s.longer_retention),
            *prune_done(),
        ),
        "a task deleted under a retention that its change has not": lambda s: (
            *step_writes(s.longer_retention, value="0"),
            *prune_done(),
        ),
        "a task deleted under a retention that is no number": lambda s: (
            *step_writes(s.wrong_retention),
            *prune_done(),
        ),
    },
    "a kept fence broken": {
        "a kept fence of no task": lambda _: (insert_pruned(entity_id="nothing"),),
        "a kept fence of a task that has not ended": lambda _: (insert_pruned(entity_id=LEASED),),
        "a kept fence that its task has not": lambda _: (insert_pruned(fence=7),),
        "a kept fence, stored twice": lambda _: (insert_pruned(), insert_pruned()),
        "a kept fence that is lowered": lambda _: (raise_pruned(fence=0),),
        "a kept fence that is raised for no task": lambda _: (raise_pruned(fence=7),),
        "a kept fence of another stage": lambda _: (
            update(PRUNED_STAGES).values(stage="work", entity_id=DONE, fence=1),
        ),
        "a kept fence, deleted": lambda _: (delete(PRUNED_STAGES),),
        "a new task at a fence that was pruned": lambda _: (insert_task(stage=PRUNED_STAGE),),
        "a new task far above the pruned fences": lambda _: (
            insert_task(stage=PRUNED_STAGE, fence=2),
        ),
    },
}
