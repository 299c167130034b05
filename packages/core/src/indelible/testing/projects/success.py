"""Requirements on a project's latest successful job, which only moves to a newer one."""

from collections.abc import Iterable, Sequence
from functools import partial
from itertools import permutations
from typing import Final

from indelible.app import WriteTx
from indelible.kernel import UsageError
from indelible.projects import SUCCESSFUL, FinishJob, Job, JobStatus, ProjectRepository, finish_job
from indelible.projects.entities.values import DisplayStatus
from indelible.testing.captures.scenarios import code
from indelible.testing.projects.scenarios import (
    OWNER,
    PUSHED,
    ProjectScenario,
    new_project,
    update_status,
)
from indelible.testing.stores import AnyStore, within
from indelible.testing.suite import Suite

ENDS: Final = (JobStatus.COMPLETED, JobStatus.COMPLETED_WITH_WARNINGS, JobStatus.FAILED)


def complete_in_order(
    scenario: ProjectScenario, ends: Sequence[JobStatus], order: Iterable[int]
) -> None:
    """Create a job for each end, then run them in another order, and check after each end.

    The project must point to the newest successful job by creation, from the moment of its end.
    """
    jobs = [scenario.create_job() for _ in ends]
    newest: Job | None = None
    for index in order:
        job = jobs[index]
        scenario.start(job)
        update_status(scenario, job, ends[index])
        is_newer = newest is None or job.number > newest.number
        if ends[index] in SUCCESSFUL and is_newer:
            newest = job
        check_latest(scenario, newest)


def check_latest(scenario: ProjectScenario, newest: Job | None) -> None:
    """Check that the project points to this job, and the store finds the same one."""
    project = scenario.project
    newest_successful = scenario.store.read(
        lambda tx: tx.projects.jobs.newest_successful(scenario.project_id)
    )
    if newest is None:
        assert project.latest_successful_job_id is None
        assert project.latest_successful_job_number is None
        assert newest_successful is None
        return

    assert project.latest_successful_job_id == newest.id
    assert project.latest_successful_job_number == newest.number
    assert newest_successful is not None
    assert newest_successful.entity.id == newest.id


class LatestJobConformance(Suite):
    """Requirements on `latest_successful_job_id`."""

    def test_it_is_the_newest_successful_job_in_every_order_of_completion(
        self, store: AnyStore
    ) -> None:
        for order in permutations(range(3)):
            complete_in_order(new_project(store), ENDS, order)

    def test_it_changes_in_the_transaction_of_the_status(self, store: AnyStore) -> None:
        scenario = new_project(store)
        job = scenario.running_job()
        before = scenario.saved

        def finish_and_crash(tx: WriteTx) -> None:
            finish_job(tx, FinishJob(job_id=job.id, result=PUSHED))
            raise UsageError("a crash before the commit")

        assert code(partial(within, store, finish_and_crash)) == "WRONG_USE"
        assert scenario.details(job).job == job
        assert scenario.saved == before

        scenario.finish(job)
        assert scenario.project.latest_successful_job_id == job.id
        assert scenario.saved.revision.seq == before.revision.seq + 1

    def test_a_failed_job_changes_nothing_of_its_project(self, store: AnyStore) -> None:
        scenario = new_project(store)
        job = scenario.running_job()
        before = scenario.saved
        scenario.fail(job, warnings=("a warning",))

        assert scenario.saved == before

    def test_an_older_job_that_ends_later_changes_nothing_of_its_project(
        self, store: AnyStore
    ) -> None:
        scenario = new_project(store)
        older = scenario.create_job()
        scenario.finish(scenario.running_job())
        before = scenario.saved
        scenario.finish(scenario.start(older))

        assert scenario.saved == before

    def test_a_repeated_update_of_the_latest_job_changes_nothing(self, store: AnyStore) -> None:
        scenario = new_project(store)
        older = scenario.finish(scenario.running_job())
        newer = scenario.finish(scenario.running_job())
        before = scenario.saved
        for job in (newer, older):
            within(store, partial(_update_latest_job, scenario, job))

        assert scenario.saved == before

    def test_only_a_successful_job_of_the_project_can_be_its_latest(self, store: AnyStore) -> None:
        scenario = new_project(store)
        foreign = new_project(store).job_in(JobStatus.COMPLETED)
        failed = scenario.job_in(JobStatus.FAILED)
        running = scenario.running_job()
        for job, expected in (
            (foreign, "JOB_NOT_FOUND"),
            (failed, "JOB_NOT_SUCCESSFUL"),
            (running, "JOB_NOT_SUCCESSFUL"),
        ):
            update = partial(_update_latest_job, scenario, job)
            assert code(partial(within, store, update)) == expected

    def test_the_displayed_status_follows_nodes_and_success(self, store: AnyStore) -> None:
        scenario = new_project(store)
        displayed = [scenario.project.display_status]
        job = scenario.running_job()
        displayed.append(scenario.project.display_status)
        scenario.finish(job)
        displayed.append(scenario.project.display_status)

        assert displayed == list(DisplayStatus)


def _update_latest_job(scenario: ProjectScenario, job: Job, tx: WriteTx) -> object:
    return ProjectRepository(tx).update_latest_job(OWNER, scenario.project_id, job.id)
