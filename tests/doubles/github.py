"""GitHub: its REST API and Git over HTTPS on one socket, whose state is real bare repositories.

Each request and each answer is checked against GitHub's own description. As a program:
`python -m tests.doubles.github ROOT TOKEN [PORT]`. Faults are planned as in `git_server.py`.
"""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from threading import Event, Lock
from typing import Any

from attrs import define, field
from tests.doubles import github_documents, github_schema
from tests.doubles.git_server import UNAUTHORIZED, backend, has_token, not_found
from tests.doubles.serving import Double, Request, Response, served

Document = dict[str, Any]
LOGIN = "octo"
GIT_PATH = re.compile(r"/(?P<owner>[\w.-]+)/(?P<name>[\w.-]+?)\.git(?P<rest>/.*)")
REPOSITORY = re.compile(r"/repos/(?P<owner>[^/]+)/(?P<name>[^/]+)")
BY_ID = re.compile(r"/repositories/(?P<id>\d+)")
STATE_FILE = "github.json"
LIMIT = 5_000
ARCHIVED = b"This repository was archived so it is read-only.\n"
OF_REPOSITORY = {"auto_init", "description", "name", "private"}
NEEDED_HEADERS = {
    "accept": "application/vnd.github+json",
    "x-github-api-version": "2022-11-28",
}


@define(eq=False)
class GitHub:
    """An account with its repositories: bare ones below a folder, named by their ids."""

    root: Path
    token: str
    url: str = ""
    default_branch: str = "main"
    login: str = LOGIN
    violations: list[str] = field(factory=list[str])
    remaining: int = LIMIT
    reset: int = field(factory=lambda: int(time.time()) + 3_600)
    _ids: Any = field(factory=lambda: count(1_001))
    _lock: Lock = field(factory=Lock)

    # what a person does on the site

    def create(self, name: str, *, owner: str = LOGIN, **values: object) -> Path:
        """Create a repository, and return its folder."""
        repository_id = next(self._ids)
        path = self.root / f"{repository_id}.new"
        settings = {
            "core.logAllRefUpdates": "true",
            "receive.denyNonFastForwards": "false",
            "http.receivepack": "true",
            "uploadpack.allowFilter": "true",
        }
        branch = f"--initial-branch={self.default_branch}"
        git(None, "init", "--quiet", "--bare", branch, "--", str(path))
        for key, value in settings.items():
            git(path, "config", key, value)
        state: Document = {
            "id": repository_id,
            "name": name,
            "owner": owner,
            "description": None,
            "private": True,
            "archived": False,
            "old_names": [],
        }
        state.update(values)
        self._save(path, state)
        return path.rename(self.folder(str(repository_id)))

    def change(self, path: Path, **values: object) -> None:
        """Change a repository; its old name leads to it after it was renamed."""
        state = self._state(path)
        if "name" in values:
            state["old_names"].append(state["name"])
        state.update(values)
        self._save(path, state)

    def folder(self, repository_id: str) -> Path:
        """Return the bare repository with an id."""
        return self.root / f"{repository_id}.git"

    def folders(self) -> list[Path]:
        """Return all bare repositories."""
        return sorted(self.root.glob("*.git"))

    # requests

    def handle(self, request: Request) -> Response:
        """Answer a request of a git client or of one of the API."""
        match = GIT_PATH.fullmatch(request.path)
        if match is not None:
            return self._git(request, match)

        body: Any = None
        if request.body:
            body = json.loads(request.body)
        faults = self._request_faults(request, body)
        if faults:
            self._note(request, faults)
            return _error(400, f"the double refuses the request: {'; '.join(faults)}")
        self.remaining -= 1
        response = self._api(request, body)
        self._check_answer(request, response)
        return self._with_limits(response)

    def _git(self, request: Request, match: re.Match[str]) -> Response:
        if not has_token(request, self.token):
            return UNAUTHORIZED
        path = self._find(match["owner"], match["name"])
        if path is None:
            return not_found()
        if self._state(path)["archived"] and "receive-pack" in match["rest"]:
            return Response(status=403, body=ARCHIVED)

        return backend(request, path, match["rest"])

    def _api(self, request: Request, body: Document) -> Response:
        if request.headers.get("authorization") != f"Bearer {self.token}":
            return _error(401, "Bad credentials")
        if request.path == "/user":
            return Response.json(200, github_documents.user(self.url, self.login))
        if request.path == "/user/repos":
            return self._create(body)

        match = REPOSITORY.fullmatch(request.path)
        if match is not None:
            return self._by_name(match["owner"], match["name"])
        match = BY_ID.fullmatch(request.path)
        if match is not None and self.folder(match["id"]).is_dir():
            return self._shown(200, self.folder(match["id"]))

        return _error(404, "Not Found")

    def _create(self, body: Document) -> Response:
        with self._lock:
            if self._find(self.login, body["name"]) is not None:
                return Response.json(422, github_documents.name_exists())
            path = self.create(
                body["name"],
                owner=self.login,
                description=body.get("description"),
                private=body.get("private", False),
            )

        return self._shown(201, path)

    def _by_name(self, owner: str, name: str) -> Response:
        path = self._find(owner, name)
        if path is not None:
            return self._shown(200, path)
        for renamed in self.folders():
            state = self._state(renamed)
            old_names = [old.lower() for old in state["old_names"]]
            if state["owner"] == owner and name.lower() in old_names:
                location = f"{self.url}/repositories/{state['id']}"
                document = {"message": "Moved Permanently", "url": location}
                document["documentation_url"] = github_documents.DOCUMENTATION
                return Response.json(301, document, Location=location)

        return _error(404, "Not Found")

    def _shown(self, status: int, path: Path) -> Response:
        document = github_documents.repository(self.url, self._state(path), _branch(path))
        return Response.json(status, document)

    def _find(self, owner: str, name: str) -> Path | None:
        for path in self.folders():
            state = self._state(path)
            if state["owner"] == owner and state["name"].lower() == name.lower():
                return path

        return None

    def _state(self, path: Path) -> dict[str, Any]:
        state: dict[str, Any] = json.loads((path / STATE_FILE).read_text(encoding="utf-8"))
        return state

    def _save(self, path: Path, state: dict[str, Any]) -> None:
        aside = path / f"{STATE_FILE}.new"
        aside.write_text(json.dumps(state), encoding="utf-8")
        aside.rename(path / STATE_FILE)

    # the description

    def _request_faults(self, request: Request, body: Any) -> list[str]:  # noqa: ANN401 - JSON
        """Return what GitHub does not describe, or the double does not implement."""
        faults = github_schema.request_faults(request.method, request.path, body)
        if body is not None and not faults:
            faults += unimplemented_fields(body)
        for name, value in NEEDED_HEADERS.items():
            if request.headers.get(name) != value:
                faults.append(f"header {name}: {request.headers.get(name)}, expected {value}")
        if not request.headers.get("user-agent"):
            faults.append("header user-agent is missing")
        return faults

    def _check_answer(self, request: Request, response: Response) -> None:
        document = json.loads(response.body)
        faults = github_schema.response_faults(
            request.method, request.path, response.status, document
        )
        self._note(request, faults)

    def _note(self, request: Request, faults: list[str]) -> None:
        for fault in faults:
            self.violations.append(f"{request.name}: {fault}")

    def _with_limits(self, response: Response) -> Response:
        headers = {
            **response.headers,
            "X-RateLimit-Limit": str(LIMIT),
            "X-RateLimit-Remaining": str(self.remaining),
            "X-RateLimit-Reset": str(self.reset),
        }
        return Response(status=response.status, headers=headers, body=response.body)


