"""Measure reads of the shipped server while live pages of the console stay open."""

import re
import time
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from threading import Event, Thread
from typing import Final
from urllib.parse import quote

import httpx
from attrs import define, evolve, field
from tests.doses.bench.console_rows import fill_tasks
from tests.doses.bench.edits import fill_store
from tests.doses.bench.lives import create_with_versions
from tests.doses.bench.rounds import Dose, Goal, Measured, Table, seconds_of
from tests.doses.bench.served import (
    HOST,
    SECOND,
    SECRET,
    SERVE,
    START_SECONDS,
    VERSIONS,
    Client,
    served,
)
from tests.doses.bench.statements import NOTE
from tests.testbed import Testbed

from indelible.kernel.keys import CreateKey, KeyPolicy, create_key
from indelible.policy import Policy
from indelible.testing.stores import MAYA
from indelible_service.instance.data_directory import derive_secret
from indelible_service.settings.service import Settings
from indelible_sql import open_store
from indelible_web.console.live import HEARTBEAT_SECONDS

STREAMS: Final = 50
REFRESH_SECONDS: Final = 2.0  # of the page of tasks, as its script has it
READS_PER_TIME: Final = 20  # A round lasts some seconds, so that each page is refreshed in it.
ALONE: Final = "no page open"
TOGETHER: Final = f"{STREAMS} feeds open"
WITH_TASKS: Final = f"{STREAMS} pages of tasks open"
STREAM: Final = re.compile(r'data-stream="([^"]+)" data-cursor="([^"]+)"')
CSRF_TOKEN: Final = re.compile(r'name="csrf" value="([^"]+)"')


@define
class Streams:
    """Event streams of one signed-in browser, each followed by a thread."""

    port: int
    cookie: str
    path: str
    _is_over: Event = field(factory=Event, init=False)
    _threads: list[Thread] = field(factory=list[Thread], init=False)

    def open(self) -> None:
        """Open all streams, and return when each has sent its first event."""
        self._is_over.clear()
        is_open = [Event() for _ in range(STREAMS)]
        self._threads = []
        for event in is_open:
            thread = Thread(target=self._follow, args=(event,), daemon=True)
            thread.start()
            self._threads.append(thread)
        for event in is_open:
            assert event.wait(START_SECONDS)

    def close(self) -> None:
        """Close all streams, and wait until the server has noticed it."""
        self._is_over.set()
        for thread in self._threads:
            thread.join(START_SECONDS)
        time.sleep(2 * HEARTBEAT_SECONDS)

    def _follow(self, is_open: Event) -> None:
        """Follow a stream; the server ends each after a while, then open another."""
        while not self._is_over.is_set():
            connection = HTTPConnection(HOST, self.port, timeout=START_SECONDS)
            connection.request("GET", self.path, headers={"Cookie": self.cookie})
            response = connection.getresponse()
            with suppress(HTTPException):
                while not self._is_over.is_set():
                    line = response.readline()
                    if not line:
                        break
                    if line == b"data: open\n":
                        is_open.set()
            connection.close()


@define
class TaskPages:
    """Pages of tasks of one signed-in browser, each refreshed by a thread."""

    port: int
    cookie: str
    _is_over: Event = field(factory=Event, init=False)
    _threads: list[Thread] = field(factory=list[Thread], init=False)

    def open(self) -> None:
        """Open all pages, and return when each has been refreshed."""
        self._is_over.clear()
        is_open = [Event() for _ in range(STREAMS)]
        self._threads = []
        for number, event in enumerate(is_open):
            delay = REFRESH_SECONDS * number / STREAMS
            thread = Thread(target=self._refresh, args=(event, delay), daemon=True)
            thread.start()
            self._threads.append(thread)
        for event in is_open:
            assert event.wait(START_SECONDS)

    def close(self) -> None:
        """Close all pages."""
        self._is_over.set()
        for thread in self._threads:
            thread.join(START_SECONDS)

    def _refresh(self, is_open: Event, delay: float) -> None:
        """Load the table of stages, after a pause of its own and then after each pause."""
        connection = HTTPConnection(HOST, self.port, timeout=START_SECONDS)
        while not self._is_over.wait(delay):
            connection.request("GET", "/console/tasks-now", headers={"Cookie": self.cookie})
            with connection.getresponse() as response:
                text = response.read()
            assert response.status == HTTPStatus.OK, text
            is_open.set()
            delay = REFRESH_SECONDS
        connection.close()


