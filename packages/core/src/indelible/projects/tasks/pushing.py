"""Bring the files of a job to its project's repository: exactly one commit, never by force."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Final

from attrs import frozen

from indelible.kernel.stages import PermanentFailure
from indelible.projects.entities.values import GeneratedFile
from indelible.projects.errors import (
    HostRefused,
    HostUnavailable,
    PlanPathForbidden,
    PushRejected,
)
from indelible.projects.ports import Checkout, CommitRequest, GitHost
from indelible.projects.rules.paths import check_paths
from indelible.projects.tasks.failpoints import AtJobFailpoint, JobFailpoint
from indelible.projects.tasks.observers import JobObserver, PushOutcome
from indelible.projects.tasks.repository_of_project import repository_of
from indelible.projects.tasks.runs import JobRun

MAX_REBUILDS: Final = 3  # on a new tip, after another push came first
CHECKOUT_FOLDER: Final = "repo"
README: Final = "README.md"
UNCHANGED: Final = "Nothing changed: the repository has these files already, so nothing was pushed."

PUSHED_BEFORE: Final = "Commit {} of this job is on the branch already; nothing is pushed."


def check_files(run: JobRun) -> None:
    """Refuse files that the plan does not have, and paths that no job may write.

    Raises: PlanPathForbidden, PermanentFailure without a README.md.
    """
    assert run.plan is not None  # noqa: S101 - the phase before makes it
    paths = [file.path for file in run.files]
    check_paths(paths)
    planned = {file.path for file in run.plan.files}
    for path in paths:
        if path not in planned:
            raise PlanPathForbidden(path, "the plan has no such file")
    if README not in paths:
        raise PermanentFailure(f"no {README} was generated")


@frozen(kw_only=True)
class Pushing:
    """Clone, modify, commit and push, on one host."""

    host: GitHost
    observer: JobObserver
    at_failpoint: AtJobFailpoint

    def commit(self, run: JobRun) -> None:
        """Clone the project's repository and commit the files, unless the commit is there already.

        Raises: an error of `GitHost` or `Checkout`.
        """
        assert run.workspace is not None  # noqa: S101 - the phase before creates it
        with self._counting_failures():
            run.repository = repository_of(run, self.host)
            run.output.info(f"Clone repository {run.repository.name}.")
            run.output.flush()
            folder = run.workspace.path / CHECKOUT_FOLDER
            run.checkout = self.host.clone(run.repository, folder, run.handle)
            run.handle.check()
            has_commit = self._find(run, run.checkout)
        if not has_commit:
            self._write_commit(run, run.checkout)

    def push(self, run: JobRun) -> None:
        """Push the commit. After another push, rebuild it on the new tip, at most three times.

        Raises: PushRejected, HistoryRewritten, or another error of `Checkout`.
        """
        checkout = run.checkout
        assert checkout is not None  # noqa: S101 - the phase before makes it
        for rebuilds_left in range(MAX_REBUILDS, -1, -1):
            if run.is_on_host:
                run.output.info(PUSHED_BEFORE.format(run.commit))
                self.observer.pushed(PushOutcome.PUSHED_BEFORE)
                return
            if run.commit is None:
                run.output.warn(UNCHANGED)
                self.observer.pushed(PushOutcome.UNCHANGED)
                return

            try:
                self._push_once(run, checkout)
            except PushRejected as error:
                self.observer.pushed(PushOutcome.REJECTED)
                if not rebuilds_left:
                    raise
                run.output.info(f"{error.describe()} The commit is rebuilt on the new tip.")
                with self._counting_failures():
                    self._rebuild(run, checkout)
            else:
                self.observer.pushed(PushOutcome.PUSHED)
                return

    @contextmanager
    def _counting_failures(self) -> Generator[None]:
        """Count that the host does not answer, or refuses what comes before a push."""
        try:
            yield
        except HostUnavailable:
            self.observer.pushed(PushOutcome.UNREACHABLE)
            raise
        except HostRefused:
            self.observer.pushed(PushOutcome.FAILED)
            raise

    def _push_once(self, run: JobRun, checkout: Checkout) -> None:
        run.output.info(f"Push commit {run.commit}.")
        run.output.flush()
        run.handle.check()
        self.at_failpoint(JobFailpoint.BEFORE_GIT_PUSH)
        try:
            checkout.push()
        except PushRejected:
            raise
        except Exception:
            self.observer.pushed(PushOutcome.FAILED)
            raise
        finally:
            self.observer.remaining_requests(self.host.remaining_requests())

        self.at_failpoint(JobFailpoint.AFTER_GIT_PUSH)
        run.is_on_host = True

    def _rebuild(self, run: JobRun, checkout: Checkout) -> None:
        """Commit the files on the remote branch's new tip, unless the commit is there already."""
        run.output.flush()
        run.handle.check()
        checkout.update()
        if not self._find(run, checkout):
            self._write_commit(run, checkout)

    def _find(self, run: JobRun, checkout: Checkout) -> bool:
        """Return True if the remote branch has the job's commit from an earlier attempt."""
        existing = checkout.find_commit(run.job.id, since=run.searched_tip)
        if existing is None:
            run.searched_tip = checkout.tip
            return False

        run.commit = existing.sha
        run.is_on_host = True
        run.output.info(f"Found commit {existing.sha} of this job; no other one is made.")
        return True

    def _write_commit(self, run: JobRun, checkout: Checkout) -> None:
        """Write the files and commit them; the same job leads to the same commit on a parent."""
        assert run.plan is not None  # noqa: S101 - the phase before makes it
        files: tuple[GeneratedFile, ...] = run.files
        checkout.write_files(files)
        run.handle.check()
        request = CommitRequest(
            job_id=run.job.id,
            plan_digest=run.plan.digest,
            subject=f"{run.work.spec.name}: job {run.job.number}",
            authored_at=run.job.created_at,
        )
        run.commit = checkout.commit(request)
        if run.commit is not None:
            run.output.info(f"Committed {len(files)} files as {run.commit}.")
