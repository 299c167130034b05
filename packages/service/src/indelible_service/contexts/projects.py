"""Projects in the service: a Git host, workspaces, the stage of jobs and its janitor."""

import os
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from attrs import define, field, frozen

from indelible.projects.ports import GitHost, Workspace, Workspaces
from indelible.projects.rules.tasks import CLEAN_WORKSPACES_STAGE, PROCESS_JOB_STAGE
from indelible.projects.tasks.janitor import Janitor
from indelible.projects.tasks.process_job import LEASE_SECONDS, ProcessJob
from indelible_service.contexts.declaration import (
    AnyStage,
    AnyStore,
    InDataDirectory,
    ServiceContext,
)
from indelible_service.monitoring.peers import Peer
from indelible_service.settings.environment import (
    Format,
    has_valid_port,
    one_of,
    setting,
    whole_number,
)

if TYPE_CHECKING:  # these need packages that not every command does
    from prometheus_client import CollectorRegistry

    from indelible_workers import RecurringTask

LOCAL: Final = "local"
GITHUB: Final = "github"
NONE: Final = "none"
HOSTS: Final = one_of(LOCAL, GITHUB, NONE, convert=str.lower)
API_URL: Final = Format(
    "an address such as https://api.example.com",
    r"https?://[^\s?#*@,]+[^\s?#*@,/]",
    is_valid=has_valid_port,
)
TOKEN: Final = Format("at least 8 visible characters", "[!-~]{8,}")
ABSOLUTE_FOLDER: Final = Format("an absolute path of a directory", r"/[^\x00]+", Path)
DEFAULT_WORKSPACE_ROOT: Final = Path("/tmp/architex")  # noqa: S108 - seed 003; see design note exactly-one-push
DEFAULT_API_URL: Final = "https://api.github.com"
DEFAULT_PORTS: Final = {"http": 80, "https": 443}
MEBIBYTE: Final = 1 << 20
REPOSITORIES: Final = "repositories"  # in the data directory
JANITOR_SECONDS: Final = 60
NO_HOST: Final = "INDELIBLE_GIT_HOST is none"
NO_TOKEN: Final = "INDELIBLE_GIT_HOST is github and GITHUB_TOKEN is not set"  # noqa: S105 - none


@frozen(kw_only=True)
class ProjectSettings(InDataDirectory):
    """The settings of projects."""

    workspace_root: Path = setting(  # noqa: RUF009 - it declares a field
        "INDELIBLE_WORKSPACE_ROOT", DEFAULT_WORKSPACE_ROOT, ABSOLUTE_FOLDER
    )
    workspace_min_free_mebibytes: int = setting(
        "INDELIBLE_WORKSPACE_MIN_FREE_MEBIBYTES", 256, whole_number(0, 1_048_576)
    )
    job_lease_seconds: int = setting(
        "INDELIBLE_JOB_LEASE_SECONDS", LEASE_SECONDS, whole_number(2, 3_600)
    )
    git_host: str = setting("INDELIBLE_GIT_HOST", LOCAL, HOSTS)
    github_api_url: str = setting("GITHUB_API_URL", DEFAULT_API_URL, API_URL)
    github_token: str = setting("GITHUB_TOKEN", "", TOKEN, is_secret=True)


def build_host(settings: ProjectSettings) -> GitHost | None:
    """Return the configured Git host, or None where the push of jobs is skipped."""
    if settings.git_host == LOCAL:
        from indelible_git import LocalHost

        return LocalHost(root=settings.data_dir.absolute() / REPOSITORIES)

    if settings.git_host == GITHUB and settings.github_token:
        from indelible_git import GitHubHost

        return GitHubHost(token=settings.github_token, api_url=settings.github_api_url)

    return None


