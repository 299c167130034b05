"""Run instances of `up --full` one after the other, and record what the tests check.

Two directories have an instance each, which run at the same time. The first directory's instance
is looked at while its parts are killed, stopped, started again, killed, started at once, killed,
and started at once, without `--json`. The second one's has settings of its own; at last its
supervisor is killed.
"""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil
import psycopg
import pytest
from attrs import frozen
from tests.service.conftest import foreign_variables
from tests.service.log_lines import send_requests
from tests.service.processes import (
    TIMEOUT_SECONDS,
    get,
    read_json_line,
    read_screen,
    start_command,
    stop_command,
    wait_until_listening,
    wait_until_ready,
)

PARTS = {"postgres": 1, "redis-server": 1, "serve": 1, "work": 2, "schedule": 1}
OWN_PORT = ""  # a blank setting: each instance chooses its port
POOL = {"DB_POOL_SIZE": "200", "INDELIBLE_MAX_STREAMS": "200"}
SECRETS = {
    "INDELIBLE_SECRET": "a secret that only the supervisor may have",
    "ALCHEMY_WEBHOOK_SECRET": "another-secret-of-the-supervisor",
}

Process = subprocess.Popen[str]


@frozen
class RefusedStart:
    """The exit code and the last line of a start that was refused."""

    exit_code: int
    line: str


@frozen
class FirstRun:
    """Observations of the first run in a directory."""

    pid: int
    output: dict[str, Any]
    is_complete: bool
    can_connect: bool
    refused_starts: Sequence[RefusedStart]
    restored: Sequence[str]  # parts that were killed and replaced, while answers stayed right
    visible: str  # the output, the log, and the processes' command lines and environments
    secrets: Sequence[str]
    exit_code: int
    left: Sequence[psutil.Process]
    log: str


@frozen
class ConfiguredRun:
    """Observations of a run with a Redis, secrets and large pools in its settings."""

    output: dict[str, Any]
    readiness: int
    children: dict[str, int]
    environments: Sequence[dict[str, str]]
    exit_code: int


@frozen
class KilledRun:
    """Observations of a run whose supervisor is killed."""

    output: dict[str, Any]
    old_key: int  # the status of a request with the key of the first run
    readiness: int
    descendants: int


@frozen
class ScreenRun:
    """Observations of a run without `--json`, in which a worker is killed."""

    screen: dict[str, str]
    readiness: int
    exit_code: int
    terminal: str  # what the run wrote to standard error
    logs: dict[str, str]  # the text of each log file, by its name
    targets: list[dict[str, Any]]  # of the file for Prometheus
    scrapes: dict[str, str]  # what each target has answered, by its process
    has_targets_left: bool


# Processes


def command_line(process: psutil.Process) -> list[str]:
    """Return the command line, empty for a process that just ended."""
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def environment_of(process: psutil.Process) -> dict[str, str]:
    """Return the environment, empty for a process that just ended."""
    try:
        return process.environ()
    except psutil.Error:
        return {}


def is_alive(process: psutil.Process) -> bool:
    """Return whether a process runs, and is no zombie."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def part_of(process: psutil.Process) -> str:
    """Return the part that a process belongs to, '' for none."""
    words = process.cmdline()
    if not words:
        return ""

    program = words[0].split()[0]
    for part in PARTS:
        if part in words or program.endswith(f"/{part}"):
            return part
    return ""


def parts(supervisor: int) -> dict[str, list[psutil.Process]]:
    """Return the supervisor's children by their part."""
    children: dict[str, list[psutil.Process]] = {part: [] for part in PARTS}
    for child in psutil.Process(supervisor).children():
        try:
            children.get(part_of(child), []).append(child)
        except psutil.Error:
            continue
    return children


def counts(supervisor: int) -> dict[str, int]:
    """Return the number of processes of each part."""
    return {part: len(processes) for part, processes in parts(supervisor).items()}


def part_ids(supervisor: int) -> set[int]:
    """Return the ids of the processes of all parts."""
    ids: set[int] = set()
    for processes in parts(supervisor).values():
        ids.update(process.pid for process in processes)
    return ids


