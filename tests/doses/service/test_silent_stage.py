"""An installation names a stage that falls silent in time, and no longer once it succeeds."""

import json
import subprocess
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import psutil
import pytest
from attrs import frozen
from tests.service.processes import (
    TIMEOUT_SECONDS,
    get,
    read_json_line,
    start_command,
    stop_command,
    wait_until_ready,
)
from tests.workers.bakery import attempts, enqueue, get_task, wait_until

from indelible_sql import SqlStore, open_store

pytestmark = pytest.mark.slow

LONGEST: Final = timedelta(seconds=4)
MODULE: Final = f"""
from pathlib import Path

from indelible.kernel.stages import Stage


def bake(name, handle):
    if Path("cold").exists():
        raise OSError("the oven is cold")


BAKE = Stage(
    name="bake",
    batch=1,
    lifecycle=None,
    acts_outside=True,
    perform=bake,
    retry_seconds=86_400,
    retry_waits=(1,),
    longest_silence_seconds={LONGEST.seconds},
)
stages = [BAKE]
"""


@frozen
class Installation:
    """A running `up` whose directory has the module of a host, and its database."""

    cwd: Path
    address: str
    store: SqlStore

    @contextmanager
    def worker(self) -> Generator["subprocess.Popen[str]"]:
        """Run a worker of the host's stage beside the installation."""
        words = ("work", "--module", "shop")
        with start_command(*words, cwd=self.cwd, INDELIBLE_DISPATCH_SECONDS="1") as process:
            yield process

    def bake(self, name: str) -> None:
        """Enqueue a task, and wait until it is completed."""
        enqueue(self.store, name)
        self.wait_until_baked(name)

    def wait_until_baked(self, name: str) -> None:
        wait_until(lambda: get_task(self.store, name).due_at is None, TIMEOUT_SECONDS)

    def problems(self) -> list[str]:
        """Return the problems that the installation names; it serves nevertheless."""
        status, body = get(self.address, "/health/ready")
        assert status == 200
        answer: dict[str, Any] = json.loads(body)
        problems: list[str] = answer.get("problems", [])
        return problems

    def wait_until_healthy(self) -> None:
        wait_until(lambda: self.problems() == [], TIMEOUT_SECONDS)

    def check_named_in_time(self, *, after: datetime, by: Callable[[], datetime | None]) -> str:
        """Return the problem, which is named after a time and by another, once that is known.

        The times are those of looks: a busy machine delays them, and no answer.
        """
        deadline = time.monotonic() + TIMEOUT_SECONDS
        while time.monotonic() < deadline:
            latest = by()
            begun_at = datetime.now(UTC)
            problems = self.problems()
            if problems:
                assert datetime.now(UTC) > after
                (problem,) = problems
                return problem

            assert latest is None or begun_at <= latest
            time.sleep(0.1)
        pytest.fail("no problem is named")


@pytest.fixture
def installation(tmp_path: Path) -> Generator[Installation]:
    (tmp_path / "shop.py").write_text(MODULE)
    with start_command("up", "--json", cwd=tmp_path) as process:
        address = read_json_line(process)["address"]
        wait_until_ready(address)
        store = open_store(f"sqlite:///{tmp_path}/indelible-data/indelible.db")
        yield Installation(tmp_path, address, store)
        store.dispose()
        assert stop_command(process) == 0


def kill(process: "subprocess.Popen[str]") -> None:
    """Kill a command and all that it started, and wait for their ends."""
    parent = psutil.Process(process.pid)
    killed = [parent, *parent.children(recursive=True)]
    for each in killed:
        each.kill()
    process.wait(TIMEOUT_SECONDS)
    psutil.wait_procs(killed, TIMEOUT_SECONDS)


def test_a_stage_is_named_in_time_when_its_workers_are_killed(installation: Installation) -> None:
    with installation.worker() as process:
        installation.bake("first")
        kill(process)
    assert installation.problems() == []  # it has no work

    enqueued_from = datetime.now(UTC)
    enqueue(installation.store, "second")
    latest = datetime.now(UTC) + LONGEST
    problem = installation.check_named_in_time(after=enqueued_from + LONGEST, by=lambda: latest)
    assert problem.startswith("stage bake is silent (last success ")

    with installation.worker() as process:
        installation.wait_until_baked("second")
        installation.wait_until_healthy()
        assert stop_command(process) == 0


def test_a_stage_is_named_in_time_while_its_attempts_fail(installation: Installation) -> None:
    cold = installation.cwd / "cold"
    with installation.worker() as process:
        installation.bake("first")
        cold.touch()
        enqueued_from = datetime.now(UTC)
        enqueue(installation.store, "second")

        def latest() -> datetime | None:
            records = attempts(installation.store, "second")
            return records[-1].at + LONGEST if len(records) > 1 else None

        problem = installation.check_named_in_time(after=enqueued_from + LONGEST, by=latest)
        assert problem.startswith("stage bake is silent (last success ")
        assert get_task(installation.store, "second").attempts > 1

        cold.unlink()
        installation.wait_until_baked("second")
        installation.wait_until_healthy()
        assert stop_command(process) == 0
