"""Enqueued tasks go to PostgreSQL with a handler's next statement, or with COMMIT."""

from collections.abc import Callable, Generator
from typing import TypeVar

import pytest
from tests.sql.conftest import code, opened_through
from tests.sql.faults import as_admin
from tests.sql.proxy import Fault, Proxy

from indelible.kernel.stages import PauseStage, pause_stage
from indelible.kernel.task_commands import ClaimTasks, EnqueueTask, claim_tasks, enqueue_task
from indelible.kernel.task_errors import TaskNotFound
from indelible.projects.commands import CreateJob, CreateProject
from indelible.projects.entities.projects import Project
from indelible.projects.handlers.jobs import create_job
from indelible.projects.handlers.projects import create_project
from indelible.projects.rules.tasks import PROCESS_JOB_STAGE
from indelible.testing.kernel.task_runs import MAILS, task_of
from indelible.testing.projects.scenarios import OWNER, make_spec
from indelible.testing.stores import BEGINNING, LEASE_END, MAYA, do
from indelible_service.embedded import PostgresServer
from indelible_sql import SqlStore, SqlTransaction

WHY = "a test"
COMMAND = EnqueueTask(stage=MAILS, entity_id="letter", due_at=BEGINNING)
REFUSE = "ALTER TABLE indelible.tasks ADD CHECK (entity_id <> 'refused') NOT VALID"
R = TypeVar("R")


@pytest.fixture
def store(database: PostgresServer, proxy: Proxy) -> Generator[SqlStore]:
    """Yield a store with one connection that writes, so that a command meets what one has left."""
    with opened_through(proxy, database.url, size=1, overflow=0) as store:
        yield store


def run(store: SqlStore, handler: Callable[[SqlTransaction, None], R]) -> R:
    return store.run(handler, None, actor=MAYA, reason=WHY)


def count(store: SqlStore) -> int:
    return len(store.feed(limit=1_000).changes)


def test_a_handler_sees_what_it_has_enqueued(store: SqlStore) -> None:
    def enqueue_and_claim(tx: SqlTransaction, _: None) -> list[str]:
        enqueue_task(tx, COMMAND)
        return [lease.entity_id for lease in tx.tasks.claim("work", limit=2, until=LEASE_END)]

    assert run(store, enqueue_and_claim) == ["letter"]


@pytest.mark.slow
@pytest.mark.parametrize(("fault", "is_stored"), [(Fault.CUT, False), (Fault.SWALLOW, True)])
def test_a_lost_reply_to_a_task_alone_is_an_unknown_outcome(
    store: SqlStore, proxy: Proxy, fault: Fault, *, is_stored: bool
) -> None:
    """A task may have been completed and enqueued again meanwhile: nothing can be looked up."""
    proxy.plan(fault)

    assert code(do, store, enqueue_task, COMMAND) == "OUTCOME_UNKNOWN"
    assert proxy.hits == 1
    if is_stored:
        assert task_of(store, "letter").due_at == BEGINNING
    else:
        with pytest.raises(TaskNotFound):
            task_of(store, "letter")


@pytest.mark.parametrize("fault", [Fault.CUT, Fault.SWALLOW])
def test_a_lost_reply_to_a_task_with_a_change_is_looked_up(
    store: SqlStore, proxy: Proxy, fault: Fault
) -> None:
    def enqueue_and_pause(tx: SqlTransaction, _: None) -> None:
        enqueue_task(tx, COMMAND)
        pause_stage(tx, PauseStage(stage="work"))

    proxy.plan(fault)
    run(store, enqueue_and_pause)

    assert proxy.hits == 1
    assert count(store) == 1
    assert task_of(store, "letter").due_at == BEGINNING


@pytest.mark.slow
def test_a_refused_task_takes_its_neighbors_with_it(
    store: SqlStore, database: PostgresServer
) -> None:
    def enqueue_both(tx: SqlTransaction, _: None) -> None:
        pause_stage(tx, PauseStage(stage="before"))
        tx.tasks.enqueue("work", {"letter": BEGINNING})
        tx.tasks.enqueue("work", {"refused": BEGINNING})
        tx.tasks.enqueue("work", {"behind": BEGINNING})

    def enqueue_at_once(tx: SqlTransaction, _: None) -> None:
        assert tx.connection.in_transaction()
        enqueue_both(tx, None)

    with as_admin(database) as admin:
        admin.execute(REFUSE)
    collected = code(run, store, enqueue_both)

    assert collected == code(run, store, enqueue_at_once) != ""
    assert count(store) == 0
    with pytest.raises(TaskNotFound):
        task_of(store, "letter")
    # The connection is in no failed transaction.
    do(store, enqueue_task, COMMAND)


@pytest.mark.slow
def test_a_refused_task_keeps_its_code_among_reads(
    store: SqlStore, database: PostgresServer
) -> None:
    def ask_and_read(tx: SqlTransaction, _: None) -> None:
        tx.tasks.enqueue("work", {"refused": BEGINNING})
        tx.read_together(lambda: tx.has_written, lambda: tx.keys.page(after="", limit=9))

    with as_admin(database) as admin:
        admin.execute(REFUSE)

    assert code(run, store, ask_and_read) == "REFUSED_BY_GUARD"
    do(store, enqueue_task, COMMAND)


@pytest.mark.slow
def test_a_task_of_a_new_aggregate_goes_with_it(store: SqlStore) -> None:
    project = do(store, create_project, CreateProject(user_id=OWNER, name="Shop")).entity
    job = do(store, create_job, job_of(project)).entity

    (lease,) = do(store, claim_tasks, ClaimTasks(stage=PROCESS_JOB_STAGE, limit=2))
    assert lease.entity_id == job.id


@pytest.mark.slow
def test_a_task_of_an_aggregate_that_the_host_has_undone_is_refused(store: SqlStore) -> None:
    project = do(store, create_project, CreateProject(user_id=OWNER, name="Shop")).entity

    def undo_and_enqueue(tx: SqlTransaction, _: None) -> None:
        savepoint = tx.connection.begin_nested()
        job = create_job(tx, job_of(project)).entity
        savepoint.rollback()
        tx.tasks.enqueue(PROCESS_JOB_STAGE, {job.id: job.created_at})

    assert code(run, store, undo_and_enqueue) == "TASK_ENTITY_NOT_FOUND"
    assert count(store) == 1


def test_a_task_of_a_refused_aggregate_is_not_stored(
    store: SqlStore, database: PostgresServer
) -> None:
    """The task is sent with the aggregate, without a question whether it is there."""
    project = do(store, create_project, CreateProject(user_id=OWNER, name="Shop")).entity
    with as_admin(database) as admin:
        admin.execute("ALTER TABLE indelible.jobs ADD CHECK (number > 9) NOT VALID")

    assert code(do, store, create_job, job_of(project)) == "REFUSED_BY_GUARD"
    assert count(store) == 1
    assert do(store, claim_tasks, ClaimTasks(stage=PROCESS_JOB_STAGE, limit=2)) == ()


def job_of(project: Project) -> CreateJob:
    return CreateJob(user_id=OWNER, project_id=project.id, architecture_spec=make_spec())
