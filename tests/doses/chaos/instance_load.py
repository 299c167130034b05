"""Run clients against an instance, and compare what it stores with the answers they got."""

import signal
import socket
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from random import Random, SystemRandom
from typing import Any, Final, cast
from urllib.parse import urlsplit

import psutil
from attrs import define, field
from tests.doses.chaos.http_clients import (
    DIMENSION,
    MODEL,
    REASON,
    Client,
    Connection,
    Load,
    Request,
)
from tests.doses.chaos.instance import HOST, InstanceUnderTest, Process, children_of, is_alive
from tests.doses.chaos.journal import Comparison, Entry, compare, read_journal

from indelible.captures import SPHERICAL

ANSWERS_BETWEEN_FAULTS: Final = 3  # of each client
MAX_REPEATED: Final = 100  # answered requests that are repeated at the end
PORTS: Final = range(10_000, 20_000)  # below those of outgoing connections and of other instances
ALGORITHM: Final = "oscl-1"


@define
class LoadReport:
    """The clients and their answers, what the database has of them, and what is wrong."""

    load: Load
    comparison: Comparison = field(factory=Comparison)
    problems: list[str] = field(factory=list[str])


def check_at_the_end(
    instance: InstanceUnderTest, journal: Path, chance: Random, report: LoadReport
) -> None:
    """Compare the journal with the history, verify, and stop the instance for good."""
    entries = read_journal(journal)
    report.comparison = compare(instance.database_url(), entries)
    report.problems.extend(report.comparison.problems)
    report.problems.extend(repeat_and_end(instance, entries, chance))


def repeat_and_end(
    instance: InstanceUnderTest, entries: list[Entry], chance: Random
) -> Iterator[str]:
    """Repeat some of the requests, verify, and stop the instance for good; yield each problem."""
    yield from _repeat(instance, entries, chance)
    verified = instance.run("verify", "--json")
    if (verified.returncode, verified.stdout.strip()) != (0, "[]"):
        yield f"verify: {verified.stdout} {verified.stderr}"

    code = instance.signal(signal.SIGTERM)
    if code:
        yield f"the instance ended with exit code {code}"
    yield from (f"{process} is left" for process in instance.left_processes())
    yield from (f"port {port} is in use" for port in instance.ports_in_use())


def _repeat(instance: InstanceUnderTest, entries: list[Entry], chance: Random) -> Iterator[str]:
    """Repeat some requests under their keys; yield each whose answer is another one now."""
    connection = connect(instance)
    for entry in chance.sample(entries, min(MAX_REPEATED, len(entries))):
        first = dict(entry.answer.document)
        answer = connection.send(entry.request, "repeated")
        second = dict(answer.document)
        if entry.request.verb == "capture":
            first["replayed"] = True
        if not answer.is_success or first != second:
            yield f"{entry.request} was answered with {first}, and then with {second}"

    connection.close()


def wait_for_answers(instance: InstanceUnderTest, clients: Sequence[Client]) -> None:
    """Wait until each client has got some more answers, or was refused for good."""
    goals = {client.name: client.answers + ANSWERS_BETWEEN_FAULTS for client in clients}

    def have_answers() -> bool:
        return all(
            client.answers >= goals[client.name] or not client.thread.is_alive()
            for client in clients
        )

    instance.wait_for(have_answers)


def web_workers(parts: Mapping[str, set[Process]]) -> list[psutil.Process]:
    """Return the processes of granian that serve requests."""
    workers: list[psutil.Process] = []
    for web, _ in parts["web"]:
        workers.extend(filter(is_alive, children_of(web, "spawn_main")))

    return workers


def free_port() -> int:
    """Return a port at which nothing listens now, another one than a run of the same seed gets."""
    while True:
        port = SystemRandom().choice(PORTS)
        with socket.socket() as client:
            if client.connect_ex((HOST, port)):
                return port


def connect(instance: InstanceUnderTest) -> Connection:
    """Return a connection of a client with the first key."""
    parts = urlsplit(instance.address)
    return Connection(parts.hostname or "", parts.port or 0, instance.key)


def start_clients(
    kind: type[Client], count: int, instance: InstanceUnderTest, load: Load, chance: Random
) -> list[Client]:
    """Start so many clients of a kind."""
    clients: list[Client] = []
    for number in range(count):
        own_chance = Random(chance.random())  # noqa: S311 - no secret
        name = f"{kind.__name__.lower()}-{number}"
        client = kind(name, connect(instance), load, own_chance)
        client.start()
        clients.append(client)

    return clients


def create_space(instance: InstanceUnderTest) -> str:
    """Create a space with one subspace, and an active algorithm; return the space's id."""
    connection = connect(instance)

    def post(path: str, tag: str = "", **body: object) -> dict[str, object]:
        request = Request("", "", "POST", f"/v1/{path}", {"reason": REASON, **body}, tag)
        connection.close()  # the server closes one that was idle during a command
        answer = connection.send(request, "setup")
        assert answer.is_success, answer
        return dict(answer.document)

    listed = connection.send(Request("", "", "GET", "/v1/algorithms", {}), "setup")
    items: list[Mapping[str, Any]] = listed.document["items"]
    if not any(item["algorithm"]["status"] == "ACTIVE" for item in items):
        saved = post("algorithms", algorithm_id=ALGORITHM, formulas=SPHERICAL)
        installed = instance.run("db", "install-algorithm", ALGORITHM)
        assert installed.returncode == 0, installed.stderr
        post(f"algorithms/{ALGORITHM}/activate", tag=str(saved["seq"]))

    saved_space = post("spaces", name="chaos", model=MODEL, dimension=DIMENSION)
    space = cast("Mapping[str, object]", saved_space["space"])
    seed = {"model": MODEL, "values": [1.0] * DIMENSION}
    post("subspaces", space_id=space["id"], name="all", seed=seed)
    connection.close()
    return str(space["id"])