def wait_until_complete(supervisor: int, without: set[int]) -> None:
    """Wait until every part runs, without the processes of these ids."""
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while time.monotonic() < deadline:
        if counts(supervisor) == PARTS and not without & part_ids(supervisor):
            return
        time.sleep(0.1)
    pytest.fail(f"not complete: {parts(supervisor)}")


def descendants(supervisor: int) -> list[psutil.Process]:
    """Return every process that the supervisor or one of its children started."""
    return psutil.Process(supervisor).children(recursive=True)


def kill_server_process(supervisor: int) -> None:
    """Kill the process that answers requests; its parent replaces it."""
    for child in parts(supervisor)["serve"][0].children():
        if "spawn_main" in " ".join(child.cmdline()):
            child.kill()
            child.wait()


# Runs


def start_full(directory: Path, *words: str, **settings: str) -> AbstractContextManager[Process]:
    """Start `up --full` in a directory."""
    settings = {"INDELIBLE_PORT": OWN_PORT, **settings}
    return start_command("up", "--full", *words, cwd=directory, **settings)


def refused_starts(directory: Path) -> list[RefusedStart]:
    """Start both kinds of instances in the directory of a running one."""
    refusals: list[RefusedStart] = []
    for words in (("up",), ("up", "--full")):
        refused = subprocess.run(
            (sys.executable, "-m", "indelible_service", *words),
            cwd=directory,
            env={**foreign_variables(), "INDELIBLE_PORT": OWN_PORT},
            capture_output=True,
            text=True,
            check=False,
            timeout=TIMEOUT_SECONDS,
        )
        refusals.append(RefusedStart(refused.returncode, refused.stderr.splitlines()[-1]))

    return refusals


def can_connect(description: str, directory: Path) -> bool:
    """Connect to PostgreSQL with the address and the password file that `up` printed."""
    url, _, path = description.removesuffix(")").partition(" (the password is the third line of ")
    with psycopg.connect(url, password=(directory / path).read_text().split()[2]) as connection:
        return bool(connection.execute("SELECT true").fetchone())


def secret_texts(directory: Path) -> list[str]:
    """Return every password and secret that the processes of an instance use."""
    data = directory / "indelible-data"
    record = json.loads((data / "instance.json").read_text())
    texts = [str(urlsplit(str(record[name])).password) for name in ("database_url", "redis_url")]
    return [
        *texts,
        (data / "secret").read_text(),
        *(data / "postgresql/passwords").read_text().split(),
    ]


def first_run(process: Process, directory: Path, output: dict[str, Any]) -> FirstRun:
    """Look at an instance, kill each of its parts, and stop it."""
    supervisor = process.pid
    address, key = output["address"], output["key"]
    assert get(address, "/health/ready")[0] == 200
    is_complete = counts(supervisor) == PARTS
    send_requests(address, key)
    refusals = refused_starts(directory)
    restored = kill_parts(supervisor, address, key)
    kill_server_process(supervisor)
    wait_until_ready(address)
    send_requests(address, key)

    before = descendants(supervisor)
    command_lines = [command_line(child) for child in before]
    environments = [environment_of(child) for child in before]
    visible = f"{output} {(directory / 'log').read_text()} {command_lines} {environments}"
    secrets = secret_texts(directory)
    is_connected = can_connect(output["servers"][0], directory)
    exit_code = stop_command(process)
    return FirstRun(
        pid=supervisor,
        output=output,
        is_complete=is_complete,
        can_connect=is_connected,
        refused_starts=refusals,
        restored=restored,
        visible=visible,
        secrets=secrets,
        exit_code=exit_code,
        left=[child for child in before if is_alive(child)],
        log=(directory / "log").read_text(),
    )


