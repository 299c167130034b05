"""The front desk as its callers see it: by the test client of each framework, and over HTTP."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any, Protocol

import httpx
from attrs import frozen
from fastapi.testclient import TestClient
from flask.testing import FlaskClient
from tests.examples import desk_fastapi, desk_flask
from tests.examples.desk_site import serve
from tests.forks import create_pipe, start_child

Answer = tuple[int, Any]
FRAMEWORKS = ("flask", "fastapi")


class Desk(Protocol):
    """Somebody who has logged in, or has tried to."""

    def post(self, path: str, **body: str | int) -> Answer:
        """Send a request and return the status and the document of the answer."""
        ...

    def history(self, ticket_id: str) -> list[str]:
        """Return the lines of a ticket's history."""
        ...


@frozen
class FlaskDesk:
    """A session of Flask's test client."""

    client: FlaskClient

    def post(self, path: str, **body: str | int) -> Answer:
        """Send a request."""
        answer = self.client.post(path, json=body)
        return answer.status_code, answer.get_json(silent=True)

    def history(self, ticket_id: str) -> list[str]:
        """Ask for the history."""
        lines: list[str] = self.client.get(f"/tickets/{ticket_id}/history").get_json()
        return lines


@frozen
class HttpDesk:
    """A client of httpx: the test client of FastAPI, or one of a real server."""

    client: httpx.Client | TestClient

    def post(self, path: str, **body: str | int) -> Answer:
        """Send a request."""
        answer = self.client.post(path, json=body)
        is_json = "json" in answer.headers.get("Content-Type", "")
        return answer.status_code, answer.json() if is_json else None

    def history(self, ticket_id: str) -> list[str]:
        """Ask for the history."""
        lines: list[str] = self.client.get(f"/tickets/{ticket_id}/history").json()
        return lines


@contextmanager
def local_desk(framework: str, url: str, token: str) -> Generator[Desk]:
    """Log in at an application in this process, by the test client of its framework."""
    if framework == "flask":
        app = desk_flask.create_app(url, "a secret")
        desk = FlaskDesk(app.test_client())
        desk.post("/login", token=token)
        yield desk
        app.extensions["desk"].engine.dispose()
    else:
        headers = {"Authorization": f"Bearer {token}"}
        with TestClient(desk_fastapi.create_app(url), headers=headers) as client:
            yield HttpDesk(client)


@contextmanager
def served_desk(framework: str, url: str, token: str) -> Generator[Desk]:
    """Start a server of the framework, and log in."""
    ours, theirs = create_pipe()
    child = start_child(serve, theirs, framework, url)
    theirs.close()
    headers = {"Authorization": f"Bearer {token}"}
    base_url = f"http://127.0.0.1:{ours.recv()}"
    try:
        with httpx.Client(base_url=base_url, headers=headers, timeout=60) as client:
            desk = HttpDesk(client)
            if framework == "flask":
                desk.post("/login", token=token)
            yield desk
    finally:
        child.terminate()
        child.join()
