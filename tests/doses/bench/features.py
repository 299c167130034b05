"""Measure what each feature of tasks costs: one task with it, beside the same task without it."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Final

from attrs import evolve, frozen
from tests.doses.bench.rounds import Dose, Measured, Table, Way, measure_in_turns
from tests.doses.chaos.testbed import Testbed

from indelible.kernel import Actor
from indelible.kernel.lease_handles import LeaseHandle
from indelible.kernel.rates import RateLimit
from indelible.kernel.stages import Stage
from indelible.kernel.task_lists import TaskFilter
from indelible.kernel.task_ports import NO_DOCUMENTS
from indelible.kernel.tasks import Priority, TaskState
from indelible_sql import SqlStore, SqlTransaction, open_store
from indelible_workers import Worker, process_batch

WORKER: Final = Actor.system("worker")
PLAIN: Final = "a plain task"
DUE_AT: Final = datetime(2026, 1, 1, tzinfo=UTC)
ENQUEUED_AT_ONCE: Final = 1_000
MAX_ROUNDS: Final = 5
MAX_TASKS: Final = 1_000_000  # of a stage, to count
LINES: Final = ["x" * 100] * 10  # of the arguments: about a kibibyte
UNREACHED: Final = RateLimit(tasks=100_000, per_seconds=1)
DESCRIPTION: Final = (
    "One thread claims a task, performs nothing, and completes it. The plain task uses none of the"
    " features; each other row uses one. The rate is one that is never reached. The arguments have"
    " about a kibibyte. The child process has been started before. `require_lease` opens a"
    " transaction of its own, as a `perform` that writes does."
)


@frozen(kw_only=True)
class Feature:
    """A stage that uses one feature, and what its tasks carry."""

    stage: Stage[SqlTransaction, Any, Any]
    arguments: Mapping[str, Any] | None = None
    priorities: tuple[Priority, ...] = (Priority.NORMAL,)


def tables(bed: Testbed, dose: Dose) -> Iterator[Table]:
    """Measure both databases."""
    fewer = evolve(dose, rounds=min(dose.rounds, MAX_ROUNDS))
    rows: list[Measured] = []
    for database, url in (("PostgreSQL", bed.postgresql().url), ("SQLite", bed.sqlite())):
        store = open_store(url)
        rows += measure(store, fewer, database)
        store.dispose()

    yield Table(
        name="features",
        title="A task with a feature, and without it",
        description=DESCRIPTION,
        rows=tuple(rows),
        baseline=PLAIN,
    )


def measure(store: SqlStore, dose: Dose, database: str) -> tuple[Measured, ...]:
    """Measure the milliseconds of a task of each stage."""
    with Worker(store=store, actor=WORKER).heartbeat() as worker:
        ways: dict[str, Way] = {}
        for name, feature in features(store).items():
            enqueue(store, feature, dose.times * (dose.rounds + 1))
            ways[name] = way_of(store, worker, feature.stage)

        return tuple(measure_in_turns(ways, dose, database).values())


def features(store: SqlStore) -> Mapping[str, Feature]:
    """Return a stage for each feature, by the name of its row."""
    stages: Mapping[str, Feature] = {
        PLAIN: Feature(stage=stage("plain")),
        "priorities": Feature(stage=stage("priority"), priorities=tuple(Priority)),
        "a rate": Feature(stage=stage("rate", rate=UNREACHED)),
        "arguments": Feature(stage=stage("arguments"), arguments={"lines": LINES}),
        "a stored result": Feature(stage=stage("result", perform=count, store_results=True)),
        "progress": Feature(stage=stage("progress", perform=report_progress)),
        "check of the handle": Feature(stage=stage("check", perform=check)),
        "require_lease": Feature(stage=stage("lease", perform=partial(guard, store))),
        "a child process": Feature(stage=stage("child", in_child=True)),
    }
    return stages


def stage(
    name: str,
    perform: Callable[[Any, LeaseHandle], Any] | None = None,
    **options: Any,  # noqa: ANN401 - of Stage
) -> Stage[SqlTransaction, Any, Any]:
    """Return a stage of single tasks that do nothing but what `perform` does."""
    return Stage(
        name=name,
        batch=1,
        lifecycle=None,
        acts_outside=True,
        perform=perform or do_nothing,
        **options,
    )


def do_nothing(_: str, __: LeaseHandle) -> None:
    """Perform nothing."""


def count(_: str, __: LeaseHandle) -> Mapping[str, int]:
    """Return a small result."""
    return {"letters": 1}


def report_progress(_: str, handle: LeaseHandle) -> None:
    """Report progress, which is stored about once a second."""
    handle.set_progress(50)


def check(_: str, handle: LeaseHandle) -> None:
    """Ask whether the task should stop."""
    handle.check()


def guard(store: SqlStore, _: str, handle: LeaseHandle) -> None:
    """Open a transaction that requires the lease."""
    with store.transaction(actor=WORKER, reason="its turn has come") as tx:
        tx.tasks.require_lease(handle.lease)


def enqueue(store: SqlStore, feature: Feature, tasks: int) -> None:
    """Enqueue due tasks with what they carry; the priorities take turns."""
    for begin in range(0, tasks, ENQUEUED_AT_ONCE):
        numbers = range(begin, min(tasks, begin + ENQUEUED_AT_ONCE))
        with store.transaction(actor=WORKER, reason="to be measured") as tx:
            for turn, priority in enumerate(feature.priorities):
                mine = [number for number in numbers if number % len(feature.priorities) == turn]
                dues = {f"{number:08}": DUE_AT + timedelta(seconds=number) for number in mine}
                arguments = NO_DOCUMENTS
                if feature.arguments is not None:
                    arguments = dict.fromkeys(dues, feature.arguments)
                tx.tasks.enqueue(feature.stage.name, dues, arguments=arguments, priority=priority)


def way_of(store: SqlStore, worker: Worker, measured: Stage[SqlTransaction, Any, Any]) -> Way:
    """Return a way that processes one task of the stage."""

    def act() -> None:
        process_batch(store, measured, actor=WORKER, worker=worker)

    completed = TaskFilter(stage=measured.name, state=TaskState.COMPLETED)

    def done() -> int:
        now = datetime.now(UTC)
        return store.read(lambda tx: tx.tasks.count_tasks(completed, now=now, limit=MAX_TASKS))

    return Way(act, done)
