"""Worker processes: tasks survive a kill, and SIGTERM lets a process complete its tasks."""

import time
from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from random import Random

import pytest
from tests.conftest import POLICY, copy_cluster, folder
from tests.forks import create_pipe, start_child
from tests.workers.bakery import (
    TIMEOUT_SECONDS,
    TaskStore,
    are_completed,
    connect,
    enqueue,
    get_task,
    wait_until,
)
from tests.workers.bakery_process import work

from indelible_service.embedded import PostgresServer, postgres
from indelible_sql import open_store

pytestmark = pytest.mark.slow


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    if request.param == "sqlite":
        sqlite_url: str = request.getfixturevalue("sqlite_url")
        return sqlite_url

    server: PostgresServer = request.getfixturevalue("database")
    return server.url


@pytest.fixture
def store(url: str) -> Generator[TaskStore]:
    opened = open_store(url, policy=POLICY)
    yield opened
    opened.dispose()


@contextmanager
def run_process(url: str, redis: str, seconds: float, path: Path) -> Generator[ForkServerProcess]:
    """Run a worker process, which is at work already, and kill it afterwards."""
    ours, theirs = create_pipe()
    process = start_child(work, url, redis, seconds, path, theirs)
    theirs.close()
    with ours:
        try:
            assert ours.poll(TIMEOUT_SECONDS)
            assert ours.recv() == "at work"
            yield process
        finally:
            process.kill()
            process.join()


def terminate(process: ForkServerProcess) -> None:
    """Stop a process by SIGTERM, and check that it has ended as it should."""
    process.terminate()
    process.join(TIMEOUT_SECONDS)
    assert process.exitcode == 0


def output(path: Path) -> Counter[str]:
    return Counter(path.read_text().splitlines()) if path.exists() else Counter()


def test_tasks_of_a_killed_process_are_completed_by_another(
    url: str, store: TaskStore, redis_url: str, tmp_path: Path
) -> None:
    path = tmp_path / "output"
    enqueue(store, "loaf")
    with run_process(url, redis_url, 60, path) as first:
        wait_until(lambda: output(path)["started loaf"] == 1)
        time.sleep(2.5)  # longer than the lease: it is extended
        first.kill()
        first.join()
    with run_process(url, redis_url, 0, path):
        wait_until(lambda: are_completed(store, "loaf"))

    assert output(path) == {"started loaf": 2, "done loaf": 1}
    assert get_task(store, "loaf").fence == 2


def test_a_stopped_process_completes_its_tasks_and_claims_no_more(
    url: str, store: TaskStore, redis_url: str, tmp_path: Path
) -> None:
    path = tmp_path / "output"
    enqueue(store, *(f"loaf-{number}" for number in range(6)))
    with run_process(url, redis_url, 1.0, path) as process:
        wait_until(lambda: len(output(path)) >= 2)
        terminate(process)

    done = [line.removeprefix("done ") for line in output(path) if line.startswith("done")]
    assert 1 <= len(done) <= 2
    assert are_completed(store, *done)
    assert {
        name.removeprefix("started ") for name in output(path) if name.startswith("started")
    } == set(done)
    waiting = [f"loaf-{number}" for number in range(6) if f"loaf-{number}" not in done]
    assert {get_task(store, name).lease_owner for name in waiting} == {None}


def test_all_tasks_are_completed_although_processes_are_killed_and_redis_is_flushed(
    url: str, store: TaskStore, redis_url: str, tmp_path: Path
) -> None:
    path, chance = tmp_path / "output", Random(5)  # noqa: S311 - which one is killed is no secret
    names = [f"loaf-{number:02}" for number in range(60)]
    enqueue(store, *names)
    with connect(redis_url) as client:
        for _ in range(5):
            with (
                run_process(url, redis_url, 0.02, path) as one,
                run_process(url, redis_url, 0.02, path) as other,
            ):
                time.sleep(chance.random() / 2)
                chance.choice((one, other)).kill()
                client.flushall()
        with run_process(url, redis_url, 0, path):
            wait_until(lambda: are_completed(store, *names))

    assert all(output(path)[f"done {name}"] >= 1 for name in names)
    assert {get_task(store, name).due_at for name in names} == {None}


def test_workers_continue_after_postgresql_was_killed_and_restarted(
    cluster: Path, tmp_path: Path
) -> None:
    path = tmp_path / "output"
    with folder() as directory, postgres(copy_cluster(cluster, directory), durable=False) as first:
        store = open_store(first.url, policy=POLICY)
        store.upgrade(first.owner_url)
        enqueue(store, "loaf")
        store.dispose()
        with run_process(first.url, "", 0.5, path) as process:
            wait_until(lambda: output(path)["started loaf"] == 1)
            first.child.kill()
            first.child.wait()
            time.sleep(1.5)
            with postgres(directory, durable=False, port=first.port) as second:
                store = open_store(second.url, policy=POLICY)
                wait_until(lambda: are_completed(store, "loaf"))
                enqueue(store, "second")
                wait_until(lambda: are_completed(store, "second"))
                store.dispose()
                terminate(process)
