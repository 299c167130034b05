"""A node ends with its test or its process, and npm runs on machines without node."""

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

RUNS_A_NODE = """if True:
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


def test_a_node_ends_when_its_process_is_killed() -> None:
    with folder() as directory:
        command = (sys.executable, "-c", RUNS_A_NODE, str(directory))
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as parent:
            assert parent.stdout is not None
            pid = int(parent.stdout.readline())
            assert is_running(pid)
            parent.kill()

        deadline = time.monotonic() + 20
        while is_running(pid) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert not is_running(pid)


def test_npm_of_a_wheel_runs_where_the_machine_has_no_node(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    command = (*npm_program(), "--version")
    completed = subprocess.run(command, check=True, capture_output=True, text=True)

    assert completed.stdout.strip()
