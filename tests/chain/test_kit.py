"""The kit of these tests: anvil ends with its test, and the proxy lies as told."""

import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.architecture.sources import ROOT
from tests.chain.anvil import anvil
from tests.chain.npm import npm_program
from tests.conftest import folder

pytestmark = pytest.mark.slow

STAYS = """if True:
    import sys, time
    from pathlib import Path
    from tests.chain.anvil import anvil
    with anvil(Path(sys.argv[1])) as node:
        print(node.pid, flush=True)
        time.sleep(600)
"""


def is_running(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


def test_a_node_ends_with_its_block() -> None:
    with folder() as directory:
        with anvil(directory) as node:
            assert is_running(node.pid)
        assert not is_running(node.pid)


def test_a_node_ends_when_whoever_started_it_is_killed() -> None:
    with folder() as directory:
        command = (sys.executable, "-c", STAYS, str(directory))
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as ours:
            assert ours.stdout is not None
            pid = int(ours.stdout.readline())
            assert is_running(pid)
            ours.kill()
        deadline = time.monotonic() + 20
        while is_running(pid) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert not is_running(pid)


def test_where_the_machine_has_no_node_a_wheel_has_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    command = (*npm_program(), "--version")
    done = subprocess.run(command, check=True, capture_output=True, text=True)

    assert done.stdout.strip()