def unimplemented_fields(body: Document) -> list[str]:
    """Return the fields of a new repository that would be ignored."""
    faults = [f"{name} is not implemented" for name in sorted(body.keys() - OF_REPOSITORY)]
    if body.get("auto_init"):
        faults.append("auto_init is implemented only as false")
    return faults


def _error(status: int, message: str) -> Response:
    return Response.json(status, github_documents.error(status, message))


def _branch(path: Path) -> str:
    """Return the branch that the HEAD of a bare repository names."""
    return (path / "HEAD").read_text().strip().removeprefix("ref: refs/heads/")


def git(path: Path | None, *arguments: str, stdin: str = "") -> str:
    """Run git on a bare repository as its owner does, and return its output."""
    options: list[str] = []
    if path is not None:
        options = ["--git-dir", str(path)]
    identity = ("-c", "user.name=Maya", "-c", "user.email=maya@example.org")
    environment = {"PATH": os.environ["PATH"], "HOME": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1"}
    return subprocess.run(
        ("/usr/bin/env", "git", *identity, *options, *arguments),
        env=environment,
        check=True,
        capture_output=True,
        text=True,
        input=stdin,
    ).stdout.strip()


@contextmanager
def github(root: Path, token: str, port: int = 0) -> Generator[tuple[GitHub, Double]]:
    """Serve an account without repositories."""
    account = GitHub(root, token)
    with served(account.handle, port) as double:
        account.url = double.url
        yield account, double


def main() -> None:
    """Serve until the process is ended."""
    root, token, *port = sys.argv[1:]
    Path(root).mkdir(parents=True, exist_ok=True)
    with github(Path(root), token, int("".join(port) or 0)) as (_, double):
        sys.stdout.write(f"{double.url}\n")
        sys.stdout.flush()
        Event().wait()


if __name__ == "__main__":
    main()