@define
class DatabaseWorkspaces:
    """The workspaces of the store's database, whose id is read at the first use.

    A worker starts while its database does not answer.
    """

    _settings: ProjectSettings
    _store: AnyStore
    _workspaces: Workspaces | None = field(default=None, init=False)

    def create(self, job_id: str) -> Workspace:
        """Create the job's folder; delete a stale one first."""
        return self._of_database().create(job_id)

    def remove(self, job_id: str) -> None:
        """Delete the job's folder."""
        self._of_database().remove(job_id)

    def job_ids(self) -> tuple[str, ...]:
        """Return the jobs of this database that have a folder."""
        return self._of_database().job_ids()

    def unmarked_job_ids(self) -> tuple[str, ...]:
        """Return the names of empty folders."""
        return self._of_database().unmarked_job_ids()

    def _of_database(self) -> Workspaces:
        if self._workspaces is None:
            from indelible_git import FolderWorkspaces

            self._workspaces = FolderWorkspaces(
                root=self._settings.workspace_root,
                database_id=database_id(self._store),
                min_free_bytes=self._settings.workspace_min_free_mebibytes * MEBIBYTE,
            )

        return self._workspaces


def check_workspace_root(settings: ProjectSettings, _: AnyStore) -> None:
    """Raise WorkspaceRootRefused if no job could have a folder below the configured root."""
    from indelible_git import check_root

    check_root(settings.workspace_root)


def check_existing_root(settings: ProjectSettings) -> None:
    """Raise WorkspaceRootRefused if the configured root exists and no job could use it."""
    if not os.path.lexists(settings.workspace_root):
        return

    from indelible_git import check_root

    check_root(settings.workspace_root)


def database_id(store: AnyStore) -> str:
    """Return an id of the store's database, the same for every process that uses it.

    PostgreSQL: the cluster, the database and the schema. SQLite: the file.
    """
    address: str = getattr(store, "url", None) or ""
    schema: str = getattr(store, "schema", "")
    scheme, _, path = address.partition(":///")
    if scheme == "sqlite":
        identity = f"sqlite {Path(path).resolve()}"
    else:
        from indelible_sql.maintenance.database_identity import read_database_identity

        identity = f"postgresql {store.read(read_database_identity)} {schema}"

    return sha256(identity.encode()).hexdigest()


def build_process_job(settings: ProjectSettings, store: AnyStore) -> ProcessJob:
    """Return the processing of jobs on the configured host."""
    from indelible_service.contexts.project_metrics import job_metrics

    reason = NO_TOKEN if settings.git_host == GITHUB else NO_HOST
    return ProcessJob(
        store=store,
        workspaces=DatabaseWorkspaces(settings, store),
        host=build_host(settings),
        no_host_reason=reason,
        observer=job_metrics(),
        lease_seconds=settings.job_lease_seconds,
    )


def build_stages(settings: ProjectSettings, store: AnyStore) -> Sequence[AnyStage]:
    """Return the stage of jobs, and that of its janitor."""
    process_job = build_process_job(settings, store)
    janitor = Janitor(store=store, workspaces=process_job.workspaces, observer=process_job.observer)
    return process_job.stage(), janitor.stage()


def build_recurring(_: ProjectSettings) -> "Sequence[RecurringTask]":
    """Return the recurring task of the janitor."""
    from indelible_workers import RecurringTask

    janitor = RecurringTask(
        name="workspaces", stage=CLEAN_WORKSPACES_STAGE, every_seconds=JANITOR_SECONDS
    )
    return (janitor,)


def build_peers(settings: ProjectSettings) -> Sequence[Peer]:
    """Return the Git host if it is a server."""
    if settings.git_host != GITHUB or not settings.github_token:
        return ()

    address = urlsplit(settings.github_api_url)
    server = Peer(
        name="the Git host",
        host=address.hostname or "",
        port=address.port or DEFAULT_PORTS[address.scheme],
        ask=lambda: None,
        while_silent="jobs are retried until it does, and fail after their last attempt",
    )
    return (server,)


def build_registries() -> "Sequence[CollectorRegistry]":
    """Return the metrics of jobs of this process."""
    from indelible_service.contexts.project_metrics import job_metrics

    return (job_metrics().registry,)


CONTEXT: Final = ServiceContext(
    name="projects",
    settings=ProjectSettings,
    stages=build_stages,
    recurring=build_recurring,
    peers=build_peers,
    registries=build_registries,
    scopes=("projects:read", "projects:write"),
    local_checks=(check_existing_root,),
    start_checks={PROCESS_JOB_STAGE: check_workspace_root},
)