def tables(bed: Testbed, dose: Dose) -> Iterator[Table]:
    """Measure a read alone, while streams stay open, and while pages of tasks do, in turns."""
    server = bed.postgresql()
    url = server.url
    pepper = derive_secret(Settings(secret=SECRET.encode()), "keys")
    store = open_store(url, policy=Policy(keys=KeyPolicy(pepper=pepper)))
    fill_store(store, dose.concepts)
    fill_tasks(server.admin_url, dose.tasks)
    path = f"/v1/concepts/{create_with_versions(store, VERSIONS).concept.id}"
    command = CreateKey(owner=MAYA, scopes=("admin",))
    key = store.run(create_key, command, actor=MAYA, reason=NOTE).text
    store.dispose()

    variables = {
        "DATABASE_URL": url,
        "INDELIBLE_SECRET": SECRET,
        "INDELIBLE_MAX_STREAMS": str(STREAMS),
    }
    values: dict[str, list[float]] = {name: [] for name in (ALONE, TOGETHER, WITH_TASKS)}
    with served(SERVE, variables) as running:
        client = Client(running.port, key)
        cookie, stream_path = sign_in(running.port, key)
        open_pages: dict[str, Streams | TaskPages] = {
            TOGETHER: Streams(running.port, cookie, stream_path),
            WITH_TASKS: TaskPages(running.port, cookie),
        }
        read = partial(client.send, "GET", path)
        reads = READS_PER_TIME * dose.times
        seconds_of(read, dose.times)  # fills caches
        for _ in range(dose.rounds):
            values[ALONE].append(seconds_of(read, reads) / reads * SECOND)
            for name, pages in open_pages.items():
                pages.open()
                values[name].append(seconds_of(read, reads) / reads * SECOND)
                pages.close()
        client.close()

    quiet = Measured(name=ALONE, unit="ms", values=tuple(values[ALONE]))
    rows = [evolve(quiet, name=name, values=tuple(own)) for name, own in values.items()]
    yield _table(quiet, tuple(rows), dose)


def _table(quiet: Measured, rows: tuple[Measured, ...], dose: Dose) -> Table:
    goals: list[Goal] = []
    for row in rows:
        if row.name != ALONE:
            promise = f"times as long with {row.name}"
            goals.append(Goal(promise=promise, value=row.over(quiet), at_most=1.2))

    return Table(
        name="feeds",
        title="A read while live pages of the console stay open",
        description=(
            "`indelible serve` with one worker answers one client that reads a concept, alone,"
            f" while {STREAMS} feeds of changes stay open, each on a connection of its own, and"
            f" while {STREAMS} pages of tasks are open that refresh their table every two seconds."
            f" The database has {dose.tasks:,} tasks."
        ),
        rows=rows,
        baseline=ALONE,
        goals=tuple(goals),
    )


def sign_in(port: int, key: str) -> tuple[str, str]:
    """Sign in to the console; return the cookie, and the path of the stream of new changes."""
    with httpx.Client(base_url=f"http://{HOST}:{port}") as browser:
        (token,) = CSRF_TOKEN.findall(browser.get("/console/sign-in").text)
        response = browser.post("/console/sign-in", data={"csrf": token, "key": key})
        assert response.status_code == 303, response.text
        cookie = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
        ((path, cursor),) = STREAM.findall(browser.get("/console/history").text)

    return cookie, f"{path}?cursor={quote(cursor)}"
