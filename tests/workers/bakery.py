"""A stage whose tasks fail as their names say, and helpers to look at tasks."""

import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from threading import Event, Lock, Thread
from typing import Any

import pytest
from attrs import define, evolve, field
from redis import Redis

from indelible.kernel import Actor, Store
from indelible.kernel.lease_handles import LeaseHandle, StopReason
from indelible.kernel.stages import Stage, TasksRead, TasksWrite
from indelible.kernel.task_errors import TaskNotFound
from indelible.kernel.task_failures import TaskFailure
from indelible.kernel.tasks import (
    Attempt,
    Lease,
    Leases,
    Task,
)
from indelible_workers import Worker, process_batch

TaskStore = Store[TasksRead, TasksWrite]
MAYA = Actor.user("maya")
WORKER = Actor.system("worker")
COMPLETED = "completed"  # a stage that no worker runs: its tasks show what `finish` has written
TIMEOUT_SECONDS = 120  # of a busy machine


class Defect(Exception):
    """An error that the author of a stage did not expect."""


def connect(url: str) -> Any:  # noqa: ANN401 - the client's own types leave too much open
    """Return a client of the Redis at the address, to be closed."""
    return Redis.from_url(url)  # pyright: ignore[reportUnknownMemberType] - untyped


def enqueue(store: TaskStore, *ids: str, stage: str = "bake", seconds: float = 0) -> None:
    """Enqueue tasks that are due so many seconds from now."""
    with store.transaction(actor=MAYA, reason="test") as tx:
        due_at = tx.clock.now() + timedelta(seconds=seconds)
        tx.tasks.enqueue(stage, dict.fromkeys(ids, due_at))


def get_task(store: TaskStore, entity_id: str, stage: str = "bake") -> Task:
    def get(tx: TasksRead) -> Task:
        return tx.tasks.get(stage, entity_id)

    return store.read(get)


def attempts(store: TaskStore, entity_id: str, stage: str = "bake") -> tuple[Attempt, ...]:
    def get(tx: TasksRead) -> tuple[Attempt, ...]:
        return tx.tasks.attempts_of(stage, entity_id, limit=100)

    return store.read(get)


def are_completed(store: TaskStore, *ids: str) -> bool:
    """Return True once `finish` has written a result for each task.

    The last ones are usually completed last, so they are looked for first.
    """
    try:
        for entity_id in reversed(ids):
            get_task(store, entity_id, COMPLETED)
    except TaskNotFound:
        return False

    return True


def wait_for_expiry(store: TaskStore, *ids: str) -> None:
    """Wait until the leases of tasks have run out: a database lets nobody shorten one."""
    ends: list[datetime] = []
    for entity_id in ids:
        lease_until = get_task(store, entity_id).lease_until
        if lease_until is not None:
            ends.append(lease_until)

    # The clock of a database may have milliseconds only.
    last = max(ends, default=datetime.min.replace(tzinfo=UTC)) + timedelta(milliseconds=2)
    wait_until(lambda: datetime.now(UTC) > last)


def outcome_counts(worker: Worker) -> dict[str, float]:
    """Return the number of tasks of a worker by outcome."""
    counts: dict[str, float] = {}
    for family in worker.registry.collect():
        if family.name != "indelible_worker_tasks":
            continue
        for sample in family.samples:
            if sample.name.endswith("_total"):
                counts[sample.labels["outcome"]] = sample.value

    return counts


def wait_until(condition: Callable[[], bool], seconds: float = TIMEOUT_SECONDS) -> None:
    """Wait until the condition holds, or fail the test."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            pytest.fail(f"the condition did not hold within {seconds} seconds")
        time.sleep(0.01)


def threads_named(name: str) -> set[Thread]:
    """Return the threads of this process with the name that run."""
    return {thread for thread in threading.enumerate() if thread.name == name}


@define
class Bakery:
    """A stage; the beginning of a task's name says at which step it fails."""

    store: TaskStore
    performed: list[str] = field(factory=list[str])
    dead_tasks: list[tuple[str, str]] = field(factory=list[tuple[str, str]])
    error: BaseException = field(factory=Defect)
    gate: Event = field(factory=Event)  # tasks named `wait-...` wait for it
    started: Event = field(factory=Event)  # set when such a task is performed
    stop_reasons: list[StopReason | None] = field(factory=list[StopReason | None])
    _lock: Lock = field(factory=Lock)

    def stage(self, **settings: Any) -> Stage[TasksWrite, str, str]:  # noqa: ANN401 - a stage's own
        defaults: dict[str, Any] = {"name": "bake", "batch": 10, "lifecycle": None}
        defaults["on_dead"] = self.record_dead
        defaults.update(settings)
        defaults.setdefault("acts_outside", defaults["batch"] == 1)
        return Stage(**defaults, claim=self.claim, perform=self.perform, finish=self.finish)

    def claim(self, _: TasksWrite, leases: Leases) -> Sequence[str | None]:
        works: list[str | None] = []
        for lease in leases:
            self._fail_at("claim", lease.entity_id)
            has_work = not lease.entity_id.startswith("nothing-")
            works.append(lease.entity_id if has_work else None)

        return works

    def perform(self, name: str, _: LeaseHandle) -> str:
        with self._lock:
            self.performed.append(name)

        self._fail_at("perform", name)
        if name.startswith("wait-"):
            self.started.set()
            assert self.gate.wait(TIMEOUT_SECONDS)

        return f"{name}, baked"

    def finish(self, tx: TasksWrite, results: Sequence[tuple[str, str]]) -> None:
        for name, outcome in results:
            assert outcome == f"{name}, baked"
            self._fail_at("finish", name)
            tx.tasks.enqueue(COMPLETED, {name: tx.clock.now() + timedelta(days=1)})

    def record_dead(self, _: TasksWrite, lease: Lease, failure: TaskFailure) -> None:
        self._fail_at("on_dead", lease.entity_id)
        self.dead_tasks.append((lease.entity_id, failure.reason))

    def _fail_at(self, step: str, name: str) -> None:
        if name.startswith(f"{step}-"):
            raise self.error


def hanging(bakery: Bakery, **settings: Any) -> Stage[TasksWrite, str, str]:  # noqa: ANN401 - a stage's own
    """Return a stage whose tasks named `hang-...` ignore every request until the gate opens."""

    def perform(name: str, handle: LeaseHandle) -> str:
        if name.startswith("hang-"):
            bakery.started.set()
            assert bakery.gate.wait(TIMEOUT_SECONDS)
            bakery.stop_reasons.append(handle.stop_reason)
        return bakery.perform(name, handle)

    return evolve(bakery.stage(**settings), perform=perform)


def start_batch(worker: Worker, stage: Stage[TasksWrite, str, Any]) -> Thread:
    """Process one batch in a thread, to be joined."""
    thread = Thread(
        target=process_batch,
        args=(worker.store, stage),
        kwargs={"actor": WORKER, "worker": worker},
    )
    thread.start()
    return thread
