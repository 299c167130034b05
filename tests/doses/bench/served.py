"""Measure requests to the shipped server, and the same read from a FastAPI service."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager, suppress
from functools import partial
from http.client import HTTPConnection, HTTPException
from statistics import quantiles
from typing import Any, Final, cast

from attrs import evolve, frozen
from tests.architecture.sources import ROOT
from tests.doses.bench.edits import OURS, edit_by_store, fill_store
from tests.doses.bench.lives import create_with_versions
from tests.doses.bench.processor import Work, measure_processor, seconds_of_processes
from tests.doses.bench.rounds import Dose, Goal, Measured, Table, Way, measure_in_turns
from tests.doses.bench.statements import NOTE, revised
from tests.testbed import Testbed

from indelible.concepts import ConceptSaved
from indelible.kernel import canonical_json
from indelible.kernel.keys import CreateKey, KeyPolicy, create_key
from indelible.policy import Policy
from indelible.testing.stores import MAYA
from indelible_service.instance.data_directory import derive_secret
from indelible_service.settings.service import Settings
from indelible_sql import SqlStore, open_store

VERSIONS: Final = 10
MAX_ROUNDS: Final = 5
SECRET: Final = "a secret of the bench, which nobody else uses"  # noqa: S105 - it protects nothing
FASTAPI: Final = "FastAPI"
HOST: Final = "127.0.0.1"
START_SECONDS: Final = 30
REQUESTS_IN_A_ROW: Final = 10  # of a client, between two readings of the clock
SECOND: Final = 1e3  # milliseconds
SERVE: Final = ("-m", "indelible_service", "serve")
SERVE_BY_TWO: Final = (*SERVE, "--workers", "2")
BY_TWO: Final = f"{OURS}, 2 workers"
FASTAPI_APP: Final = "tests.doses.bench.fastapi_read:app"
SERVE_FASTAPI: Final = ("-m", "granian", "--interface", "asgi", "--host", HOST, FASTAPI_APP)
DESCRIPTION: Final = (
    "`indelible serve` with one worker, as it is shipped: keys, limits, logs, problem documents."
    " FastAPI is served by the same server, granian, with one worker and asyncio; it checks the"
    " same key, reads the same concept by one statement of its own through psycopg's pool, and"
    " answers with the same JSON. It has no limits and no logs. The clients are threads of one"
    " Python process on the same machine. Several clients also use `indelible serve --workers 2`,"
    " on the same database in the same rounds; the system gives each connection to one process."
)

HEALTH_DESCRIPTION: Final = (
    "`GET /health` of the same server: it asks the database. The figure of a round is the time"
    " that 95 of 100 requests do not exceed. Seed 004 asks for less than 100 ms (SC-004)."
)
MAX_HEALTH_MILLISECONDS: Final = 100
EDIT: Final = "the edit alone"
PROCESSOR_DESCRIPTION: Final = (
    "What the threads of the same servers take of the processor for a request; PostgreSQL and the"
    " clients are not counted. *The edit alone* is the command that a PUT executes, by the library"
    " in the process of the bench."
)

Request = Callable[[], object]


class Client:
    """A connection that stays open, and its API key."""

    def __init__(self, port: int, key: str) -> None:
        self._connection = HTTPConnection(HOST, port, timeout=START_SECONDS)
        self.close = self._connection.close
        self._headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}

    def send(self, method: str, path: str, body: str | None = None, etag: str = "") -> Any:  # noqa: ANN401 - JSON
        """Send a request, and return the JSON of its 200 response."""
        headers = dict(self._headers)
        if etag:
            headers["If-Match"] = etag
        self._connection.request(method, path, body, headers)
        with self._connection.getresponse() as response:
            text = response.read()

        assert response.status == 200, text
        return json.loads(text)


Connect = Callable[[int], Client]


@frozen
class Server:
    """A server that runs."""

    port: int
    pid: int  # of its first process


def tables(bed: Testbed, dose: Dose) -> Iterator[Table]:
    """Measure reads of both, our edits and our `/health`, by one client and by several."""
    times = max(1, dose.times // REQUESTS_IN_A_ROW // 2)
    fewer = evolve(dose, rounds=min(dose.rounds, MAX_ROUNDS), times=times)
    url = bed.postgresql().url
    pepper = derive_secret(Settings(secret=SECRET.encode()), "keys")
    store = open_store(url, policy=Policy(keys=KeyPolicy(pepper=pepper)))
    fill_store(store, dose.concepts)
    command = CreateKey(owner=MAYA, scopes=("admin",))
    key = store.run(create_key, command, actor=MAYA, reason=NOTE).text

    variables = {"DATABASE_URL": url, "INDELIBLE_SECRET": SECRET, "BENCH_PEPPER": pepper.hex()}
    with (
        served(SERVE, variables) as own,
        served(SERVE_BY_TWO, variables) as by_two,
        served(SERVE_FASTAPI, variables) as fastapi,
        ExitStack() as stack,
    ):

        def connect(port: int) -> Client:
            client = Client(port, key)
            stack.callback(client.close)
            return client

        ports = {OURS: own.port, FASTAPI: fastapi.port, BY_TWO: by_two.port}
        own_ports = {OURS: own.port, BY_TWO: by_two.port}
        rows = [*_reads(store, connect, ports, fewer), *_edits(store, connect, own_ports, fewer)]
        health_rows = _health(connect, own.port, fewer)
        processor = _processor(store, connect, {OURS: own, FASTAPI: fastapi}, fewer)
    store.dispose()

    yield Table(
        name="served",
        title="HTTP",
        description=DESCRIPTION,
        rows=tuple(rows),
        baseline=OURS,
    )
    yield Table(
        name="health",
        title="How long `/health` takes",
        description=HEALTH_DESCRIPTION,
        rows=health_rows,
        baseline=OURS,
        goals=(_health_goal(health_rows),),
    )
    yield processor


def _health(connect: Connect, port: int, dose: Dose) -> tuple[Measured, ...]:
    """Measure the milliseconds at p95, for one client and for several at once."""
    requests = dose.times * REQUESTS_IN_A_ROW
    rows: list[Measured] = []
    for clients in (1, dose.clients):
        connections: list[Client] = []
        for _ in range(clients):
            connections.append(connect(port))
        _health_p95(connections, requests)  # the first round fills caches
        values: list[float] = []
        for _ in range(dose.rounds):
            values.append(_health_p95(connections, requests))
        row = Measured(name=OURS, group=_clients(clients), unit="ms", values=tuple(values))
        rows.append(row)

    return tuple(rows)


def _health_p95(connections: list[Client], requests: int) -> float:
    """Let all clients ask at the same time; return the milliseconds at p95."""

    def ask(client: Client) -> list[float]:
        durations: list[float] = []
        for _ in range(requests):
            started = time.perf_counter()
            client.send("GET", "/health")
            durations.append(SECOND * (time.perf_counter() - started))

        return durations

    durations: list[float] = []
    with ThreadPoolExecutor(len(connections)) as threads:
        for own in threads.map(ask, connections):
            durations += own
    *_, p95 = quantiles(durations, n=20)
    return p95


def _health_goal(rows: tuple[Measured, ...]) -> Goal:
    slowest = max(row.median for row in rows)
    return Goal(
        promise="milliseconds at p95",
        value=slowest,
        at_most=MAX_HEALTH_MILLISECONDS,
    )


def _reads(
    store: SqlStore, connect: Connect, ports: Mapping[str, int], dose: Dose
) -> Iterator[Measured]:
    path = f"/v1/concepts/{create_with_versions(store, VERSIONS).concept.id}"
    first, *others = [connect(port).send("GET", path) for port in ports.values()]
    for other in others:
        assert _is_same(other, first)

    for clients in (1, dose.clients):
        ways: dict[str, Way] = {}
        for name, port in _used(ports, clients):
            requests: list[Request] = []
            for _ in range(clients):
                requests.append(partial(connect(port).send, "GET", path))
            ways[name] = _at_once(requests)
        measured = measure_in_turns(ways, dose, f"reads, {_clients(clients)}")
        yield from _rates(measured, clients)


def _edits(
    store: SqlStore, connect: Connect, ports: Mapping[str, int], dose: Dose
) -> Iterator[Measured]:
    for clients in (1, dose.clients):
        ways: dict[str, Way] = {}
        for name, port in _used(ports, clients):
            requests: list[Request] = []
            for _ in range(clients):
                saved = create_with_versions(store, VERSIONS)
                requests.append(_edit_request(connect(port), saved))
            ways[name] = _at_once(requests)
        measured = measure_in_turns(ways, dose, f"edits, {_clients(clients)}")
        yield from _rates(measured, clients)


def _processor(
    store: SqlStore, connect: Connect, servers: Mapping[str, Server], dose: Dose
) -> Table:
    """Measure the processor time of a read in each server, of a PUT, and of the edit alone."""
    path = f"/v1/concepts/{create_with_versions(store, VERSIONS).concept.id}"
    rows: list[Measured] = []
    goals: list[Goal] = []
    for clients in (1, dose.clients):
        ways: dict[str, Work] = {}
        for name, server in servers.items():
            requests: list[Request] = []
            for _ in range(clients):
                requests.append(partial(connect(server.port).send, "GET", path))
            ways[name] = Work(_at_once(requests).act, partial(seconds_of_processes, server.pid))
        calls = clients * REQUESTS_IN_A_ROW
        measured = measure_processor(ways, dose, calls, f"reads, {_clients(clients)}")
        rows += measured.values()
        ratio = measured[FASTAPI].over(measured[OURS])
        promise = f"of FastAPI's reads in a second of the processor, {_clients(clients)}"
        goals.append(Goal(promise=promise, value=ratio, at_least=1))

    own = servers[OURS]
    put = _edit_request(connect(own.port), create_with_versions(store, VERSIONS))
    ways = {
        OURS: Work(_at_once([put]).act, partial(seconds_of_processes, own.pid)),
        EDIT: Work(_in_a_row(edit_by_store(store).act), time.process_time),
    }
    measured = measure_processor(ways, dose, REQUESTS_IN_A_ROW, "edits, 1 client")
    rows += measured.values()
    ratio = measured[OURS].over(measured[EDIT])
    goals.append(Goal(promise="times the edit's processor time, a PUT", value=ratio, at_most=1.5))
    return Table(
        name="processor",
        title="Processor time of a request",
        description=PROCESSOR_DESCRIPTION,
        rows=tuple(rows),
        baseline=OURS,
        goals=tuple(goals),
    )


def _in_a_row(act: Callable[[], object]) -> Callable[[], None]:
    """Return a call that does what one client does between two readings of the clock."""

    def act_some() -> None:
        for _ in range(REQUESTS_IN_A_ROW):
            act()

    return act_some


def _used(ports: Mapping[str, int], clients: int) -> list[tuple[str, int]]:
    """Return the servers to measure: one client never uses two processes at once."""
    return [(name, port) for name, port in ports.items() if clients > 1 or name != BY_TWO]


def _clients(count: int) -> str:
    return "1 client" if count == 1 else f"{count} clients"


def _is_same(one: Any, other: Any) -> bool:  # noqa: ANN401 - JSON
    """Return whether two responses are equal, however they write an instant."""
    if not isinstance(one, dict):
        return str(one).replace("+00:00", "Z") == str(other).replace("+00:00", "Z")

    fields = cast("dict[str, Any]", one)
    if fields.keys() != other.keys():
        return False

    return all(_is_same(value, other[name]) for name, value in fields.items())


def _edit_request(client: Client, saved: ConceptSaved) -> Request:
    seq = saved.seq
    path = f"/v1/concepts/{saved.concept.id}"

    def edit() -> None:
        nonlocal seq
        body = canonical_json({"content": revised(seq), "change_note": NOTE})
        seq = client.send("PUT", path, body, f'"{seq}"')["seq"]

    return edit


def _at_once(requests: list[Request]) -> Way:
    """Return a way in which all clients send their requests at the same time, some in a row."""
    rounds = 0

    def send_some(request: Request) -> None:
        for _ in range(REQUESTS_IN_A_ROW):
            request()

    def send_all() -> None:
        nonlocal rounds
        with ThreadPoolExecutor(len(requests)) as threads:
            list(threads.map(send_some, requests))
        rounds += 1

    return Way(send_all, lambda: rounds)


def _rates(measured: Mapping[str, Measured], clients: int) -> Iterator[Measured]:
    """Yield requests per second instead of milliseconds for all of them."""
    for row in measured.values():
        rates = tuple(SECOND * clients * REQUESTS_IN_A_ROW / value for value in row.values)
        yield evolve(row, unit="requests/s", values=rates)


@contextmanager
def served(command: tuple[str, ...], settings: Mapping[str, str]) -> Generator[Server]:
    """Run a server during the block."""
    with socket.create_server((HOST, 0)) as free:
        port = int(free.getsockname()[1])
    variables = {
        **os.environ,
        **settings,
        "INDELIBLE_PORT": str(port),
        "INDELIBLE_REQUESTS_PER_MINUTE": "10000000",
        "GRANIAN_PORT": str(port),
        "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]),
    }
    process = subprocess.Popen(
        (sys.executable, *command),
        env=variables,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait(port)
        yield Server(port, process.pid)
    finally:
        process.terminate()
        process.wait(START_SECONDS)


def _wait(port: int) -> None:
    """Wait until a server answers: the system may connect a free port with itself."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        connection = HTTPConnection(HOST, port, timeout=START_SECONDS)
        with closing(connection), suppress(OSError, HTTPException):
            connection.request("GET", "/")
            connection.getresponse()
            return
        time.sleep(0.05)

    message = f"no server answers at port {port}"
    raise TimeoutError(message)
