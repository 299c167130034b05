"""The settings of projects decide the Git host, and the identity of a database its workspaces."""

from pathlib import Path

import pytest

from indelible.projects.errors import WorkspaceRootRefused
from indelible.projects.rules.tasks import CLEAN_WORKSPACES_STAGE, PROCESS_JOB_STAGE
from indelible_git import DEFAULT_ROOT, GitHubHost, LocalHost
from indelible_service.contexts.projects import (
    NO_HOST,
    NO_TOKEN,
    ProjectSettings,
    build_host,
    build_process_job,
    database_id,
)
from indelible_service.processes.building import check_stages, recurring_tasks
from indelible_service.settings.service import Settings
from indelible_sql import SqlStore, open_store

TOKEN = "ghp_" + "0123456789abcdef"


def section(**variables: str) -> ProjectSettings:
    """Return the section of projects of these variables."""
    return Settings.read({**variables}).section(ProjectSettings)


def test_repositories_are_in_the_data_directory_by_default(tmp_path: Path) -> None:
    host = build_host(section(INDELIBLE_DATA_DIR=str(tmp_path)))

    assert isinstance(host, LocalHost)
    assert host.root == tmp_path / "repositories"
    assert section().workspace_root == DEFAULT_ROOT


def test_github_needs_a_token(sqlite: SqlStore) -> None:
    with_token = section(INDELIBLE_GIT_HOST="github", GITHUB_TOKEN=TOKEN)
    without = section(INDELIBLE_GIT_HOST="GitHub")

    assert isinstance(build_host(with_token), GitHubHost)
    process_job = build_process_job(without, sqlite)
    assert (process_job.host, process_job.no_host_reason) == (None, NO_TOKEN)


def test_no_host_skips_pushes(sqlite: SqlStore) -> None:
    process_job = build_process_job(section(INDELIBLE_GIT_HOST="none"), sqlite)

    assert (process_job.host, process_job.no_host_reason) == (None, NO_HOST)


def test_a_token_is_in_no_text_of_the_settings() -> None:
    settings = section(GITHUB_TOKEN=TOKEN)

    assert TOKEN not in f"{settings!r} {build_host(settings)!r}"


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def test_each_process_has_the_same_id_of_a_database(
    kind: str, request: pytest.FixtureRequest
) -> None:
    store: SqlStore = request.getfixturevalue(kind)
    other = open_store(store.own_url)

    assert database_id(store) == database_id(other)
    other.dispose()


def test_two_databases_have_two_ids(tmp_path: Path, postgresql: SqlStore) -> None:
    ids = {database_id(postgresql)}
    for name in ("a.db", "b.db"):
        store = open_store(f"sqlite:///{tmp_path / name}")
        ids.add(database_id(store))
        store.dispose()

    assert len(ids) == 3


def test_the_janitor_is_a_recurring_task() -> None:
    tasks = {task.stage: task for task in recurring_tasks(Settings())}

    assert tasks[CLEAN_WORKSPACES_STAGE].every_seconds == 60


@pytest.mark.parametrize("mode", [0o755, 0o500])
def test_a_worker_does_not_start_with_a_workspace_root_of_the_wrong_mode(
    sqlite: SqlStore, tmp_path: Path, mode: int
) -> None:
    root = tmp_path / "root"
    settings = Settings.read({"INDELIBLE_WORKSPACE_ROOT": str(root)})
    check_stages(settings, sqlite, [PROCESS_JOB_STAGE])
    assert root.stat().st_mode & 0o777 == 0o700
    root.chmod(mode)

    with pytest.raises(WorkspaceRootRefused, match=f"its mode is {mode:o}, expected 700"):
        check_stages(settings, sqlite, [PROCESS_JOB_STAGE])
    check_stages(settings, sqlite, [CLEAN_WORKSPACES_STAGE])
