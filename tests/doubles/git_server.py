"""A Git server over HTTP: the real `git http-backend` behind a token.

As a program: `python -m tests.doubles.git_server ROOT TOKEN [PORT]` serves the bare repositories
below ROOT as `/<name>.git`. A fault is planned with a PUT to `/_double/faults`.
"""

import os
import re
import subprocess
import sys
from base64 import b64decode, b64encode
from contextlib import suppress
from http import HTTPStatus
from pathlib import Path
from threading import Event

from attrs import frozen
from tests.doubles.serving import Request, Response, served

PUSH = r"POST .*/git-receive-pack$"
PUSH_START = r"GET .*service=git-receive-pack$"
FETCH = r"POST .*/git-upload-pack$"
FETCH_START = r"GET .*service=git-upload-pack$"
REPOSITORY_PATH = re.compile(r"/(?P<name>[\w./-]+?\.git)(?P<rest>/.*)")
UNAUTHORIZED = Response(status=401, headers={"WWW-Authenticate": "Basic realm=git"})


def not_found() -> Response:
    """Return the answer to a request for a repository that does not exist."""
    return Response(status=404, body=b"Repository not found.\n")


def has_token(request: Request, token: str) -> bool:
    """Return True if a request carries the token as its password."""
    kind, _, value = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "basic":
        return False
    with suppress(ValueError):
        return b64decode(value, validate=True).decode().partition(":")[2] == token

    return False


def authorization(token: str) -> str:
    """Return the header of a request with the token."""
    return "Basic " + b64encode(f"x-access-token:{token}".encode()).decode()


def backend(request: Request, repository: Path, rest: str) -> Response:
    """Return what `git http-backend` answers for a bare repository."""
    route, _, query = rest.partition("?")
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": "/dev/null",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_PROJECT_ROOT": str(repository.parent),
        "GIT_HTTP_EXPORT_ALL": "1",
        "PATH_INFO": f"/{repository.name}{route}",
        "QUERY_STRING": query,
        "REQUEST_METHOD": request.method,
        "CONTENT_TYPE": request.headers.get("content-type", ""),
        "CONTENT_LENGTH": str(len(request.body)),
        "REMOTE_USER": "octo",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_CONTENT_ENCODING": request.headers.get("content-encoding", ""),
        "GIT_PROTOCOL": request.headers.get("git-protocol", ""),
    }
    completed = subprocess.run(
        ("/usr/bin/env", "git", "http-backend"),
        input=request.body,
        env=environment,
        check=False,
        capture_output=True,
    )
    head, _, body = completed.stdout.partition(b"\r\n\r\n")
    status = HTTPStatus.OK.value
    headers: dict[str, str] = {}
    for line in head.decode().split("\r\n"):
        name, _, value = line.partition(": ")
        if name.lower() == "status":
            status = int(value.split()[0])
        elif name:
            headers[name] = value

    return Response(status=status, headers=headers, body=body)


@frozen
class GitServer:
    """The bare repositories below a folder, for those who have the token."""

    root: Path
    token: str

    def handle(self, request: Request) -> Response:
        """Answer a request of a git client."""
        if not has_token(request, self.token):
            return UNAUTHORIZED
        match = REPOSITORY_PATH.fullmatch(request.path)
        if match is None or ".." in request.path or not (self.root / match["name"]).is_dir():
            return not_found()

        return backend(request, self.root / match["name"], match["rest"])


def main() -> None:
    """Serve until the process is ended."""
    root, token, *port = sys.argv[1:]
    with served(GitServer(Path(root), token).handle, int("".join(port) or 0)) as double:
        sys.stdout.write(f"{double.url}\n")
        sys.stdout.flush()
        Event().wait()


if __name__ == "__main__":
    main()
