"""`up --full` restarts each of its processes, and leaves none behind."""

import json
import signal
import time
from collections.abc import Generator
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import psycopg
import pytest
from tests.conftest import folder
from tests.service.conftest import VARIABLES
from tests.service.processes import (
    TIMEOUT_SECONDS,
    get,
    read_json_line,
    start_command,
    stop_command,
    wait_until_ready,
)

from indelible_service.settings import Settings

pytestmark = [pytest.mark.slow, pytest.mark.runs_first]

PARTS = {"postgres": 1, "redis-server": 1, "serve": 1, "work": 2, "schedule": 1}


@pytest.fixture
def folder_path() -> Generator[Path]:
    """Create a folder that only its owner can enter; root starts PostgreSQL as nobody."""
    with folder() as path:
        yield path


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


def is_complete(supervisor: int) -> bool:
    """Return whether every part has its number of processes."""
    counts = {part: len(processes) for part, processes in parts(supervisor).items()}
    return counts == PARTS


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
        if is_complete(supervisor) and not without & part_ids(supervisor):
            return
        time.sleep(0.1)
    pytest.fail(f"not complete: {parts(supervisor)}")


def can_connect(description: str, folder_path: Path) -> bool:
    """Connect to PostgreSQL with the address and the password file that `up` printed."""
    url, _, path = description.removesuffix(")").partition(" (the password is the third line of ")
    with psycopg.connect(url, password=(folder_path / path).read_text().split()[2]) as connection:
        return bool(connection.execute("SELECT true").fetchone())


def secret_texts(folder_path: Path) -> list[str]:
    """Return every password and secret that the processes of an instance use."""
    data = folder_path / "indelible-data"
    record = json.loads((data / "instance.json").read_text())
    texts = [str(urlsplit(str(record[name])).password) for name in ("database_url", "redis_url")]
    return [
        *texts,
        (data / "secret").read_text(),
        *(data / "postgresql/passwords").read_text().split(),
    ]


def descendants(supervisor: int) -> list[psutil.Process]:
    """Return every process that the supervisor or one of its children started."""
    return psutil.Process(supervisor).children(recursive=True)


def test_every_killed_part_is_restarted_and_none_is_left_at_the_end(folder_path: Path) -> None:
    with start_command("up", "--full", "--json", cwd=folder_path) as process:
        output = read_json_line(process)
        assert get(output["address"], "/health/ready")[0] == 200
        assert get(output["address"], "/v1/concepts", output["key"])[0] == 200
        assert is_complete(process.pid)
        assert output["workers"] == "woken up by Redis"
        assert can_connect(output["servers"][0], folder_path)
        assert output["servers"][1].startswith("redis://127.0.0.1:")

        for part in PARTS:
            killed = parts(process.pid)[part][0]
            killed.kill()
            wait_until_complete(process.pid, {killed.pid})
            wait_until_ready(output["address"])
            assert get(output["address"], "/v1/concepts", output["key"])[0] == 200

        before = descendants(process.pid)
        secrets = secret_texts(folder_path)
        log = (folder_path / "log").read_text()
        command_lines = [command_line(child) for child in before]
        environments = [environment_of(child) for child in before]
        visible = f"{output} {log} {command_lines} {environments}"
        assert stop_command(process) == 0

    assert not [secret for secret in secrets if secret in visible]
    assert not [child for child in before if is_alive(child)]


def test_a_restart_keeps_the_data(folder_path: Path) -> None:
    with start_command("up", "--full", "--json", cwd=folder_path) as process:
        key = read_json_line(process)["key"]
        stop_command(process, signal.SIGINT)
    with start_command("up", "--full", "--json", cwd=folder_path) as process:
        output = read_json_line(process)
        assert output["key"] is None
        assert get(output["address"], "/v1/concepts", key)[0] == 200
        stop_command(process)


def test_all_processes_end_when_the_supervisor_is_killed(folder_path: Path) -> None:
    with start_command("up", "--full", "--json", cwd=folder_path) as process:
        read_json_line(process)
        before = descendants(process.pid)
        process.kill()
        process.wait()
        _, alive = psutil.wait_procs(before, timeout=60)

    assert len(before) >= sum(PARTS.values())
    assert not alive


def test_the_embedded_server_is_sized_for_pools_of_200(folder_path: Path) -> None:
    settings = {"DB_POOL_SIZE": "200", "INDELIBLE_MAX_STREAMS": "200"}
    with start_command("up", "--full", "--json", cwd=folder_path, **settings) as process:
        started = read_json_line(process)
        assert get(started["address"], "/health/ready")[0] == 200
        assert stop_command(process) == 0


def test_no_child_has_a_setting_in_its_environment(folder_path: Path, redis_url: str) -> None:
    settings = {
        "INDELIBLE_REDIS_URL": redis_url,
        "INDELIBLE_SECRET": "a secret that only the supervisor may have",
        "ALCHEMY_WEBHOOK_SECRET": "another-secret-of-the-supervisor",
    }
    with start_command("up", "--full", "--json", cwd=folder_path, **settings) as process:
        read_json_line(process)
        environments = [environment_of(child) for child in descendants(process.pid)]
        assert stop_command(process) == 0

    assert len(environments) >= sum(PARTS.values()) - 1
    for environment in environments:
        assert not [text for text in settings.values() if text in environment.values()]
        assert not set(environment) & set(VARIABLES)


def test_a_configured_redis_is_used(folder_path: Path, redis_url: str) -> None:
    with start_command(
        "up", "--full", "--json", cwd=folder_path, INDELIBLE_REDIS_URL=redis_url
    ) as process:
        read_json_line(process)
        children = parts(process.pid)
        assert len(children["redis-server"]) == 0
        assert len(children["postgres"]) == 1
        stop_command(process)


def test_the_default_pools_are_small() -> None:
    settings = Settings.read({})

    assert 2 * (settings.pool_size + settings.max_overflow) <= 200
