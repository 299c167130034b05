"""Requests to the shipped server, and the same read asked of a FastAPI service under the same server."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from http.client import HTTPConnection
from typing import Any, Final, cast

from attrs import evolve
from tests.architecture.sources import ROOT
from tests.bench.edits import OURS, fill_store
from tests.bench.lives import create_with_versions
from tests.bench.rounds import Dose, Measured, Table, Way, measure_in_turns
from tests.bench.statements import NOTE, revised
from tests.chaos.testbed import Testbed

from indelible.concepts import ConceptSaved
from indelible.kernel import canonical_json
from indelible.kernel.keys import CreateKey, KeyPolicy, create_key
from indelible.policy import Policy
from indelible.testing.stores import MAYA
from indelible_service.data_directory import derive_secret
from indelible_service.settings import Settings
from indelible_sql import SqlStore, open_store

VERSIONS: Final = 10
ROUNDS: Final = 5
SECRET: Final = "a secret of the bench, which nobody else uses"  # noqa: S105 - nothing is behind it
FASTAPI: Final = "FastAPI"
HOST: Final = "127.0.0.1"
START_SECONDS: Final = 30
IN_A_ROW: Final = 10  # requests of a client, between two looks at the clock
SECOND: Final = 1e3  # milliseconds
SERVE: Final = ("-m", "indelible_service", "serve")
ASGI: Final = (
    "-m",
    "granian",
    "--interface",
    "asgi",
    "--host",
    HOST,
    "tests.bench.fastapi_read:app",
)


Visit = Callable[[], object]


class Client:
    """A connection that stays open, and the key that it shows."""

    def __init__(self, port: int, key: str) -> None:
        self._connection = HTTPConnection(HOST, port, timeout=START_SECONDS)
        self.close = self._connection.close
        self._headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}

    def ask(self, method: str, path: str, body: str | None = None, etag: str = "") -> Any:  # noqa: ANN401 - JSON
        """What the server answers with 200, as JSON."""
        self._connection.request(
            method, path, body, {**self._headers, "If-Match": etag} if etag else self._headers
        )
        with self._connection.getresponse() as response:
            text = response.read()
        assert response.status == 200, text
        return json.loads(text)


Connect = Callable[[int], Client]


def tables(bed: Testbed, dose: Dose) -> Iterator[Table]:
    """Reads by both, by one client and by several; edits by ours."""
    few = evolve(dose, rounds=min(dose.rounds, ROUNDS), times=max(1, dose.times // IN_A_ROW // 2))
    url = bed.postgresql().url
    pepper = derive_secret(Settings(secret=SECRET.encode()), "keys")
    store = open_store(url, policy=Policy(keys=KeyPolicy(pepper=pepper)))
    fill_store(store, dose.concepts)
    command = CreateKey(owner=MAYA, scopes=("admin",))
    key = store.run(create_key, command, actor=MAYA, reason=NOTE).text
    told = {"DATABASE_URL": url, "INDELIBLE_SECRET": SECRET, "BENCH_PEPPER": pepper.hex()}
    with served(SERVE, told) as ours, served(ASGI, told) as theirs, ExitStack() as stack:

        def connect(port: int) -> Client:
            client = Client(port, key)
            stack.callback(client.close)
            return client

        rows = (
            *_reads(store, connect, {OURS: ours, FASTAPI: theirs}, few),
            *_edits(store, connect, ours, few),
        )
    store.dispose()
    yield Table(
        name="served",
        title="HTTP",
        description="`indelible serve` with one worker, as it is shipped: keys, limits, logs, problem documents. FastAPI is"
        " served by the same server, granian, with one worker and asyncio; it checks the same key, reads the same"
        " concept by one statement of its own through psycopg's pool, and answers with the same JSON. It limits and"
        " logs nothing. The clients are threads of one Python process on the same machine.",
        rows=rows,
        baseline=OURS,
    )


def _reads(
    store: SqlStore, connect: Connect, ports: Mapping[str, int], dose: Dose
) -> Iterator[Measured]:
    path = f"/v1/concepts/{create_with_versions(store, VERSIONS).concept.id}"
    answers = [connect(port).ask("GET", path) for port in ports.values()]
    assert all(_same(answer, answers[0]) for answer in answers)
    for count in (1, dose.clients):
        ways = {
            name: _at_once([partial(connect(port).ask, "GET", path) for _ in range(count)])
            for name, port in ports.items()
        }
        yield from _rates(measure_in_turns(ways, dose, f"reads, {_clients(count)}"), count)


def _edits(store: SqlStore, connect: Connect, port: int, dose: Dose) -> Iterator[Measured]:
    for count in (1, dose.clients):
        way = _at_once(
            [_editor(connect(port), create_with_versions(store, VERSIONS)) for _ in range(count)]
        )
        yield from _rates(measure_in_turns({OURS: way}, dose, f"edits, {_clients(count)}"), count)


def _clients(count: int) -> str:
    return f"{count} client{'s' * (count > 1)}"


def _same(one: Any, other: Any) -> bool:  # noqa: ANN401 - JSON
    """Whether two answers say the same, however they write an instant."""
    if isinstance(one, dict):
        found = cast("dict[str, Any]", one)
        return found.keys() == other.keys() and all(
            _same(value, other[name]) for name, value in found.items()
        )
    return str(one).replace("+00:00", "Z") == str(other).replace("+00:00", "Z")


def _editor(client: Client, saved: ConceptSaved) -> Visit:
    seq, path = [saved.seq], f"/v1/concepts/{saved.concept.id}"

    def edit() -> None:
        body = canonical_json({"content": revised(seq[0]), "change_note": NOTE})
        seq[0] = client.ask("PUT", path, body, f'"{seq[0]}"')["seq"]

    return edit


def _at_once(visits: list[Visit]) -> Way:
    """All clients make their visits at the same time, each some in a row."""
    done = [0]

    def come(visit: Visit) -> int:
        for _ in range(IN_A_ROW):
            visit()
        return 1

    def once() -> None:
        with ThreadPoolExecutor(len(visits)) as threads:
            done[0] += sum(threads.map(come, visits)) == len(visits)

    return Way(once, partial(done.__getitem__, 0))


def _rates(found: Mapping[str, Measured], count: int) -> Iterator[Measured]:
    """Requests a second instead of milliseconds for all of them."""
    for each in found.values():
        rates = tuple(SECOND * count * IN_A_ROW / taken for taken in each.values)
        yield evolve(each, unit="requests/s", values=rates)


@contextmanager
def served(command: tuple[str, ...], told: Mapping[str, str]) -> Generator[int]:
    """The port at which a server of ours answers until the block ends."""
    with socket.create_server((HOST, 0)) as free:
        port = int(free.getsockname()[1])
    variables = {
        **os.environ,
        **told,
        "INDELIBLE_PORT": str(port),
        "GRANIAN_PORT": str(port),
        "PYTHONPATH": str(ROOT),
    }
    variables["INDELIBLE_REQUESTS_PER_MINUTE"] = "10000000"
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen((sys.executable, *command), env=variables, **quiet)  # type: ignore[call-overload]
    try:
        _wait(port)
        yield port
    finally:
        process.terminate()
        process.wait(START_SECONDS)


def _wait(port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        with suppress(ConnectionError), socket.create_connection((HOST, port)):
            return
        time.sleep(0.05)
    message = f"nothing answers at port {port}"
    raise TimeoutError(message)
