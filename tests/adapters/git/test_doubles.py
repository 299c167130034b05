"""The doubles are programs: they serve a folder, and take faults from other processes."""

import json
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest
import urllib3
from tests.adapters.git.hosts import TOKEN, request
from tests.architecture.sources import ROOT
from tests.doubles.git_server import authorization
from tests.doubles.github import NEEDED_HEADERS, git, github
from tests.doubles.serving import CONTROL

from indelible.projects.errors import HostUnavailable
from indelible_git import GitHubHost


@contextmanager
def program(name: str, root: Path) -> Generator[str]:
    """Run a double as a program, and return its address."""
    command = (sys.executable, "-m", f"tests.doubles.{name}", str(root), TOKEN)
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().strip()
        finally:
            process.kill()


@pytest.mark.slow
def test_github_is_a_program_that_takes_faults(tmp_path: Path) -> None:
    with program("github", tmp_path) as url:
        host = GitHubHost(token=TOKEN, api_url=url)
        fault = {"matching": "POST /user/repos", "status": 503, "headers": {"Retry-After": "7"}}
        answer = urllib3.request("PUT", f"{url}{CONTROL}", body=json.dumps(fault).encode())
        assert answer.status == 204
        with pytest.raises(HostUnavailable) as caught:
            host.ensure_repository(request())
        assert caught.value.retry_after_seconds == 7

        repository = host.ensure_repository(request())
        assert host.get_repository(repository.repository_id) == repository


@pytest.mark.parametrize(
    ("method", "path", "change", "problem"),
    [
        ("POST", "/user/repos", {"auto_init": True}, "auto_init is implemented only as false"),
        ("POST", "/user/repos", {"has_wiki": False}, "has_wiki is not implemented"),
        ("POST", "/user/repos", {"nonsense": 1}, "nonsense"),
        ("POST", "/user/repos?visibility=all", {}, "the query visibility=all"),
        ("DELETE", "/repos/octo/shop", None, "DELETE /repos/octo/shop is not described"),
    ],
)
def test_github_refuses_by_its_name_what_it_does_not_implement(
    tmp_path: Path, method: str, path: str, change: dict[str, object] | None, problem: str
) -> None:
    body = None if change is None else json.dumps({"name": "shop", **change}).encode()
    headers = {**NEEDED_HEADERS, "Authorization": f"Bearer {TOKEN}", "User-Agent": "test"}
    with github(tmp_path, TOKEN) as (account, double):
        answer = urllib3.request(method, f"{double.url}{path}", body=body, headers=headers)

    assert answer.status == 400
    assert problem in answer.json()["message"]
    assert problem in account.violations[0]
    assert account.folders() == []


def test_the_git_server_serves_a_folder_to_those_who_have_the_token(tmp_path: Path) -> None:
    git(None, "init", "--quiet", "--bare", str(tmp_path / "shop.git"))
    with program("git_server", tmp_path) as url:
        header = f"http.extraHeader=Authorization: {authorization(TOKEN)}"
        assert git(None, "-c", header, "ls-remote", f"{url}/shop.git") == ""
        for refused in (
            ("ls-remote", f"{url}/shop.git"),
            ("-c", header, "ls-remote", f"{url}/x.git"),
        ):
            with pytest.raises(subprocess.CalledProcessError):
                git(None, "-c", "core.askPass=true", *refused)
