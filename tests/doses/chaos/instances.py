"""An instance of `indelible up` under the load of clients; each of its parts can be killed."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from random import Random, SystemRandom
from signal import Signals
from typing import Any, Final, cast
from urllib.parse import urlsplit

import psutil
from attrs import define, field
from tests.doses.chaos.http_clients import (
    DIMENSION,
    MODEL,
    REASON,
    Client,
    Comparison,
    Connection,
    Entry,
    Load,
    Request,
    compare,
    read_journal,
)
from tests.service.conftest import foreign_variables
from tests.service.processes import get

from indelible.captures import SPHERICAL

HOST: Final = "127.0.0.1"
START_SECONDS: Final = 2_000  # longer than any limit of `up`; the machine may be busy
END_SECONDS: Final = 600  # longer than the escalation of signals for what a killed instance leaves
POLL_SECONDS: Final = 0.05
LOG_CHARACTERS: Final = 2_000  # of the end of the log, in a problem
DATA: Final = "indelible-data"
APPLICATION: Final = "indelible_app"  # the database role of the processes, as a title shows it
COMMANDS: Final = {"serve": "web", "work": "worker", "schedule": "scheduler"}
SERVERS: Final = {"postgres": "postgresql", "redis-server": "redis", "valkey-server": "redis"}
PARTS: Final = {"web": 1, "worker": 2, "scheduler": 1, "postgresql": 1, "redis": 1}
SETTINGS: Final = {
    "INDELIBLE_REQUESTS_PER_MINUTE": "10000000",
    "INDELIBLE_SEAL_SECONDS": "2",  # so that workers and the scheduler have something to do
}

Process = tuple[int, float]  # its id, and when it was started


class NotStarted(Exception):
    """The instance ended, or did not become ready."""


@define(eq=False)
class InstanceUnderTest:
    """An `indelible up` or `indelible up --full` in a directory, with all it ever started."""

    directory: Path
    is_full: bool
    port: int
    variables: Mapping[str, str] = field(factory=dict[str, str])  # beside `SETTINGS`
    address: str = ""
    key: str = ""
    ports: set[int] = field(factory=set[int])
    supervisor: "subprocess.Popen[bytes] | None" = None
    _processes: dict[Process, psutil.Process] = field(factory=dict[Process, psutil.Process])

    def start(self) -> None:
        """Start the instance, without waiting for it."""
        self.output.unlink(missing_ok=True)
        words = ["up", "--json"]
        if self.is_full:
            words.append("--full")
        with self.output.open("wb") as output, self.log.open("ab") as log:
            self.supervisor = subprocess.Popen[bytes](
                (sys.executable, "-m", "indelible_service", *words),
                cwd=self.directory,
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=log,
                start_new_session=True,
            )

    def _environment(self) -> dict[str, str]:
        """Return the environment with the settings of this instance."""
        own = {
            "INDELIBLE_PORT": str(self.port),
            "INDELIBLE_WORKSPACE_ROOT": str(self.directory.absolute() / "workspaces"),
        }
        return {**foreign_variables(), **SETTINGS, **self.variables, **own}

    @property
    def output(self) -> Path:
        """Return the file that has the line with the address and the first key."""
        return self.directory / "output"

    @property
    def log(self) -> Path:
        """Return the file with the log of all starts."""
        return self.directory / "log"

    def wait_until_ready(self) -> None:
        """Wait until this start has printed its address and the API is ready.

        Raises: NotStarted.
        """
        assert self.supervisor
        deadline = time.monotonic() + START_SECONDS
        while not self.output.read_text().endswith("\n"):
            code = self.supervisor.poll()
            if code is not None or time.monotonic() > deadline:
                log = self.log.read_text(errors="replace")[-LOG_CHARACTERS:]
                raise NotStarted(f"exit code {code}; the log ends: {log}")
            time.sleep(POLL_SECONDS)

        started = json.loads(self.output.read_text())
        if self.address not in ("", started["address"]):
            raise NotStarted(f"the address is {started['address']}, and was {self.address}")

        self.address = started["address"]
        self.key = started["key"] or self.key
        self.wait_for(self.is_ready)
        self.remember()

    def is_ready(self) -> bool:
        """Return whether the API answers that it is ready."""
        try:
            return get(self.address, "/health/ready")[0] == 200
        except (OSError, EOFError):
            return False

    def wait_for(self, is_true: Callable[[], bool]) -> None:
        """Wait until the condition holds. Raises: NotStarted."""
        deadline = time.monotonic() + START_SECONDS
        while not is_true():
            if time.monotonic() > deadline:
                raise NotStarted(f"{is_true} is still false; parts: {self.parts()}")
            time.sleep(POLL_SECONDS)

    def record(self) -> Mapping[str, Any]:
        """Return the record of the running instance, which commands read."""
        path = self.directory / DATA / "instance.json"
        document: Mapping[str, Any] = json.loads(path.read_text())
        return document

    def database_url(self) -> str:
        """Return the address of the running instance's database."""
        path = (self.directory / DATA).absolute() / "indelible.db"
        return self.record()["database_url"] or f"sqlite:///{path}"

    def remember(self) -> None:
        """Keep every process and port of the instance, to look for what is left of them."""
        assert self.supervisor
        for process in _descendants(self.supervisor.pid):
            self._processes[process.pid, process.create_time()] = process
        has_record = (self.directory / DATA / "instance.json").exists()
        record: Mapping[str, Any] = self.record() if has_record else {}
        for name in ("address", "database_url", "redis_url"):
            if name == "database_url" and "DATABASE_URL" in self.variables:
                continue  # of a server that the instance does not run
            port = str(record.get(name, "")).rpartition(":")[2].partition("/")[0]
            if port.isdigit():
                self.ports.add(int(port))

    def signal(self, number: Signals) -> int:
        """Send a signal to the instance and return its exit code."""
        assert self.supervisor
        self.remember()
        self.supervisor.send_signal(number)
        return self.supervisor.wait(END_SECONDS)

    def parts(self) -> dict[str, set[Process]]:
        """Return the running processes of each part, as the supervisor started them."""
        assert self.supervisor
        parts: dict[str, set[Process]] = {part: set() for part in PARTS}
        for child in _children(self.supervisor.pid):
            part = _part_of(child)
            if part and is_alive(child):
                parts[part].add((child.pid, child.create_time()))

        return parts

    def is_complete(self) -> bool:
        """Return whether every part has its number of processes."""
        return {part: len(processes) for part, processes in self.parts().items()} == PARTS

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a command in the directory, as a user of the instance does."""
        return subprocess.run(
            (sys.executable, "-m", "indelible_service", *words),
            cwd=self.directory,
            env=foreign_variables(),
            capture_output=True,
            text=True,
            check=False,
        )

    def left_processes(self) -> list[str]:
        """Return the processes that are left after some time, each with its command line."""
        deadline = time.monotonic() + END_SECONDS
        while True:
            left = [*filter(is_alive, self._processes.values()), *_working_in(self.directory)]
            if not left or time.monotonic() > deadline:
                return [str(process) for process in left]
            time.sleep(POLL_SECONDS)

    def ports_in_use(self) -> list[int]:
        """Return the ports of the instance at which something listens."""
        used: list[int] = []
        for port in sorted(self.ports):
            with socket.socket() as client:
                if client.connect_ex((HOST, port)) == 0:
                    used.append(port)

        return used

    def end(self) -> None:
        """Kill what is left of a run that failed."""
        if self.supervisor and self.supervisor.poll() is None:
            self.signal(signal.SIGKILL)
        for process in [*self._processes.values(), *_working_in(self.directory)]:
            if is_alive(process):
                os.kill(process.pid, signal.SIGKILL)


def children_of(pid: int, *words: str) -> list[psutil.Process]:
    """Return the children of a process whose command line has one of the words."""
    return [child for child in _children(pid) if _has_any(_command_line(child), words)]


def is_alive(process: psutil.Process) -> bool:
    """Return whether a process runs, and is no zombie."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _children(pid: int) -> Sequence[psutil.Process]:
    try:
        return psutil.Process(pid).children()
    except psutil.NoSuchProcess:
        return ()


def _descendants(pid: int) -> Sequence[psutil.Process]:
    try:
        process = psutil.Process(pid)
        return (process, *process.children(recursive=True))
    except psutil.NoSuchProcess:
        return ()


def _has_any(line: str, words: Sequence[str]) -> bool:
    return any(word in line for word in words)


def _command_line(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.Error:  # it has just ended
        return ""


def _part_of(process: psutil.Process) -> str:
    """Return the part that a child of the supervisor is, '' for none."""
    words = _command_line(process).split()
    if not words:
        return ""

    for command, part in COMMANDS.items():
        if command in words:
            return part
    return SERVERS.get(Path(words[0]).name, "")


def _working_in(directory: Path) -> list[psutil.Process]:
    """Return the processes that work in the directory, also those that nobody has seen start."""
    found: list[psutil.Process] = []
    for process in psutil.process_iter():
        try:
            is_inside = Path(process.cwd()).is_relative_to(directory)
        except psutil.Error:
            continue
        if is_inside and is_alive(process):
            found.append(process)

    return found


# Load

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
