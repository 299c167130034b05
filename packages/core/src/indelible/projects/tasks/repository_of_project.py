"""Ask the project for its repository, which the project creates once and its jobs only use."""

from typing import Final

from indelible.projects.commands import RequestRepository, SetGithubRepoUrl
from indelible.projects.entities.projects import Project
from indelible.projects.entities.values import Repository
from indelible.projects.errors import HostRefused, RepositoryAlreadySet, RepositoryNameTaken
from indelible.projects.handlers.projects import request_repository, set_github_repo_url
from indelible.projects.ports import GitHost, RepositoryRequest
from indelible.projects.rules.naming import repository_name
from indelible.projects.tasks.runs import JobRun

MAX_NAMES: Final = 5


def repository_of(run: JobRun, host: GitHost) -> Repository:
    """Return the project's repository on the host; the first job of a project has it created.

    The name is committed before the host is asked, so that an attempt that is killed in between
    leads to the same repository.

    Raises: RepositoryNameTaken after several names, RepositoryGone, HostRefused, HostUnavailable,
    LeaseLost.
    """
    project = project_of(run)
    if project.repository is not None:
        return _present_repository(project.repository, host)

    names = _names(project)
    for name in names:
        run.handle.check()
        run.write(
            request_repository,
            RequestRepository(project_id=project.id, host=host.name, name=name),
        )
        run.output.info(f"The project requests repository {name} on host {host.name}.")
        run.output.flush()
        request = RepositoryRequest(
            project_id=project.id, name=name, description=project.description
        )
        try:
            repository = host.ensure_repository(request)
        except RepositoryNameTaken:
            run.output.info(f"Repository {name} belongs to somebody else; the next name is tried.")
            continue

        return _bind(run, host, repository)

    raise RepositoryNameTaken(names[-1])


def project_of(run: JobRun) -> Project:
    """Return the project of the job as it is now."""
    project_id = run.job.project_id
    return run.store.read(lambda tx: tx.projects.projects.get(project_id).entity)


def _names(project: Project) -> list[str]:
    """Return the names to try: first the one that an earlier attempt has requested."""
    names: dict[str, None] = {}
    if project.repository_name is not None:
        names[project.repository_name] = None
    for number in range(MAX_NAMES):
        names[repository_name(project.name, project.id, number)] = None

    return list(names)


def _bind(run: JobRun, host: GitHost, repository: Repository) -> Repository:
    """Store the repository with the project, unless another job has done so meanwhile."""
    command = SetGithubRepoUrl(project_id=run.job.project_id, repository=repository)
    try:
        run.write(set_github_repo_url, command)
    except RepositoryAlreadySet:
        return repository_of(run, host)

    run.output.info(f"Repository {repository.name} belongs to the project from now on.")
    return repository


def _present_repository(bound: Repository, host: GitHost) -> Repository:
    """Return the project's repository by the host's own id: it may have another name by now."""
    if bound.host != host.name:
        problem = f"the project's repository is on host {bound.host}"
        raise HostRefused(f"{problem}, and host {host.name} is configured")

    return host.get_repository(bound.repository_id)
