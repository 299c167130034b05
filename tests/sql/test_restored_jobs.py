"""A job whose push a restored database has forgotten: its commit is found, and no other is made."""

import sqlite3
from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from attrs import evolve
from tests.conftest import POLICY
from tests.project_jobs import AheadClock, JobSetup, push_as_somebody

from indelible.projects.lifecycle import JobStatus
from indelible.projects.tasks.observers import PushOutcome
from indelible_sql import SqlStore, open_store

pytestmark = pytest.mark.slow


@contextmanager
def opened(file: Path, clock: AheadClock) -> Generator[SqlStore]:
    store = open_store(f"sqlite:///{file}", clock=clock, policy=POLICY)
    yield store
    store.dispose()


@pytest.mark.parametrize("is_first_job", [True, False])
def test_a_forgotten_push_is_found_behind_the_push_of_somebody_else(
    tmp_path: Path, *, is_first_job: bool
) -> None:
    clock = AheadClock()
    lost, restored = tmp_path / "lost.db", tmp_path / "restored.db"
    with opened(lost, clock) as store:
        store.upgrade()
        setup = JobSetup(store=store, folder=tmp_path, clock=clock)
        project = setup.project()
        if not is_first_job:
            setup.job(project)
            setup.process()
        job = setup.job(project, name="Fruit and Vegetables")
        with closing(sqlite3.connect(lost)) as source, closing(sqlite3.connect(restored)) as copy:
            source.backup(copy)
        setup.process()
        (commit,) = setup.commits_of(project, job)
        repository = setup.repository(project)
    push_as_somebody(repository, tmp_path, "README.md")

    with opened(restored, clock) as store:
        again = evolve(setup, store=store)
        again.process()

        done = again.details(job).job
        assert done.status is JobStatus.COMPLETED
        assert done.result is not None
        assert done.result.commit == commit
        assert again.commits_of(project, job) == [commit]
        assert setup.observer.pushes[-1] is PushOutcome.PUSHED_BEFORE
