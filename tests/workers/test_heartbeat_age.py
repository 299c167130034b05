"""The age of a worker's heartbeat grows while its rounds fail, and falls with each good one."""

import time

import pytest
from tests.workers.bakery import WORKER, TaskStore, wait_until

from indelible_workers import Worker
from indelible_workers.threads.hung_threads import HungThreadReporter

NAME = "indelible_worker_heartbeat_age_seconds"


def age(worker: Worker) -> float:
    """Return the age that the worker's metric has."""
    value = worker.registry.get_sample_value(NAME)
    assert value is not None
    return value


@pytest.mark.parametrize("store", ["memory"], indirect=True)
def test_the_age_of_a_heartbeat_falls_with_each_round(store: TaskStore) -> None:
    worker = Worker(store=store, actor=WORKER)
    time.sleep(0.1)
    before = age(worker)

    with worker.heartbeat():
        wait_until(lambda: age(worker) < before)


@pytest.mark.parametrize("store", ["memory"], indirect=True)
def test_the_age_of_a_heartbeat_grows_while_its_rounds_fail(
    store: TaskStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    rounds: list[float] = []

    def fail(_: HungThreadReporter) -> None:
        rounds.append(time.monotonic())
        raise OSError("the database does not answer")

    monkeypatch.setattr(HungThreadReporter, "report_due", fail)
    worker = Worker(store=store, actor=WORKER)
    started = time.monotonic()

    with worker.heartbeat():
        wait_until(lambda: len(rounds) >= 3)
        assert age(worker) >= rounds[-1] - started
