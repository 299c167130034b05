"""Reads of the shipped server while feeds of the console stay open."""

import re
import time
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from http.client import HTTPConnection, HTTPException
from threading import Event, Thread
from typing import Final
from urllib.parse import quote

import httpx
from attrs import define, evolve, field
from tests.bench.edits import fill_store
from tests.bench.lives import create_with_versions
from tests.bench.rounds import Dose, Goal, Measured, Table, seconds_of
from tests.bench.served import HOST, SECOND, SECRET, SERVE, START_SECONDS, VERSIONS, Client, served
from tests.bench.statements import NOTE
from tests.chaos.testbed import Testbed

from indelible.kernel.keys import CreateKey, KeyPolicy, create_key
from indelible.policy import Policy
from indelible.testing.stores import MAYA
from indelible_service.data_directory import derive_secret
from indelible_service.settings import Settings
from indelible_sql import open_store
from indelible_web.console.live import HEARTBEAT_SECONDS

FEEDS: Final = 50
ALONE: Final = "no feed open"
TOGETHER: Final = f"{FEEDS} feeds open"
STREAM: Final = re.compile(r'data-stream="([^"]+)" data-cursor="([^"]+)"')
HIDDEN: Final = re.compile(r'name="csrf" value="([^"]+)"')


@define
class Feeds:
    """Feeds of one browser that has signed in, each followed by a thread until they are all let go."""

    port: int
    cookie: str
    path: str
    _is_over: Event = field(factory=Event, init=False)
    _threads: list[Thread] = field(factory=list[Thread], init=False)

    def begin(self) -> None:
        """Return when every feed has said its first word."""
        self._is_over.clear()
        said = [Event() for _ in range(FEEDS)]
        self._threads = [Thread(target=self._follow, args=(each,), daemon=True) for each in said]
        for thread in self._threads:
            thread.start()
        assert all(each.wait(START_SECONDS) for each in said)

    def end(self) -> None:
        """Let go, and wait until the server has noticed."""
        self._is_over.set()
        for thread in self._threads:
            thread.join(START_SECONDS)
        time.sleep(2 * HEARTBEAT_SECONDS)

    def _follow(self, said: Event) -> None:
        while not self._is_over.is_set():
            connection = HTTPConnection(HOST, self.port, timeout=START_SECONDS)
            connection.request("GET", self.path, headers={"Cookie": self.cookie})
            answer = connection.getresponse()
            with suppress(HTTPException):  # it ends in its time, as they all do
                while not self._is_over.is_set() and (line := answer.readline()):
                    if line == b"data: open\n":
                        said.set()
            connection.close()


def tables(bed: Testbed, dose: Dose) -> Iterator[Table]:
    """How long a read takes alone, and while feeds stay open; in turns."""
    url = bed.postgresql().url
    pepper = derive_secret(Settings(secret=SECRET.encode()), "keys")
    store = open_store(url, policy=Policy(keys=KeyPolicy(pepper=pepper)))
    fill_store(store, dose.concepts)
    path = f"/v1/concepts/{create_with_versions(store, VERSIONS).concept.id}"
    key = store.run(
        create_key, CreateKey(owner=MAYA, scopes=("admin",)), actor=MAYA, reason=NOTE
    ).text
    store.dispose()
    told = {"DATABASE_URL": url, "INDELIBLE_SECRET": SECRET, "INDELIBLE_MAX_STREAMS": str(FEEDS)}
    with served(SERVE, told) as port:
        client, feeds = Client(port, key), Feeds(port, *signed_in(port, key))
        read = partial(client.ask, "GET", path)
        seconds_of(read, dose.times)  # for caches
        alone, together = list[float](), list[float]()
        for _ in range(dose.rounds):
            alone.append(seconds_of(read, dose.times) / dose.times * SECOND)
            feeds.begin()
            together.append(seconds_of(read, dose.times) / dose.times * SECOND)
            feeds.end()
        client.close()
    quiet = Measured(name=ALONE, unit="ms", values=tuple(alone))
    busy = evolve(quiet, name=TOGETHER, values=tuple(together))
    yield Table(
        name="feeds",
        title="A read while feeds of the console stay open",
        description=f"`indelible serve` with one worker answers one client that reads a concept, alone and while {FEEDS}"
        " feeds of changes stay open, each on a connection of its own.",
        rows=(quiet, busy),
        baseline=ALONE,
        goals=(
            Goal(
                promise=f"times as long with {FEEDS} feeds open",
                value=busy.over(quiet),
                at_most=1.2,
            ),
        ),
    )


def signed_in(port: int, key: str) -> tuple[str, str]:
    """The cookie of a browser that has signed in, and where it finds what happens from now on."""
    with httpx.Client(base_url=f"http://{HOST}:{port}") as browser:
        (token,) = HIDDEN.findall(browser.get("/console/sign-in").text)
        answer = browser.post("/console/sign-in", data={"csrf": token, "key": key})
        assert answer.status_code == 303, answer.text
        cookie = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
        ((path, cursor),) = STREAM.findall(browser.get("/console/history").text)
        return cookie, f"{path}?cursor={quote(cursor)}"
