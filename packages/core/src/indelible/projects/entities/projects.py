"""Projects."""

from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Self

from attrs import frozen

from indelible.kernel import Lifecycle
from indelible.kernel.aggregates import Aggregate
from indelible.kernel.cases import ByState, Case, all_empty, all_set
from indelible.kernel.claims import OneOf
from indelible.kernel.conditions import AnyCondition, Condition, FixedIf, Rising
from indelible.kernel.history import Record
from indelible.kernel.json_objects import JsonObject, JsonObjects
from indelible.kernel.kinds import Count, Identifier, Label, Natural, Text, kinds
from indelible.kernel.state_fields import check_presence
from indelible.projects import errors
from indelible.projects.entities.records import ProjectPrompt
from indelible.projects.entities.values import DisplayStatus, Nodes, Repository
from indelible.projects.lifecycle import PROJECT, ProjectStatus

REQUEST_FIELDS = ("repository_host", "repository_name")
BINDING_FIELDS = ("repository_id", "repository_branch", "github_repo_url")
# A bound project has all of them, and keeps them.
REPOSITORY_FIELDS = (*REQUEST_FIELDS, *BINDING_FIELDS)


@frozen(kw_only=True, field_transformer=kinds)
class Project(Aggregate):
    """A long-lived intent that owns a Git repository.

    The repository's host and name are set when the repository is requested, its other fields when
    the project is bound to it; from then on they are fixed. `latest_successful_job_number` is the
    `number` of the latest successful job; it only grows.
    """

    lifecycle: ClassVar[Lifecycle[StrEnum]] = PROJECT
    missing_error = errors.ProjectNotFound
    fixed: ClassVar[tuple[str, ...]] = ("user_id",)
    version_field: ClassVar[str] = "prompt_count"
    version_records: ClassVar[tuple[type[Record], ...]] = (ProjectPrompt,)

    conditions: ClassVar[tuple[AnyCondition, ...]] = (
        Condition(
            "repository_of_status",
            ByState(
                (
                    Case((ProjectStatus.UNBOUND,), all_empty(REPOSITORY_FIELDS)),
                    Case(
                        (ProjectStatus.REQUESTED,),
                        (*all_set(REQUEST_FIELDS), *all_empty(BINDING_FIELDS)),
                    ),
                ),
                others=all_set(REPOSITORY_FIELDS),
            ),
        ),
        FixedIf(
            "bound_once",
            OneOf("status", (ProjectStatus.BOUND,)),
            REPOSITORY_FIELDS,
            are_set=True,
        ),
        Rising(name="latest_rises", field="latest_successful_job_number"),
    )

    user_id: Identifier
    name: Label
    description: Text = ""
    status: ProjectStatus
    prompt_count: Natural = 0
    current_nodes: Nodes = ()
    latest_successful_job_id: Identifier | None = None
    latest_successful_job_number: Count | None = None
    repository_host: Identifier | None = None
    repository_name: Label | None = None
    repository_id: Identifier | None = None
    repository_branch: Label | None = None
    github_repo_url: Label | None = None

    def __attrs_post_init__(self) -> None:
        """Check the claims, that a new project has no job, and that the latest has its number."""
        super().__attrs_post_init__()
        if self.created_at == self.updated_at:
            check_presence(self, ("latest_successful_job_id",), is_present=False)
        has_latest_job = self.latest_successful_job_id is not None
        check_presence(self, ("latest_successful_job_number",), is_present=has_latest_job)

    @property
    def display_status(self) -> DisplayStatus:
        """Return the status that is displayed."""
        if self.latest_successful_job_id is not None:
            return DisplayStatus.COMPLETED
        if self.current_nodes:
            return DisplayStatus.ACTIVE

        return DisplayStatus.DRAFT

    @property
    def repository(self) -> Repository | None:
        """Return the repository of a bound project, or None."""
        if self.status is not ProjectStatus.BOUND:
            return None

        values: dict[str, Any] = {
            "host": self.repository_host,
            "repository_id": self.repository_id,
            "name": self.repository_name,
            "url": self.github_repo_url,
            "branch": self.repository_branch,
        }
        return Repository(**values)

    def require_owner(self, user_id: str) -> Self:
        """Return the project, or raise ProjectNotFound where it is another user's."""
        if self.user_id != user_id:
            raise errors.ProjectNotFound(self.id)
        return self

    def renamed(self, name: str, description: str | None, *, now: datetime) -> Self:
        """Return the project under another name; without a description, it keeps its own."""
        if description is None:
            description = self.description
        return self.transition("rename", now=now, name=name, description=description)

    def with_nodes(self, nodes: JsonObjects, *, now: datetime) -> Self:
        """Return the project with other nodes."""
        return self.transition("set_nodes", now=now, current_nodes=nodes)

    def with_prompt(self, *, now: datetime) -> Self:
        """Return the project with one prompt more; `new_prompt` is the record of it."""
        return self.transition("add_prompt", now=now)

    def new_prompt(self, prompt: str, metadata: JsonObject) -> ProjectPrompt:
        """Return the prompt that the project's count and time point to."""
        return ProjectPrompt(
            project_id=self.id,
            number=self.prompt_count,
            prompt=prompt,
            timestamp=self.updated_at,
            metadata=metadata,
        )

    def has_requested(self, host: str, name: str) -> bool:
        """Return True if this repository was requested, and the project is not bound yet."""
        is_requested = self.status is ProjectStatus.REQUESTED
        return is_requested and (self.repository_host, self.repository_name) == (host, name)

    def requesting_repository(self, host: str, name: str, *, now: datetime) -> Self:
        """Return the project with the repository that it asks a host for.

        Raises:
            RepositoryAlreadySet: The project is bound to a repository.
        """
        self._require_unset()
        return self.transition(
            "request_repository", now=now, repository_host=host, repository_name=name
        )

    def bound_to(self, repository: Repository, *, now: datetime) -> Self:
        """Return the project with its repository, which is set once.

        Raises:
            RepositoryAlreadySet: The project is bound to a repository.
            RepositoryNotRequested: The repository is on another host than the requested one.
            InvalidTransition: The project has requested no repository.
        """
        self._require_unset()
        requested_host = self.repository_host
        if requested_host is not None and requested_host != repository.host:
            raise errors.RepositoryNotRequested(self.id, requested_host, repository.host)

        return self.transition(
            "set_github_repo_url",
            now=now,
            repository_name=repository.name,
            repository_id=repository.repository_id,
            repository_branch=repository.branch,
            github_repo_url=repository.url,
        )

    def is_newer_success(self, number: int) -> bool:
        """Return True if a job of this number was created after the latest successful one."""
        latest = self.latest_successful_job_number
        return latest is None or number > latest

    def with_latest_job(self, job_id: str, number: int, *, now: datetime) -> Self:
        """Return the project with its latest successful job.

        Raises:
            JobNotNewer: The present one was created after it, or is the same.
        """
        if not self.is_newer_success(number):
            raise errors.JobNotNewer(job_id, number, self.latest_successful_job_number or 0)

        return self.transition(
            "update_latest_job",
            now=now,
            latest_successful_job_id=job_id,
            latest_successful_job_number=number,
        )

    def _require_unset(self) -> None:
        if self.github_repo_url is not None:
            raise errors.RepositoryAlreadySet(self.id, self.github_repo_url)
