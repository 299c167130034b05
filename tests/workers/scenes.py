"""Stages whose work does as it is told by its name, and what became of it."""

import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from threading import Event, Lock
from typing import Any

import pytest
from attrs import define, field
from redis import Redis

from indelible.kernel import Actor, Store
from indelible.kernel.stages import Stage, TasksRead, TasksWrite
from indelible.kernel.tasks import Attempt, Lease, Leases, Task, TaskNotFound

WorkStore = Store[TasksRead, TasksWrite]
MAYA, WORKER = Actor.user("maya"), Actor.system("worker")
AFTERWARDS = "afterwards"  # a stage that nobody drains: its rows say what was finished
MOST_SECONDS = 30


class Defect(Exception):
    """What a stage's author did not think of."""


def redis_at(url: str) -> Any:  # noqa: ANN401 - its own types leave too much open
    """A client of the Redis there, to be closed."""
    return Redis.from_url(url)  # pyright: ignore[reportUnknownMemberType]


def put(store: WorkStore, *ids: str, stage: str = "bake", seconds: float = 0) -> None:
    """Make work due, now or so many seconds from now."""
    with store.transaction(actor=MAYA, reason="to be done") as tx:
        tx.tasks.enqueue(stage, dict.fromkeys(ids, tx.clock.now() + timedelta(seconds=seconds)))


def work(store: WorkStore, entity_id: str, stage: str = "bake") -> Task:
    def get(tx: TasksRead) -> Task:
        return tx.tasks.get(stage, entity_id)

    return store.read(get)


def attempts(store: WorkStore, entity_id: str, stage: str = "bake") -> tuple[Attempt, ...]:
    def get(tx: TasksRead) -> tuple[Attempt, ...]:
        return tx.tasks.attempts_of(stage, entity_id, limit=100)

    return store.read(get)


def is_finished(store: WorkStore, *ids: str) -> bool:
    """Whether each was finished, as a write of its `finish` says."""
    try:
        return all(work(store, each, AFTERWARDS) for each in ids)
    except TaskNotFound:
        return False


def until(holds: Callable[[], bool], seconds: float = MOST_SECONDS) -> None:
    """Wait for it."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            pytest.fail(f"it did not come to pass in {seconds} seconds")
        time.sleep(0.01)


@define
class Bakery:
    """A stage whose work is told by its name's beginning how to fail, and where."""

    store: WorkStore
    performed: list[str] = field(factory=list[str])
    told_dead: list[tuple[str, str]] = field(factory=list[tuple[str, str]])
    error: BaseException = field(factory=Defect)
    gate: Event = field(factory=Event)  # which `wait-` waits for
    begun: Event = field(factory=Event)
    _lock: Lock = field(factory=Lock)

    def stage(self, **settings: Any) -> Stage[TasksWrite, str, str]:  # noqa: ANN401 - a stage's own
        known: dict[str, Any] = {"name": "bake", "batch": 10, "on_dead": self.buried}
        return Stage(
            **{**known, **settings}, claim=self.claim, perform=self.perform, finish=self.finish
        )

    def claim(self, _: TasksWrite, leases: Leases) -> Sequence[str | None]:
        for lease in leases:
            self._fail_at("claim", lease.entity_id)
        return [
            None if lease.entity_id.startswith("nothing-") else lease.entity_id for lease in leases
        ]

    def perform(self, name: str) -> str:
        with self._lock:
            self.performed.append(name)
        self._fail_at("perform", name)
        if name.startswith("wait-"):
            self.begun.set()
            assert self.gate.wait(MOST_SECONDS)
        return f"{name}, baked"

    def finish(self, tx: TasksWrite, done: Sequence[tuple[str, str]]) -> None:
        for name, outcome in done:
            assert outcome == f"{name}, baked"
            self._fail_at("finish", name)
            tx.tasks.enqueue_once(AFTERWARDS, name, due_at=tx.clock.now() + timedelta(days=1))

    def buried(self, _: TasksWrite, lease: Lease, reason: str) -> None:
        self._fail_at("bury", lease.entity_id)
        self.told_dead.append((lease.entity_id, reason))

    def _fail_at(self, place: str, name: str) -> None:
        if name.startswith(f"{place}-"):
            raise self.error
