"""The demonstration of projects: three commits, although a worker is killed during its push."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.doubles.github import github
from tests.project_jobs import git
from tests.project_site import TOKEN

from indelible_service.cli import main

pytestmark = pytest.mark.slow


def rows_of(output: str) -> list[list[object]]:
    """Return the rows of the last step that has any."""
    steps = json.loads(output)
    rows: list[list[object]] = steps[-1]["rows"]
    return rows


def test_three_jobs_are_three_commits_of_a_local_repository_in_each_run() -> None:
    results: list[list[object]] = []
    for _ in range(2):
        result = CliRunner().invoke(main, ("demo", "projects", "--json"), catch_exceptions=False)
        assert result.exit_code == 0, result.output
        rows = rows_of(result.stdout)
        assert [row[2] for row in rows] == [1, 2, 1]
        results.append([row[3] for row in rows])

    histories: list[list[str]] = []
    for repository in Path("indelible-data/demo-projects/repositories").glob("*.git"):
        histories.append(git(repository, "log", "--reverse", "--format=%H", "main").splitlines())
    assert sorted(histories) == sorted(results)
    assert list(Path("workspaces").iterdir()) == []


def test_a_host_of_its_own_gets_the_same_commits(tmp_path: Path) -> None:
    root = tmp_path / "github"
    root.mkdir()
    with github(root, TOKEN) as (_, double):
        result = CliRunner(env={"GITHUB_TOKEN": TOKEN}).invoke(
            main, ("demo", "projects", "--host", double.url, "--json"), catch_exceptions=False
        )
        (repository,) = root.glob("*.git")

    assert result.exit_code == 0, result.output
    history = git(repository, "log", "--reverse", "--format=%H", "main").splitlines()
    assert [row[3] for row in rows_of(result.stdout)] == history
    assert TOKEN not in result.output


def test_a_host_without_a_token_is_refused() -> None:
    result = CliRunner().invoke(
        main, ("demo", "projects", "--host", "http://127.0.0.1:9", "--json")
    )

    assert result.exit_code == 2
    assert "GITHUB_TOKEN" in result.stderr
