"""A worker that is killed at a failpoint of a stage loses no task and finishes none twice."""

import signal
from collections.abc import Generator
from pathlib import Path
from typing import Final

import pytest
from tests.conftest import POLICY
from tests.forks import start_child
from tests.workers.bakery import (
    TIMEOUT_SECONDS,
    WORKER,
    TaskStore,
    are_completed,
    attempts,
    enqueue,
    get_task,
    wait_until,
)
from tests.workers.failpoint_process import (
    RELEASING,
    Journal,
    JournaledStage,
    is_done,
    process_until_empty,
    work_and_die,
)

from indelible.kernel.tasks import AttemptOutcome
from indelible_service.embedded import PostgresServer
from indelible_sql import open_store, verify
from indelible_workers import Worker
from indelible_workers.processing.failpoints import StageFailpoint

pytestmark = pytest.mark.slow

FAILING: Final = (
    StageFailpoint.BEFORE_FAILURE_RECORD,
    StageFailpoint.BEFORE_FAILURE_COMMIT,
    StageFailpoint.AFTER_FAILURE_RECORD,
)
NAMES: Final = {
    "completed": ("loaf-1", "loaf-2"),
    "postponed": ("postpone-1", "loaf-2"),
    "retried": ("retry-1", "loaf-2"),
}
# The failpoints before which nothing is performed.
UNPERFORMED: Final = (
    StageFailpoint.BEFORE_CLAIM,
    StageFailpoint.BEFORE_CLAIM_COMMIT,
    StageFailpoint.AFTER_CLAIM,
    StageFailpoint.BEFORE_PERFORM,
)


def kills() -> Generator[tuple[StageFailpoint, str, int]]:
    """Yield each failpoint with the names of tasks that reach it, and the size of the batch."""
    for point in StageFailpoint:
        if point in FAILING:
            for kind in ("postponed", "retried"):
                yield point, kind, 1
                yield point, kind, 10
        elif point in RELEASING:
            yield point, "completed", 10
        else:
            yield point, "completed", 1
            yield point, "completed", 10


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    if request.param == "sqlite":
        sqlite_url: str = request.getfixturevalue("sqlite_url")
        return sqlite_url

    server: PostgresServer = request.getfixturevalue("database")
    return server.url


def kill(url: str, point: StageFailpoint, batch: int, path: Path) -> None:
    """Run a worker process until it has killed itself at the failpoint."""
    process = start_child(work_and_die, url, point.name, batch, path)
    process.join(TIMEOUT_SECONDS)
    assert process.exitcode == -signal.SIGKILL


def recover(store: TaskStore, names: tuple[str, ...], batch: int, journal: Journal) -> None:
    """Process the tasks with a worker that nobody kills."""
    worker = Worker(store=store, actor=WORKER)
    stage = JournaledStage(journal).stage(batch)

    def are_done() -> bool:
        process_until_empty(store, worker, stage)
        return all(is_done(store, name) for name in names)

    with worker.heartbeat():
        wait_until(are_done)


@pytest.mark.parametrize(("point", "kind", "batch"), tuple(kills()))
def test_a_kill_at_a_failpoint_loses_no_task_and_finishes_none_twice(
    url: str, point: StageFailpoint, kind: str, batch: int, tmp_path: Path
) -> None:
    names = NAMES[kind]
    journal = Journal(tmp_path / "journal")
    store = open_store(url, policy=POLICY)
    enqueue(store, *names)
    kill(url, point, batch, journal.path)
    performed_before = [journal.count("performed", name) for name in names]
    recover(store, names, batch, journal)

    assert are_completed(store, *names)
    assert [journal.count("finished again", name) for name in names] == [0, 0]
    assert [task for task in names if get_task(store, task).dead_reason] == []
    assert verify(store) == ()
    if point in UNPERFORMED:
        assert performed_before == [0, 0]
        assert [journal.count("performed", name) for name in names] == [1, 1]
    if point is StageFailpoint.AFTER_FINISH:
        assert [journal.count("performed", name) for name in names] == [1, 1]
    store.dispose()


def test_a_postponement_that_was_committed_counts_no_attempt_after_a_kill(
    url: str, tmp_path: Path
) -> None:
    store = open_store(url, policy=POLICY)
    enqueue(store, "postpone-1")
    kill(url, StageFailpoint.AFTER_FAILURE_RECORD, 10, tmp_path / "journal")

    task = get_task(store, "postpone-1")
    assert (task.attempts, task.lease_owner, attempts(store, "postpone-1")) == (0, None, ())
    store.dispose()


def test_a_failure_that_was_not_committed_is_no_failure_after_a_kill(
    url: str, tmp_path: Path
) -> None:
    store = open_store(url, policy=POLICY)
    enqueue(store, "retry-1")
    kill(url, StageFailpoint.BEFORE_FAILURE_COMMIT, 1, tmp_path / "journal")

    assert get_task(store, "retry-1").lease_owner == WORKER
    outcomes = [attempt.outcome for attempt in attempts(store, "retry-1")]
    assert outcomes == [AttemptOutcome.STARTED]
    store.dispose()
