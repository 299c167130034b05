"""A worker reports the threads that hung tasks occupy, where the console can read it."""

from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve
from tests.workers.bakery import (
    TIMEOUT_SECONDS,
    WORKER,
    Bakery,
    TaskStore,
    enqueue,
    hanging,
    start_batch,
    wait_until,
)

from indelible.kernel import StoreUnreachable
from indelible.kernel.hung_threads import HUNG_SECONDS, HungThreads
from indelible_workers import Worker, run_workers
from indelible_workers.threads import hung_threads
from indelible_workers.threads.hung_threads import process_name

AGES_AGO = timedelta(days=3_650)


def live(store: TaskStore) -> tuple[HungThreads, ...]:
    """Return the reports that have not expired."""
    with store.transaction(actor=WORKER, reason="a test") as tx:
        return tx.tasks.hung_threads(tx.clock.now())


def stored(store: TaskStore) -> tuple[HungThreads, ...]:
    """Return all reports, also those that have expired."""
    with store.transaction(actor=WORKER, reason="a test") as tx:
        return tx.tasks.hung_threads(tx.clock.now() - AGES_AGO)


def test_hung_threads_are_reported_until_they_are_free(store: TaskStore, bakery: Bakery) -> None:
    enqueue(store, "hang-1", "hang-2")
    worker = Worker(store=store, actor=WORKER)
    stages = {"bake": hanging(bakery, batch=1, timeout_seconds=1, concurrency=2)}
    with run_workers(worker, stages, threads=3, dispatch_seconds=0.1):
        wait_until(lambda: [report.threads for report in live(store)] == [2])
        (report,) = live(store)
        assert (report.stage, report.process) == ("bake", process_name())
        assert report.since < report.expires_at
        (stats,) = [
            stats
            for stats in store.read(lambda tx: tx.tasks.backlogs(worker.clock.now()))
            if stats.stage == "bake"
        ]
        assert stats.hung_threads == 2

        bakery.gate.set()
        wait_until(lambda: not live(store))
        worker.stop()


@pytest.mark.dose
def test_a_worker_that_ends_ends_its_reports(store: TaskStore, bakery: Bakery) -> None:
    enqueue(store, "hang-on")
    worker = Worker(store=store, actor=WORKER)
    stage = hanging(bakery, batch=1, timeout_seconds=1)
    with worker.heartbeat():
        thread = start_batch(worker, stage)
        wait_until(lambda: len(live(store)) == 1)

    assert thread.is_alive()
    assert live(store) == ()
    bakery.gate.set()
    thread.join(TIMEOUT_SECONDS)


@pytest.mark.dose
def test_a_report_is_renewed_before_it_expires(
    store: TaskStore, bakery: Bakery, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hung_threads, "RENEWAL_SECONDS", 0.3)
    enqueue(store, "hang-on")
    worker = Worker(store=store, actor=WORKER)
    with worker.heartbeat():
        thread = start_batch(worker, hanging(bakery, batch=1, timeout_seconds=1))
        wait_until(lambda: len(live(store)) == 1)
        (first,) = live(store)
        wait_until(lambda: live(store)[0].expires_at > first.expires_at)
        (renewed,) = live(store)
        bakery.gate.set()
        thread.join(TIMEOUT_SECONDS)

    assert evolve(renewed, expires_at=first.expires_at) == first


@pytest.mark.dose
def test_the_report_of_a_process_that_was_killed_is_deleted_when_it_has_expired(
    store: TaskStore, bakery: Bakery
) -> None:
    with store.transaction(actor=WORKER, reason="a test") as tx:
        since = tx.clock.now() - timedelta(seconds=2 * HUNG_SECONDS)
        end = since + timedelta(seconds=HUNG_SECONDS)
        killed = HungThreads(
            stage="bake", process="killed:1", threads=1, since=since, expires_at=end
        )
        tx.tasks.report_hung_threads(killed)
    assert stored(store) == (killed,)

    enqueue(store, "hang-on")
    worker = Worker(store=store, actor=WORKER)
    with worker.heartbeat():
        thread = start_batch(worker, hanging(bakery, batch=1, timeout_seconds=1))
        wait_until(lambda: [report.process for report in stored(store)] == [process_name()])
        bakery.gate.set()
        thread.join(TIMEOUT_SECONDS)


@pytest.mark.dose
def test_a_report_is_written_although_the_database_is_unavailable_at_first(
    store: TaskStore, bakery: Bakery, monkeypatch: pytest.MonkeyPatch
) -> None:
    transaction = store.transaction
    failures: list[str] = []

    def fail_twice(**words: Any) -> Any:  # noqa: ANN401 - the store's own
        if words["reason"] == hung_threads.REASON and len(failures) < 2:
            failures.append(words["reason"])
            raise StoreUnreachable("a test")
        return transaction(**words)

    monkeypatch.setattr(type(store), "transaction", staticmethod(fail_twice))
    enqueue(store, "hang-on")
    worker = Worker(store=store, actor=WORKER)
    with worker.heartbeat():
        thread = start_batch(worker, hanging(bakery, batch=1, timeout_seconds=1))
        wait_until(lambda: len(live(store)) == 1)
        bakery.gate.set()
        thread.join(TIMEOUT_SECONDS)

    assert len(failures) == 2


@pytest.mark.dose
def test_a_worker_without_hung_threads_writes_no_report(
    store: TaskStore, bakery: Bakery, monkeypatch: pytest.MonkeyPatch
) -> None:
    reasons: list[str] = []
    transaction = store.transaction

    def note(**words: Any) -> Any:  # noqa: ANN401 - the store's own
        reasons.append(words["reason"])
        return transaction(**words)

    enqueue(store, "loaf")
    worker = Worker(store=store, actor=WORKER)
    monkeypatch.setattr(type(store), "transaction", staticmethod(note))
    with worker.heartbeat():
        start_batch(worker, bakery.stage(batch=1)).join(TIMEOUT_SECONDS)

    assert reasons
    assert hung_threads.REASON not in reasons


@pytest.mark.dose
def test_processes_with_one_host_name_and_number_have_different_names() -> None:
    name = process_name()
    process_name.cache_clear()  # what a process in another container has not cached
    host_and_number, _, _ = name.rpartition(":")

    assert process_name().startswith(f"{host_and_number}:")
    assert process_name() != name
    assert process_name() == process_name()
