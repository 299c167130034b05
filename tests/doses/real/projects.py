"""Push a job onto the real history of this repository, served by `git http-backend`, twice."""

import shutil
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from tests.architecture.sources import ROOT
from tests.conftest import folder
from tests.doubles.github import github
from tests.project_jobs import AheadClock, JobSetup, git
from tests.project_site import TOKEN, finish_job, problems_of_repository

from indelible.projects import Job, Project
from indelible.projects.rules.generation import generate_files
from indelible.projects.rules.naming import repository_name
from indelible_git import GitHubHost
from indelible_git.markers import description_with_marker
from indelible_sql import open_store

BRANCH: Final = "refs/heads/main"
NODE_TYPES: Final[Mapping[str, str]] = {"tests": "worker", "docs": "storage"}  # else a backend


def show(line: str) -> None:
    """Print a line."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def push_onto_real_history() -> list[str]:
    """Process one job on two fresh clones of this repository; return what is wrong."""
    problems: list[str] = []
    commits: list[str | None] = []
    with folder() as directory:
        database = directory / "pending.db"
        project, job = _create_job(directory, database)
        for name in ("first", "second"):
            clone = directory / name
            clone.mkdir()
            shutil.copy(database, clone / "a.db")
            commits.append(_push(clone, project, job, problems))

    if len(set(commits)) != 1 or None in commits:
        problems.append(f"the same job has the commits {commits}")
    return problems


def _create_job(directory: Path, database: Path) -> tuple[Project, Job]:
    """Create a pending job whose nodes are the folders of this repository."""
    store = open_store(f"sqlite:///{database}")
    store.upgrade()
    setup = JobSetup(store=store, folder=directory, clock=AheadClock())
    nodes = list(_nodes())
    edges = [{"source": nodes[0]["id"], "target": node["id"]} for node in nodes[1:]]
    project = setup.project("The folders of a repository")
    job = setup.job(project, name="Folders", nodes=nodes, edges=edges)
    store.dispose()
    show(f"{len(nodes)} folders are the nodes of the job")
    return project, job


def _nodes() -> Iterator[dict[str, Any]]:
    """Yield a node for each folder of this repository that has tracked files."""
    paths = git(ROOT, "ls-tree", "-r", "-d", "--name-only", "HEAD").splitlines()
    for path in paths:
        kind = NODE_TYPES.get(path.partition("/")[0], "backend")
        yield {"id": path, "type": kind, "label": path}


def _push(clone: Path, project: Project, job: Job, problems: list[str]) -> str | None:
    """Process the job on a bare clone with the whole history; return its commit."""
    root = clone / "github"
    root.mkdir()
    with github(root, TOKEN) as (account, double):
        name = repository_name(project.name, project.id, 0)
        description = description_with_marker(project.description, project.id)
        repository = account.create(name, description=description)
        git(repository, "fetch", "--quiet", str(ROOT), f"HEAD:{BRANCH}")
        before = git(repository, "rev-list", BRANCH).splitlines()

        store = open_store(f"sqlite:///{clone}/a.db")
        setup = JobSetup(
            store=store,
            folder=clone,
            clock=AheadClock(),
            other_host=GitHubHost(token=TOKEN, api_url=double.url),
        )
        _finish(setup, job)
        result = setup.details(job).job.result
        store.dispose()

        after = git(repository, "rev-list", BRANCH).splitlines()
        commit = None if result is None else result.commit
        show(f"{len(before)} commits before, {len(after)} after; the job's commit is {commit}")
        if after != [commit, *before]:
            problems.append(f"the history is not the old one below {commit}")
        problems.extend(problems_of_repository(repository))

    return commit


def _finish(setup: JobSetup, job: Job) -> None:
    """Process the job with the shipped templates."""
    setup.process(generate=generate_files)
    finish_job(setup, job)
