"""The errors of commands and queries on projects and jobs, and of their gateways."""

from typing import ClassVar

from attrs import frozen

from indelible.kernel import Conflict, Invalid, NotFound, Unavailable


@frozen
class ProjectNotFound(NotFound):
    """A project that does not exist, or belongs to another user."""

    message: ClassVar[str] = "Project {project_id} not found."
    project_id: str


@frozen
class JobNotFound(NotFound):
    """A job that does not exist, or belongs to another user."""

    message: ClassVar[str] = "Job {job_id} not found."
    job_id: str


@frozen
class JobAlreadyRunning(Conflict):
    """A second running job of a project."""

    message: ClassVar[str] = "Project {project_id} has a running job; one at a time is allowed."
    project_id: str


@frozen
class JobNotFailed(Conflict):
    """A retry of a job that has not failed."""

    message: ClassVar[str] = "Job {job_id} is {status}; only a failed job can be retried."
    job_id: str
    status: str


@frozen
class JobNotSuccessful(Conflict):
    """A job that has not succeeded, named as a project's latest successful one."""

    message: ClassVar[str] = (
        "Job {job_id} is {status}; expected completed or completed_with_warnings."
    )
    job_id: str
    status: str


@frozen
class JobNotNewer(Conflict):
    """A successful job that is older than the project's latest successful one, or the same."""

    message: ClassVar[str] = (
        "Job {job_id} has number {number}; expected more than {latest_number}, the number of the "
        "latest successful job."
    )
    job_id: str
    number: int
    latest_number: int


@frozen
class RepositoryAlreadySet(Conflict):
    """A second repository for a project that has one."""

    message: ClassVar[str] = (
        "Project {project_id} has the repository {github_repo_url}, which is set once."
    )
    project_id: str
    github_repo_url: str


@frozen
class AddressHasCredentials(Invalid):
    """An address with a user or a password, which would be stored forever."""

    message: ClassVar[str] = (
        "Field {field} contains credentials: expected an address without a user and a password."
    )
    field: str


@frozen
class RepositoryNotRequested(Conflict):
    """A repository on another host than the one that the project requested it from."""

    message: ClassVar[str] = (
        "Project {project_id} requested a repository on host {requested_host}, got one on {host}."
    )
    project_id: str
    requested_host: str
    host: str


@frozen
class PlanPathForbidden(Invalid):
    """A path that no job may write."""

    message: ClassVar[str] = "Path {path} of the plan is forbidden: {reason}."
    path: str
    reason: str


@frozen
class PlanTooLarge(Invalid):
    """A plan with more files than a job may write."""

    message: ClassVar[str] = "The plan has {files} files; at most {max_files} are allowed."
    files: int
    max_files: int


@frozen
class GeneratedTooLarge(Invalid):
    """Generated content that is larger than a job may write."""

    message: ClassVar[str] = (
        "Generated content of {subject} has {actual_bytes} bytes; at most {max_bytes} are allowed."
    )
    subject: str
    actual_bytes: int
    max_bytes: int


@frozen
class HostUnavailable(Unavailable):
    """A Git host that may answer later; it says when, or the usual backoff applies."""

    code: ClassVar[str] = "GIT_HOST_UNAVAILABLE"
    message: ClassVar[str] = "The Git host is unavailable: {reason}."
    reason: str
    retry_after_seconds: float | None = None


@frozen
class HostRefused(Conflict):
    """A request that the Git host will never accept."""

    code: ClassVar[str] = "GIT_HOST_REFUSED"
    message: ClassVar[str] = "The Git host refused the request: {reason}."
    reason: str


@frozen
class RepositoryGone(Conflict):
    """A repository that the host no longer has."""

    message: ClassVar[str] = "Repository {repository} no longer exists on its host."
    repository: str


@frozen
class RepositoryNameTaken(Conflict):
    """A name that belongs to a repository of somebody else."""

    message: ClassVar[str] = "Repository {name} exists and does not belong to the project."
    name: str


@frozen
class PushRejected(Conflict):
    """A push onto a branch that has another tip than the commit's parent."""

    message: ClassVar[str] = "The push was rejected because the branch has moved: {reason}."
    reason: str


@frozen
class HistoryRewritten(Conflict):
    """A remote branch that no longer contains the tip that was cloned."""

    message: ClassVar[str] = "Branch {branch} no longer contains commit {sha}: it was rewritten."
    branch: str
    sha: str


@frozen
class GitFailed(Unavailable):
    """A git command that failed for another reason."""

    message: ClassVar[str] = "git {command} failed: {reason}."
    command: str
    reason: str


@frozen
class RepositoryUnusable(Conflict):
    """A repository whose objects are damaged, or whose paths git refuses."""

    message: ClassVar[str] = "Repository {repository} cannot be used: {reason}."
    repository: str
    reason: str


@frozen
class CheckoutTooLarge(Conflict):
    """A repository that exceeds a limit of checkouts."""

    message: ClassVar[str] = "The checkout has {actual} {unit}; at most {limit} are allowed."
    unit: str
    actual: int
    limit: int


@frozen
class WorkspaceRootRefused(Conflict):
    """A root of workspaces that another user could write to."""

    message: ClassVar[str] = "Workspace root {root} is refused: {reason}."
    root: str
    reason: str


@frozen
class WorkspaceForeign(Conflict):
    """A folder that this database's workspaces did not create."""

    message: ClassVar[str] = "Folder {path} is not a workspace of this database: {reason}."
    path: str
    reason: str


@frozen
class WorkspaceSpaceLow(Unavailable):
    """A disk with less free space than a workspace needs."""

    message: ClassVar[str] = (
        "Workspace root {root} has {free_bytes} free bytes; at least {min_free_bytes} are needed."
    )
    root: str
    free_bytes: int
    min_free_bytes: int


@frozen
class WorkspaceNotRemoved(Unavailable):
    """A workspace that could not be deleted."""

    message: ClassVar[str] = "Workspace {path} could not be deleted: {reason}."
    path: str
    reason: str


@frozen
class WorkspaceLimitReached(Unavailable):
    """A root with as many workspaces as it may have."""

    message: ClassVar[str] = (
        "Workspace root {root} has {workspaces} workspaces; at most {max_workspaces} are allowed."
    )
    root: str
    workspaces: int
    max_workspaces: int


@frozen
class WorkspaceNotCreated(Unavailable):
    """A workspace that could not be created."""

    message: ClassVar[str] = "Workspace {path} could not be created: {reason}."
    path: str
    reason: str
