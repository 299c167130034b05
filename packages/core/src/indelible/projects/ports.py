"""The ports of projects: lists, queries that select no records, Git hosts and workspaces."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import ClassVar, Final, Protocol

from attrs import frozen

from indelible.kernel import ListFilter, ListOrder, NamedListFilter
from indelible.kernel.lists import Ordering
from indelible.projects.entities.values import GeneratedFile, Repository
from indelible.projects.lifecycle import JobStatus, ProjectStatus

MAX_OUTPUTS_PER_PAGE: Final = 500


@frozen(kw_only=True, slots=False)
class ProjectFilter(NamedListFilter):
    """The projects of a list, and their order."""

    status: ProjectStatus | None = None


@frozen(kw_only=True, slots=False)
class JobFilter(ListFilter):
    """The jobs of a list of one project, and their order; without one, the newest first."""

    own_field: ClassVar[str] = "number"
    own_type: ClassVar[type[str] | type[int]] = int

    status: JobStatus | None = None
    order: ListOrder | None = None

    @property
    def ordering(self) -> Ordering:
        """Return the fields that the list is ordered by."""
        if self.order is None:
            return Ordering((self.own_field,), is_descending=True)

        return super().ordering


ALL_PROJECTS: Final = ProjectFilter()
ALL_JOBS: Final = JobFilter()


class JobJoins(Protocol):
    """The queries on jobs that do not read whole records."""

    def warnings(self, job_id: str) -> tuple[str, ...]:
        """Return all warnings of a job in their order, at most MAX_JOB_WARNINGS."""
        ...


class ProcessGroups(Protocol):
    """The process groups that a task has started; `LeaseHandle` implements it.

    The groups are killed when the task's time limit is over or the task is canceled.
    """

    def process_group(self, group_id: int) -> AbstractContextManager[None]:
        """Register a process group while the context is open.

        Raises:
            PerformStopped: The task was asked to stop; the group is killed.
        """
        ...


@frozen(kw_only=True)
class RepositoryRequest:
    """The repository that a project asks a host for.

    The host stores `project_id` with the repository as its marker.
    """

    project_id: str
    name: str
    description: str


@frozen(kw_only=True)
class CommitRequest:
    """A commit of a job: the same values always lead to the same SHA on the same parent.

    The commit has the trailers `Job-Id:` and `Plan-Digest:`. Author and committer are fixed, their
    date is `authored_at`.
    """

    job_id: str
    plan_digest: str
    subject: str
    authored_at: datetime


@frozen(kw_only=True)
class FoundCommit:
    """A commit of a job that is on the remote branch already."""

    sha: str
    plan_digest: str


class Checkout(Protocol):
    """A clone of a repository in a workspace, on the repository's default branch.

    Each method that talks to the remote raises HostUnavailable (try again later), HostRefused
    (never succeeds) or RepositoryGone; each that runs git raises PerformStopped once the task
    should stop, and GitFailed.
    """

    @property
    def tip(self) -> str | None:
        """Return the SHA of the remote branch's tip as last fetched, None of an empty branch."""
        ...

    def find_commit(self, job_id: str, since: str | None = None) -> FoundCommit | None:
        """Fetch, and return the commit on the remote branch that has the job's trailer.

        `since` is a commit of the branch before which none is searched: without it, all are.

        Raises:
            HistoryRewritten: The remote branch no longer contains the tip that was cloned.
        """
        ...

    def write_files(self, files: Sequence[GeneratedFile]) -> None:
        """Write files without following a link.

        Raises:
            PlanPathForbidden: A path is forbidden, or leads through a link or a special file.
            CheckoutTooLarge: The repository exceeds a limit.
        """
        ...

    def commit(self, request: CommitRequest) -> str | None:
        """Commit all files, and return the SHA; None if nothing differs from the tip."""
        ...

    def push(self) -> None:
        """Push the commit to the default branch, never by force.

        Raises:
            PushRejected: The branch has another tip than the commit's parent.
            HistoryRewritten: The remote branch no longer contains the tip that was cloned.
        """
        ...

    def update(self) -> None:
        """Fetch, and set the checkout to the remote branch's tip; drop our commit and files.

        Raises:
            HistoryRewritten: The remote branch no longer contains the tip that was cloned.
        """
        ...


class GitHost(Protocol):
    """A host of Git repositories. Its methods raise HostUnavailable and HostRefused."""

    @property
    def name(self) -> str:
        """Return the name that projects store, such as `local` or `github`."""
        ...

    def ensure_repository(self, request: RepositoryRequest) -> Repository:
        """Create the repository, or return the one that carries the project's marker.

        Raises:
            RepositoryNameTaken: The name belongs to a repository without the project's marker.
        """
        ...

    def get_repository(self, repository_id: str) -> Repository:
        """Return a repository by the host's own id, under its present name.

        Raises:
            RepositoryGone: The host has no such repository.
        """
        ...

    def clone(self, repository: Repository, folder: Path, groups: ProcessGroups) -> Checkout:
        """Clone the default branch into a folder that does not exist.

        Raises:
            RepositoryGone: The repository does not exist.
            CheckoutTooLarge: The repository exceeds a limit.
        """
        ...

    def commit_url(self, repository: Repository, sha: str) -> str | None:
        """Return the address at which a person sees the commit, None without one."""
        ...

    def remaining_requests(self) -> int | None:
        """Return the requests that the host's rate limit leaves, None where it is not known."""
        ...


@frozen(kw_only=True)
class Workspace:
    """A fresh, empty folder of a job; `was_stale` where an older one had to be deleted."""

    job_id: str
    path: Path
    was_stale: bool


class Workspaces(Protocol):
    """The folders of running jobs below one root: `<root>/<job_id>/`."""

    def create(self, job_id: str) -> Workspace:
        """Create the job's folder with its marker; delete a stale one of this database first.

        Raises:
            WorkspaceRootRefused: The root is a link, or belongs to another user, or is open to it.
            WorkspaceForeign: The folder carries no marker of this database and job.
            WorkspaceSpaceLow: Less space is free than the minimum.
        """
        ...

    def remove(self, job_id: str) -> None:
        """Delete the job's folder; do nothing if it does not exist.

        Raises:
            WorkspaceForeign: The folder carries no marker of this database and job.
            WorkspaceNotRemoved: A file could not be deleted.
        """
        ...

    def job_ids(self) -> tuple[str, ...]:
        """Return the jobs of this database that have a folder, in order of id."""
        ...

    def unmarked_job_ids(self) -> tuple[str, ...]:
        """Return the names of empty folders, in order: each may be of a job of any database.

        A process that is killed while it creates or deletes a workspace leaves one.
        """
        ...
