"""Children whose supervisor was killed end by escalation, and a new start replaces what is left.

`test_full.py` has the test of a whole instance whose supervisor was killed.
"""

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from signal import SIGINT, SIGKILL, SIGSTOP
from subprocess import PIPE

import psutil
import pytest
from tests.conftest import copy_cluster

from indelible_service.embedded import postgres, postgresql

pytestmark = pytest.mark.slow

WAIT_SECONDS = 300
# Children of a program that is killed; both sleep. They ignore every signal but SIGKILL.
STUBBORN = """
import subprocess, time
from signal import SIGINT, SIGTERM, SIGKILL
from indelible_service.embedded.children import die_with_parent
trap = "trap '' INT TERM QUIT; sleep 500 & echo trapped; while :; do sleep 1; done"
ignoring = ("/bin/sh", "-c", trap)
child = subprocess.Popen(ignoring, start_new_session=True, stdout=subprocess.PIPE)
child.stdout.readline()
with die_with_parent(child, ((SIGINT, 0.2), (SIGTERM, 0.2), (SIGKILL, None))):
    print("started", flush=True)
    time.sleep(500)
"""
SERVER = """
import sys, time
from pathlib import Path
from indelible_service.embedded import postgres
with postgres(Path(sys.argv[1]), durable=False):
    print("started", flush=True)
    time.sleep(500)
"""


@pytest.fixture
def directory(cluster: Path, empty: Path) -> Path:
    """Create a folder in which a server was started and stopped."""
    return copy_cluster(cluster, empty)


def killed_program(program: str, *words: str) -> Iterator[psutil.Process]:
    """Run a program that prints `started`, kill it, and yield the processes that it started."""
    command = (sys.executable, "-c", program, *words)
    with subprocess.Popen(command, stdout=PIPE, text=True) as starter:
        assert starter.stdout
        assert starter.stdout.readline() == "started\n"
        children = psutil.Process(starter.pid).children(recursive=True)
        yield from children
        starter.kill()


def is_running(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_an_orphan_that_ignores_signals_ends_with_its_own_children() -> None:
    orphans = list(killed_program(STUBBORN))

    deadline = time.monotonic() + WAIT_SECONDS
    while any(is_running(orphan) for orphan in orphans) and time.monotonic() < deadline:
        time.sleep(0.1)

    assert len(orphans) >= 3  # the child, its own child, and the watching shell
    assert not [orphan for orphan in orphans if is_running(orphan)]


@pytest.mark.parametrize("is_hung", [False, True])
def test_a_new_server_replaces_an_orphan_that_nobody_stops(
    is_hung: bool,  # noqa: FBT001 - a parameter of the test
    directory: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(postgresql, "STOP_SIGNALS", ((SIGINT, 0.5), (SIGKILL, None)))
    orphan: psutil.Process | None = None
    for process in killed_program(SERVER, str(directory)):
        if process.name() == "sh":
            process.kill()  # it would stop the server
        elif process.pid == postmaster(directory):
            orphan = process

    assert orphan
    try:
        if is_hung:
            orphan.send_signal(SIGSTOP)
        with postgres(directory, durable=False) as server:
            assert server.child.poll() is None
            assert not is_running(orphan)
    finally:
        if is_running(orphan):
            orphan.kill()


def postmaster(directory: Path) -> int:
    """Return the process id of the server's first process."""
    return int((directory / "data" / "postmaster.pid").read_text().split()[0])
