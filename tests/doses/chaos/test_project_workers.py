"""Several workers of one project's jobs, a cancellation during git, and a running instance."""

import stat
import time
from collections.abc import Generator
from pathlib import Path
from threading import Thread

import pytest
from tests.project_jobs import MAYA, WORKER, AheadClock, AnyStage, JobSetup, WatchedHost
from tests.project_site import LOCAL, ProjectSite, problems_of_job, project_site
from tests.service.processes import read_json_line, start_command, stop_command

from indelible import projects
from indelible.projects.lifecycle import SUCCESSFUL, JobStatus
from indelible_sql import open_store
from indelible_workers import Worker, process_batch

pytestmark = pytest.mark.slow

JOBS = 20
WORKERS = 4
MAX_WAIT_SECONDS = 300  # of a busy machine
SLOW_HOOK = "#!/bin/sh\necho $$ > {file}\nexec sleep 600\n"


@pytest.fixture
def site(sqlite_url: str, tmp_path: Path) -> Generator[ProjectSite]:
    with project_site(sqlite_url, tmp_path, LOCAL) as opened:
        yield opened


def test_concurrent_first_jobs_create_one_repository(site: ProjectSite) -> None:
    setup = site.setup
    project = setup.project()
    jobs = [setup.job(project, name=f"Fruit Shop {number}") for number in range(JOBS)]
    host = WatchedHost(host=setup.host)
    stage: AnyStage = setup.processor(host=host, postpone_seconds=0.05).stage()

    def work() -> None:
        deadline = time.monotonic() + MAX_WAIT_SECONDS
        with Worker(store=setup.store, actor=WORKER).heartbeat() as worker:
            while time.monotonic() < deadline:
                if not process_batch(setup.store, stage, actor=WORKER, worker=worker):
                    if all(setup.details(job).job.completed_at for job in jobs):
                        return
                    time.sleep(0.01)

    threads = [Thread(target=work) for _ in range(WORKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(host.requests) == 1
    assert len(list((setup.folder / "repositories").glob("*.git"))) == 1
    for job in jobs:
        ended = setup.details(job).job
        assert ended.status in SUCCESSFUL
        assert list(problems_of_job(setup, project, ended)) == []
        assert setup.task(job).attempts == 1
    assert len(setup.commits(project)) == JOBS
    assert setup.project_now(project).latest_successful_job_id == jobs[-1].id
    assert setup.workspace_names() == []


def is_running(process_id: int) -> bool:
    """Return False for a process that has ended, although nobody may have waited for it."""
    try:
        status = Path(f"/proc/{process_id}/stat").read_text(encoding="utf-8")
    except FileNotFoundError:
        return False

    return status.rpartition(") ")[2][0] not in "XZ"


def cancel_when_git_runs(setup: JobSetup, job: projects.Job, file: Path) -> None:
    """Cancel a job as soon as the hook of its push has written its process id."""
    deadline = time.monotonic() + MAX_WAIT_SECONDS
    while not file.exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    command = projects.CancelJob(
        user_id=MAYA.id,
        job_id=job.id,
        reason="it hangs",
        expected_seq=setup.details(job).seq,
    )
    setup.store.run(projects.cancel_job, command, actor=MAYA, reason="a test")


def test_a_cancellation_kills_the_git_that_runs(site: ProjectSite) -> None:
    setup = site.setup
    project = setup.project()
    setup.job(project)
    setup.process()
    hook = setup.repository(project) / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    file = setup.folder / "hook"
    hook.write_text(SLOW_HOOK.format(file=file))
    hook.chmod(hook.stat().st_mode | stat.S_IXUSR)
    job = setup.job(project, name="Another Shop")
    canceler = Thread(target=cancel_when_git_runs, args=(setup, job, file))

    canceler.start()
    setup.process()
    canceler.join()

    failed = setup.details(job).job
    assert failed.status is JobStatus.FAILED
    assert failed.failure_reason == "CANCELED: it hangs"
    assert setup.commits_of(project, job) == []
    assert setup.workspace_names() == []
    assert not is_running(int(file.read_text()))


def test_a_running_instance_processes_jobs_by_default(tmp_path: Path) -> None:
    with start_command("up", "--json", cwd=tmp_path) as process:
        assert read_json_line(process)["address"]
        store = open_store(f"sqlite:///{tmp_path}/indelible-data/indelible.db")
        setup = JobSetup(store=store, folder=tmp_path, clock=AheadClock())
        project = setup.project()
        job = setup.job(project)
        deadline = time.monotonic() + MAX_WAIT_SECONDS
        while setup.details(job).job.completed_at is None and time.monotonic() < deadline:
            time.sleep(0.1)
        done = setup.details(job).job
        assert stop_command(process) == 0

    assert done.status is JobStatus.COMPLETED
    assert done.result is not None
    assert setup.commits_of(project, job) == [done.result.commit]
    repository = setup.repository(project)
    assert repository.parent == tmp_path / "indelible-data" / "repositories"
    store.dispose()
