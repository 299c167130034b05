"""An instance that a user started with `indelible up`; it and each of its parts can be killed."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from signal import Signals
from typing import Any, Final

import psutil
from attrs import define, field
from tests.service.conftest import foreign_variables
from tests.service.processes import get

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
