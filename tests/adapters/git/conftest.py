"""Hosts for the tests of indelible_git: a folder, and GitHub's double."""

from collections.abc import Callable, Generator
from pathlib import Path

import pytest
from tests.adapters.git.hosts import TOKEN, GitHubSite, LocalSite, Site
from tests.doubles.github import github

from indelible_git import GitHubHost, LocalHost


@pytest.fixture
def local(tmp_path: Path) -> LocalSite:
    return LocalSite(LocalHost(tmp_path / "host"), tmp_path / "clones")


@pytest.fixture
def hub(tmp_path: Path) -> Generator[GitHubSite]:
    root = tmp_path / "github"
    root.mkdir()
    with github(root, TOKEN) as (account, double):
        host = GitHubHost(token=TOKEN, api_url=double.url)
        yield GitHubSite(host, tmp_path / "clones", account, double)

    assert account.violations == []
    assert double.errors == []


@pytest.fixture(params=["local", "hub"])
def site(request: pytest.FixtureRequest) -> Site:
    """Run the test with each host."""
    site: Site = request.getfixturevalue(request.param)
    return site


@pytest.fixture
def canary(tmp_path: Path) -> Callable[[], bool]:
    """Return a check that no program of a repository ran."""
    return (tmp_path / "canary").exists
