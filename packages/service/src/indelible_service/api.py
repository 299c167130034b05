"""A running instance, as a caller of its REST API sees it."""

import json
import os
import subprocess
import sys
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from http.client import HTTPException
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Timer
from typing import Any, ClassVar, Final, cast
from urllib.error import HTTPError
from urllib.request import ProxyHandler, Request, build_opener

from attrs import field, frozen

from indelible.kernel import Unavailable
from indelible_service.settings import VARIABLES, Settings

ANSWER_SECONDS: Final = 30
START_SECONDS: Final = 60
DIRECT: Final = build_opener(ProxyHandler({}))

Body = Mapping[str, Any]
Headers = Mapping[str, str]
NO_HEADERS: Final[Headers] = {}


@frozen
class NotRunning(Unavailable):
    """Nothing answers at this address."""

    code: ClassVar[str] = "NOT_RUNNING"
    address: str


@frozen
class UnexpectedAnswer(Unavailable):
    """The API did not answer as it should."""

    code: ClassVar[str] = "UNEXPECTED_ANSWER"
    request: str
    status: int
    problem: str


@frozen
class Api:
    """Whom to call, and with which key; no call is repeated."""

    address: str
    key: str = field(default="", repr=False)

    def call(
        self, method: str, path: str, body: Body | None = None, *, headers: Headers = NO_HEADERS, expect: int = 200
    ) -> Body:
        """What the answer says; NotRunning where there is none, UnexpectedAnswer where its status is another."""
        data = None if body is None else json.dumps(body).encode()
        own = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
        # Settings let http and https through only.
        request = Request(f"{self.address}{path}", data, {**own, **headers}, method=method)  # noqa: S310
        status, text = self._answer(request)
        found = _parsed(text)
        if status != expect:
            raise UnexpectedAnswer(f"{method} {path}", status, f"{found.get('code')}: {found.get('title')}")
        return found

    def is_running(self) -> bool:
        """Whether anything answers; UnexpectedAnswer where that is no instance of indelible."""
        try:
            found = self.call("GET", "/health/live")
        except NotRunning:
            return False
        if found != {"status": "alive"}:
            raise UnexpectedAnswer("GET /health/live", 200, "not indelible")
        return True

    def _answer(self, request: Request) -> tuple[int, bytes]:
        try:
            with DIRECT.open(request, timeout=ANSWER_SECONDS) as response:
                return response.status, response.read()
        except HTTPError as refused:
            with refused:
                return refused.code, refused.read()
        except (OSError, HTTPException) as error:
            raise NotRunning(self.address) from error


def _parsed(text: bytes) -> Body:
    try:
        return cast("Body", json.loads(text))
    except ValueError:
        return {}  # of something else that listens there


@contextmanager
def temporary_instance() -> Generator[Settings]:
    """`indelible up` as a child at a free port, with data of its own that go with it; the settings it runs with."""
    with TemporaryDirectory(prefix="indelible-") as directory:
        given = dict.fromkeys(VARIABLES, "") | {"INDELIBLE_DATA_DIR": directory, "INDELIBLE_PORT": "0"}
        with (Path(directory) / "log").open("wb") as log:
            child = subprocess.Popen(
                (sys.executable, "-m", "indelible_service", "up", "--json"),
                env=os.environ | given,
                stdout=subprocess.PIPE,
                stderr=log,
            )
        with child:
            limit = Timer(START_SECONDS, child.kill)
            limit.start()
            try:
                said = child.stdout.readline() if child.stdout else b""
                limit.cancel()
                if not said:
                    raise NotRunning("a temporary instance")
                port = json.loads(said)["address"].rpartition(":")[2]
                yield Settings.read({**given, "INDELIBLE_PORT": port})
            finally:
                limit.cancel()
                child.terminate()
