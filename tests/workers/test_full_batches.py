"""A full batch wakes its stage again; a batch with room has taken what was ready."""

from typing import Any

import pytest
from dramatiq.brokers.stub import StubBroker
from tests.workers.bakery import WORKER, Bakery, TaskStore, enqueue

from indelible_workers import Worker
from indelible_workers.wakeups.messages import queue_name
from indelible_workers.wakeups.threads import register_actors


@pytest.mark.parametrize("store", ["memory"], indirect=True)
@pytest.mark.parametrize(("ready", "wakeups"), [(1, 0), (2, 1), (3, 1)])
def test_only_a_full_batch_sends_another_wakeup(
    store: TaskStore, bakery: Bakery, ready: int, wakeups: int
) -> None:
    stage = bakery.stage(batch=2)
    queue = queue_name(stage.name)
    enqueue(store, *(f"loaf-{number}" for number in range(ready)))
    broker: Any = StubBroker(middleware=[])
    worker = Worker(store=store, actor=WORKER)
    register_actors(broker, worker, {stage.name: stage})

    with worker.heartbeat():
        broker.actors[queue].fn()

    assert broker.queues[queue].qsize() == wakeups
    assert len(bakery.performed) == min(ready, 2)
