"""The handlers of commands on projects."""

from indelible.kernel import Head
from indelible.projects import commands
from indelible.projects.entities.projects import Project
from indelible.projects.handlers.saving import save, with_nodes, with_prompt
from indelible.projects.repositories import ProjectsWrite


def create_project(tx: ProjectsWrite, command: commands.CreateProject) -> Head[Project]:
    """Create a project without nodes, prompts or a repository."""
    project = Project.create(
        "create",
        now=tx.clock.now(),
        id=tx.ids.new(),
        user_id=command.user_id,
        name=command.name,
        description=command.description,
    )
    return save(tx, tx.projects.projects, None, project, "create")


def rename_project(tx: ProjectsWrite, command: commands.RenameProject) -> Head[Project]:
    """Change the name of a project, and its description where one is given."""
    head = _load_project(tx, command)
    project = head.entity.renamed(command.name, command.description, now=tx.clock.now())
    return save(tx, tx.projects.projects, head, project, "rename")


def set_nodes(tx: ProjectsWrite, command: commands.SetNodes) -> Head[Project]:
    """Set the current nodes of a project; equal nodes change nothing."""
    head = _load_project(tx, command)
    return with_nodes(tx, head, command.nodes)


def add_prompt(tx: ProjectsWrite, command: commands.AddPrompt) -> Head[Project]:
    """Append a prompt to the history of a project."""
    head = _load_project(tx, command)
    return with_prompt(tx, head, command.prompt, command.metadata)


def request_repository(tx: ProjectsWrite, command: commands.RequestRepository) -> Head[Project]:
    """Store the repository that a project is about to ask a host for.

    A project that is bound, or has requested the same repository, stays as it is.
    """
    head = tx.projects.projects.lock(command.project_id)
    project = head.entity
    if project.repository is not None or project.has_requested(command.host, command.name):
        return head

    requesting = project.requesting_repository(command.host, command.name, now=tx.clock.now())
    return save(tx, tx.projects.projects, head, requesting, "request_repository")


def set_github_repo_url(tx: ProjectsWrite, command: commands.SetGithubRepoUrl) -> Head[Project]:
    """Bind a project to its repository.

    Raises:
        RepositoryAlreadySet: The project is bound already.
        InvalidTransition, RepositoryNotRequested: The project has not requested the repository.
    """
    head = tx.projects.projects.lock(command.project_id)
    bound = head.entity.bound_to(command.repository, now=tx.clock.now())
    return save(tx, tx.projects.projects, head, bound, "set_github_repo_url")


def _load_project(tx: ProjectsWrite, command: commands.ProjectCommand) -> Head[Project]:
    """Return the locked project. Another user's project is not found, whatever the seq."""
    head = tx.projects.projects.lock(command.project_id)
    head.entity.require_owner(command.user_id)
    return head.expected(command.expected_seq)