def kill_parts(supervisor: int, address: str, key: str) -> list[str]:
    """Kill a process of each part, and return the parts that were replaced and work again."""
    restored: list[str] = []
    for part in PARTS:
        killed = parts(supervisor)[part][0]
        killed.kill()
        wait_until_complete(supervisor, {killed.pid})
        wait_until_ready(address)
        if get(address, "/v1/concepts", key)[0] == 200:
            restored.append(part)

    return restored


def configured_run(process: Process, output: dict[str, Any]) -> ConfiguredRun:
    """Look at an instance with settings of its own, and stop it."""
    return ConfiguredRun(
        output=output,
        readiness=get(output["address"], "/health/ready")[0],
        children=counts(process.pid),
        environments=[environment_of(child) for child in descendants(process.pid)],
        exit_code=stop_command(process, signal.SIGINT),
    )


def killed_run(process: Process, output: dict[str, Any], key: str) -> KilledRun:
    """Look at an instance and kill its supervisor."""
    run = KilledRun(
        output=output,
        old_key=get(output["address"], "/v1/concepts", key)[0],
        readiness=get(output["address"], "/health/ready")[0],
        descendants=len(descendants(process.pid)),
    )
    process.kill()
    process.wait()
    return run


def screen_run(process: Process, directory: Path) -> ScreenRun:
    """Look at the screen of an instance, kill a worker, and stop it."""
    screen = read_screen(process)
    readiness, _ = get(screen["Address"], "/health/ready")
    killed = parts(process.pid)["work"][0]
    killed.kill()
    wait_until_complete(process.pid, {killed.pid})
    targets_file = directory / screen["Metrics"].splitlines()[-1].split()[0]
    targets = json.loads(targets_file.read_text())
    scrapes = scrape(targets)
    exit_code = stop_command(process)
    folder = directory / screen["Logs"]
    return ScreenRun(
        screen=screen,
        readiness=readiness,
        exit_code=exit_code,
        terminal=(directory / "log").read_text(),
        logs={path.name: path.read_text() for path in folder.iterdir()},
        targets=targets,
        scrapes=scrapes,
        has_targets_left=targets_file.exists(),
    )


def scrape(targets: list[dict[str, Any]]) -> dict[str, str]:
    """Return the metrics of each target by its process; one that was restarted is waited for."""
    texts: dict[str, str] = {}
    for target in targets:
        address = f"http://{target['targets'][0]}"
        wait_until_listening(address)
        texts[target["labels"]["process"]] = get(address, "/metrics")[1].decode()
    return texts


# All runs


@frozen
class Runs:
    """All runs in two directories, in their order."""

    directory: Path
    first: FirstRun
    configured: ConfiguredRun
    killed: KilledRun
    killed_beside: KilledRun
    left_beside: Sequence[psutil.Process]  # processes of an instance whose supervisor was killed
    killed_again: KilledRun
    last: ScreenRun


def run_instances(one: Path, two: Path, redis_url: str) -> Runs:
    """Run instances in two directories."""
    settings = {"INDELIBLE_REDIS_URL": redis_url, **POOL, **SECRETS}
    with start_full(one, "--json") as process, start_full(two, "--json", **settings) as other:
        output, other_output = read_json_line(process), read_json_line(other)
        configured = configured_run(other, other_output)
        first = first_run(process, one, output)

    key, other_key = first.output["key"], configured.output["key"]
    with start_full(one, "--json") as process, start_full(two, "--json", **SECRETS) as other:
        output, other_output = read_json_line(process), read_json_line(other)
        beside = descendants(other.pid)
        killed_beside = killed_run(other, other_output, other_key)
        _, left_beside = psutil.wait_procs(beside, timeout=TIMEOUT_SECONDS)
        killed = killed_run(process, output, key)
    with start_full(one, "--json") as process:
        killed_again = killed_run(process, read_json_line(process), key)
    (one / "log").rename(one / "log-of-the-killed")  # their processes may write to it still
    with start_full(one) as process:
        last = screen_run(process, one)

    return Runs(
        directory=one,
        first=first,
        configured=configured,
        killed=killed,
        killed_beside=killed_beside,
        left_beside=left_beside,
        killed_again=killed_again,
        last=last,
    )
