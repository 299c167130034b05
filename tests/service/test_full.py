"""`up --full` is what it is on a server: each part a process that comes back, and at the end nothing is left."""

import json
import signal
import time
from collections.abc import Generator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil
import psycopg
import pytest
from tests.conftest import folder
from tests.service.test_serving import get, said, started, stop, wait_until_ready

from indelible_service.settings import Settings

pytestmark = [pytest.mark.slow, pytest.mark.runs_first]

MOST_SECONDS = 60
PARTS = {"postgres": 1, "redis-server": 1, "serve": 1, "work": 2, "schedule": 1}
Said = dict[str, Any]


@pytest.fixture
def place() -> Generator[Path]:
    with folder() as made:
        made.chmod(0o755)  # PostgreSQL runs as nobody, where we are root
        yield made


def words_of(process: psutil.Process) -> list[str]:
    """Its command line, empty where it ends just then."""
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def lives(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def part_of(process: psutil.Process) -> str:
    words = process.cmdline()
    return next(
        (
            part
            for part in PARTS
            if part in words or (words and words[0].split()[0].endswith(f"/{part}"))
        ),
        "",
    )


def parts(supervisor: int) -> dict[str, list[psutil.Process]]:
    """The supervisor's own children, by what they are."""
    found: dict[str, list[psutil.Process]] = {part: [] for part in PARTS}
    for child in psutil.Process(supervisor).children():
        try:
            found.get(part_of(child), []).append(child)
        except psutil.Error:
            continue
    return found


def is_whole(supervisor: int) -> bool:
    return {part: len(each) for part, each in parts(supervisor).items()} == PARTS


def until_whole(supervisor: int, without: set[int]) -> None:
    """Wait until each part is there again, and none of those."""
    deadline = time.monotonic() + MOST_SECONDS
    while time.monotonic() < deadline:
        if is_whole(supervisor) and not without & {
            each.pid for some in parts(supervisor).values() for each in some
        }:
            return
        time.sleep(0.1)
    pytest.fail(f"not whole again: {parts(supervisor)}")


def can_connect(said: str, place: Path) -> bool:
    """Whether what is said of PostgreSQL is enough to look into it."""
    url, _, path = said.removesuffix(")").partition(" (the password is the third line of ")
    with psycopg.connect(url, password=(place / path).read_text().split()[2]) as connection:
        return bool(connection.execute("SELECT true").fetchone())


def passwords(worker: psutil.Process) -> list[str]:
    """Those that the worker was given in its addresses."""
    urls = [worker.environ()[name] for name in ("DATABASE_URL", "INDELIBLE_REDIS_URL")]
    return [str(urlsplit(url).password) for url in urls]


def everything(supervisor: int) -> list[psutil.Process]:
    return psutil.Process(supervisor).children(recursive=True)


def test_it_keeps_its_parts_alive_and_leaves_nothing(place: Path) -> None:
    with started("up", "--full", "--json", cwd=place) as process:
        told = said(process)
        assert get(told["address"], "/health/ready")[0] == 200
        assert get(told["address"], "/v1/concepts", told["key"])[0] == 200
        assert is_whole(process.pid)
        assert told["workers"] == "woken up by Redis"
        assert can_connect(told["servers"][0], place)
        assert told["servers"][1].startswith("redis://127.0.0.1:")

        for part in PARTS:
            killed = parts(process.pid)[part][0]
            killed.kill()
            until_whole(process.pid, {killed.pid})
            wait_until_ready(told["address"])
            assert get(told["address"], "/v1/concepts", told["key"])[0] == 200

        before = everything(process.pid)
        secrets = passwords(parts(process.pid)["work"][0])
        shown = f"{told} {(place / 'log').read_text()} {[words_of(each) for each in before]}"
        assert stop(process) == 0
    assert not [word for word in secrets if word in shown]
    assert not [each for each in before if lives(each)]


def test_a_second_start_keeps_the_data(place: Path) -> None:
    with started("up", "--full", "--json", cwd=place) as process:
        key = said(process)["key"]
        stop(process, signal.SIGINT)
    with started("up", "--full", "--json", cwd=place) as process:
        told: Said = said(process)
        assert told["key"] is None
        assert get(told["address"], "/v1/concepts", key)[0] == 200
        stop(process)


def test_a_killed_supervisor_takes_everything_with_it(place: Path) -> None:
    with started("up", "--full", "--json", cwd=place) as process:
        said(process)
        before = everything(process.pid)
        process.kill()
        process.wait()
        _, alive = psutil.wait_procs(before, timeout=60)

    assert len(before) >= sum(PARTS.values())
    assert not alive


def test_too_many_processes_for_the_server_are_refused_with_a_hint(place: Path) -> None:
    with started("up", "--full", "--json", cwd=place, DB_POOL_SIZE="200") as process:
        assert process.wait(60) == 3
    error = json.loads((place / "log").read_text().splitlines()[-1])

    assert error["code"] == "TOO_FEW_CONNECTIONS"
    assert error["detail"] == {"processes": 4, "needed": 1680, "available": 897}
    assert "DB_POOL_SIZE" in error["hint"]


def test_an_installation_may_name_its_own_redis(place: Path, redis_url: str) -> None:
    with started("up", "--full", "--json", cwd=place, INDELIBLE_REDIS_URL=redis_url) as process:
        said(process)
        found = parts(process.pid)
        assert (len(found["redis-server"]), len(found["postgres"])) == (0, 1)
        stop(process)


def test_the_defaults_of_a_process_are_far_below_its_ceiling() -> None:
    settings = Settings.read({})

    assert 2 * (settings.pool_size + settings.max_overflow) <= 200
