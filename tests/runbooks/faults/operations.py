"""Faults of what every installation has: tasks, subscribers, workers and the API."""

from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Final

from sqlalchemy import make_url
from tests.runbooks.bed import OPERATOR, Installation, small_plan
from tests.runbooks.scenarios import scenario

from indelible.contests.lifecycle import EntryStatus
from indelible.kernel.silence import Subject, SubjectKind, subject_states
from indelible.kernel.stages import PauseStage, PermanentFailure, pause_stage
from indelible.kernel.subscribers import FOLLOW_FEED
from indelible.kernel.task_commands import CancelTask, cancel_task
from indelible.kernel.task_lists import TaskFilter
from indelible.kernel.tasks import TaskState
from indelible.money.rules.stages import RECORD_FEE_STAGE
from indelible.reactions import SUBSCRIBER_NAME
from indelible_service.backups.programs import connected
from indelible_service.simulation.databases import DatabaseKind
from indelible_service.simulation.plan import HOUR, MINUTE, PlannedProject
from indelible_sql import open_store
from indelible_web.http.admin import find_tasks

DEFECT: Final = PermanentFailure("a defect of the release")
PAUSED: Final = "sweep_payouts"
SCRIPT: Final = "analysis"
UNUSED: Final = "letters"  # a stage that no process has
# With a project the plan has a worker for each recurring task; the alerts miss one without.
PROJECT: Final = PlannedProject(name="site", user="builder", at=10 * MINUTE)
whole_plan = partial(small_plan, projects=(PROJECT,))


@scenario(
    "46-feed-blocked",
    "FeedBlocked",
    plan=whole_plan,
    database=DatabaseKind.POSTGRESQL,
    ends_by_itself=True,
)
def a_person_leaves_a_transaction_open(installation: Installation) -> Iterator[None]:
    installation.run_until(30 * MINUTE)
    with ExitStack() as session:
        session.enter_context(open_transaction(installation))
        installation.run_until(2 * HOUR)  # entries have been made, and were paid
        assert entry_statuses(installation) == [EntryStatus.PENDING_PAYMENT] * 3
        installation.at(installation.seconds + 10 * MINUTE, session.close)

        yield

    assert entry_statuses(installation) == [EntryStatus.ACTIVE] * 3


@scenario("47-dead-task", "DeadTasks", plan=whole_plan)
def a_defect_lets_the_tasks_of_a_stage_die(installation: Installation) -> Iterator[None]:
    withdraw = installation.break_stage(RECORD_FEE_STAGE, DEFECT)
    installation.run_until(2 * HOUR)
    assert count(installation, RECORD_FEE_STAGE, TaskState.DEAD) == 3
    withdraw()

    yield

    assert count(installation, RECORD_FEE_STAGE, TaskState.DEAD) == 0
    assert count(installation, RECORD_FEE_STAGE, TaskState.COMPLETED) == 3


@scenario("48-subscriber-stopped", "OutboxLag", "SubscriberStopped", plan=whole_plan)
def the_task_of_the_reactions_is_canceled(installation: Installation) -> Iterator[None]:
    installation.run_until(30 * MINUTE)
    command = CancelTask(stage=FOLLOW_FEED, entity_id=SUBSCRIBER_NAME)
    act(installation, cancel_task, command)
    installation.run_until(2 * HOUR)  # entries have been made and paid

    yield

    assert entry_statuses(installation) == [EntryStatus.ACTIVE] * 3


@scenario("49-subject-silent", "SubjectSilent", plan=whole_plan)
def a_stage_stays_paused(installation: Installation) -> Iterator[None]:
    installation.run_until(2 * HOUR)
    act(installation, pause_stage, PauseStage(stage=PAUSED))
    installation.run_for(3 * HOUR)

    yield

    assert count(installation, PAUSED, TaskState.COMPLETED) == 1


@scenario("50-backup-missing", "BackupMissing", plan=whole_plan)
def the_nightly_backup_is_not_made(installation: Installation) -> Iterator[None]:
    with installation.lock, installation.store.transaction(actor=OPERATOR, reason="start") as tx:
        tx.subjects.declare((Subject.of_backup(26 * HOUR),))
    back_up(installation)
    installation.run_for(27 * HOUR)
    repaired_at = installation.now
    installation.at(installation.seconds + 3 * HOUR, lambda: back_up(installation))

    yield

    states = installation.store.read(subject_states)
    (backup,) = [state for state in states if state.kind is SubjectKind.BACKUP]
    assert backup.succeeded_at is not None
    assert backup.succeeded_at > repaired_at


@contextmanager
def open_transaction(installation: Installation) -> Generator[None]:
    """Keep a transaction of a program with a role of its own open, after one change.

    The server ends those of the application's role after half a minute.
    """
    database = installation.simulation.around.database
    with connected(database.backup_url) as admin:
        admin.execute(f"CREATE ROLE {SCRIPT} LOGIN IN ROLE indelible_app".encode())
    url = make_url(database.url).set(username=SCRIPT, query={"application_name": SCRIPT})
    with database.real_time():
        store = open_store(
            url.render_as_string(hide_password=False), clock=installation.simulation.around.clock
        )
        store.read(lambda _: None)
    try:
        with store.transaction(actor=OPERATOR, reason="by hand") as tx:
            pause_stage(tx, PauseStage(stage=UNUSED))
            yield
    finally:
        store.dispose()


def entry_statuses(installation: Installation) -> list[EntryStatus]:
    """Return the statuses of the planned entries."""
    ids = installation.simulation.people.entry_ids.values()
    entries = installation.store.read(lambda tx: [tx.contests.entries.get(one) for one in ids])
    return [entry.entity.status for entry in entries]


def back_up(installation: Installation) -> None:
    """Store that a backup has succeeded, as the command does at its end."""
    with installation.lock, installation.store.transaction(actor=OPERATOR, reason="backup") as tx:
        tx.subjects.record_success(Subject.of_backup())


def act(installation: Installation, handler: Callable[..., object], command: object) -> None:
    """Run a command of an operator who makes a mistake."""
    with installation.lock:
        installation.store.run(handler, command, actor=OPERATOR, reason="by mistake")


def count(installation: Installation, stage: str, state: TaskState) -> int:
    """Return the number of tasks of a stage in a state, at most 100."""
    tasks = installation.store.read(
        find_tasks,
        TaskFilter(stage=stage, state=state),
        now=installation.now,
        after="",
        limit=100,
    )
    return len(tasks)
