"""The workspace of a job is deleted at its end, or by the janitor."""

import shutil
from pathlib import Path

import pytest
from tests.project_jobs import WORKER, JobSetup, git

from indelible.projects import errors
from indelible.projects.entities.values import Phase
from indelible.projects.lifecycle import JobStatus
from indelible.projects.ports import Workspace
from indelible.projects.rules.tasks import PROCESS_JOB_STAGE
from indelible.projects.tasks.failpoints import JobFailpoint
from indelible_git import FolderWorkspaces
from indelible_git.workspaces import MARKER_FILE

LEASE_SECONDS = 60


def test_a_stale_workspace_is_deleted_with_one_warning(setup: JobSetup) -> None:
    project = setup.project()
    job = setup.job(project)
    stale = setup.workspaces.create(job.id)
    (stale.path / "left over").write_text("of a worker that was killed")

    setup.process()

    done = setup.details(job)
    assert done.job.status is JobStatus.COMPLETED_WITH_WARNINGS
    assert done.warnings == ("A stale workspace of an earlier attempt was deleted.",)
    assert len(setup.commits_of(project, job)) == 1


class KeptWorkspaces:
    """Workspaces that cannot be deleted, as of a folder without permissions."""

    def __init__(self, workspaces: FolderWorkspaces) -> None:
        self._workspaces = workspaces

    def create(self, job_id: str) -> Workspace:
        return self._workspaces.create(job_id)

    def remove(self, job_id: str) -> None:
        raise errors.WorkspaceNotRemoved(job_id, "Permission denied")

    def job_ids(self) -> tuple[str, ...]:
        return self._workspaces.job_ids()

    def unmarked_job_ids(self) -> tuple[str, ...]:
        return self._workspaces.unmarked_job_ids()


def test_a_failed_cleanup_is_counted_and_changes_nothing_in_the_job(setup: JobSetup) -> None:
    job = setup.job(setup.project())

    setup.process(workspaces=KeptWorkspaces(setup.workspaces))
    left = setup.workspace_names()
    setup.clean()

    done = setup.details(job)
    assert (done.job.status, done.warnings) == (JobStatus.COMPLETED, ())
    assert setup.observer.cleanup_failures == 1
    assert left == [job.id]
    assert setup.workspace_names() == []


def test_the_janitor_leaves_the_workspace_of_a_running_job(setup: JobSetup) -> None:
    job = setup.job(setup.project())
    seen: list[list[str]] = []

    def clean(failpoint: JobFailpoint) -> None:
        if failpoint is JobFailpoint.AFTER_WORKSPACE:
            setup.clean()
            seen.append(setup.workspace_names())

    setup.process(at_failpoint=clean)

    assert seen == [[job.id]]
    assert setup.details(job).job.status is JobStatus.COMPLETED


def test_the_janitor_deletes_the_workspace_of_an_expired_lease(setup: JobSetup) -> None:
    job = setup.job(setup.project())
    with setup.store.transaction(actor=WORKER, reason="a claim") as tx:
        leases = tx.tasks.claim(PROCESS_JOB_STAGE, limit=1, until=tx.clock.now())
        setup.processor().claim(tx, leases)
    setup.workspaces.create(job.id)
    unknown = "01a2045b-0000-7000-8000-000000000000"
    setup.workspaces.create(unknown)
    foreign = FolderWorkspaces(root=setup.workspaces.root, database_id="other", min_free_bytes=0)
    foreign.create("of-another-database")
    setup.clock.advance(LEASE_SECONDS)

    setup.clean()

    assert setup.workspace_names() == ["of-another-database"]


def test_a_worker_that_lost_its_lease_writes_nothing_and_leaves_the_workspace(
    setup: JobSetup,
) -> None:
    project = setup.project()
    job = setup.job(project)
    seen: list[list[str]] = []

    def take_over(failpoint: JobFailpoint) -> None:
        if failpoint is JobFailpoint.AFTER_COMMIT and not seen:
            seen.append([])
            with setup.store.transaction(actor=WORKER, reason="the lease expires") as tx:
                setup.clock.advance(LEASE_SECONDS + 1)
                until = tx.clock.now()
                tx.tasks.claim(PROCESS_JOB_STAGE, limit=1, until=until + (until - job.created_at))
        if failpoint is JobFailpoint.AFTER_CLEANUP:
            seen.append(setup.workspace_names())

    setup.process(at_failpoint=take_over)

    assert seen == [[], [job.id]]
    assert setup.details(job).job.status is JobStatus.RUNNING
    assert git(setup.repository(project), "for-each-ref") == ""


def test_a_job_fails_where_the_root_of_workspaces_is_a_link(
    setup: JobSetup, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir(mode=0o700)
    setup.workspaces.root.symlink_to(elsewhere)
    job = setup.job(setup.project())

    setup.process()

    failed = setup.details(job).job
    assert failed.status is JobStatus.FAILED
    assert "symbolic link" in (failed.failure_reason or "")
    assert list(elsewhere.iterdir()) == []


def test_a_job_fails_where_its_folder_belongs_to_another_database(setup: JobSetup) -> None:
    job = setup.job(setup.project())
    foreign = FolderWorkspaces(root=setup.workspaces.root, database_id="other", min_free_bytes=0)
    kept = foreign.create(job.id).path / "kept"
    kept.write_text("of another database")

    setup.process()

    failed = setup.details(job).job
    assert failed.status is JobStatus.FAILED
    assert "marker" in (failed.failure_reason or "")
    assert failed.phase is Phase.WORKSPACE
    assert kept.read_text() == "of another database"


def test_a_job_fails_after_its_last_attempt_on_a_full_disk(setup: JobSetup) -> None:
    job = setup.job(setup.project())
    full = FolderWorkspaces(
        root=setup.workspaces.root,
        database_id=setup.workspaces.database_id,
        min_free_bytes=1 << 60,
    )

    for _ in range(2):
        setup.process(workspaces=full, max_attempts=2)
        setup.clock.advance(600)

    failed = setup.details(job).job
    assert failed.status is JobStatus.FAILED
    assert "bytes" in (failed.failure_reason or "")
    assert setup.workspace_names() == []


def test_a_job_whose_workspace_disappears_is_tried_again(setup: JobSetup) -> None:
    project = setup.project()
    job = setup.job(project)
    folder = setup.workspaces.root / job.id
    deleted: list[Path] = []

    def delete_clone(failpoint: JobFailpoint) -> None:
        if failpoint is JobFailpoint.BEFORE_GIT_PUSH and not deleted:
            deleted.append(folder / "repo" / ".git" / "objects")
            shutil.rmtree(deleted[0])

    setup.process(at_failpoint=delete_clone)
    waiting = setup.details(job).job.status
    setup.clock.advance(600)
    setup.process(at_failpoint=delete_clone)

    assert waiting is JobStatus.RUNNING
    assert setup.details(job).job.status is JobStatus.COMPLETED
    assert len(setup.commits_of(project, job)) == 1


@pytest.mark.parametrize("marker", [None, ""])
def test_the_janitor_deletes_what_a_killed_creation_has_left_of_its_own_jobs(
    setup: JobSetup, marker: str | None
) -> None:
    job = setup.job(setup.project())
    setup.process()
    for name in (job.id, "job-of-another-database"):
        folder = setup.workspaces.root / name
        folder.mkdir()
        if marker is not None:
            (folder / MARKER_FILE).write_text(marker)

    setup.clean()

    assert setup.workspace_names() == ["job-of-another-database"]
