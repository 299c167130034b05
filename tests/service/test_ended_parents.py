"""Processes that share work end with the one that started them, and say nothing themselves."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from time import monotonic, sleep
from typing import Final

import pytest
from tests.architecture.sources import ROOT

from indelible_service.independent_work import Workers

pytestmark = pytest.mark.slow

START_SECONDS: Final = 60
END_SECONDS: Final = 30
POLL_SECONDS: Final = 0.1
IDLE: Final = "idle"
PARTS: Final = ("one", "two", IDLE)


def work(mark: Path) -> None:
    """Say that the work has begun, and work until the process ends, unless it shall be idle."""
    mark.touch()
    if mark.name != IDLE:
        signal.pause()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL, signal.SIGINT])
def test_processes_end_with_their_parent(tmp_path: Path, number: signal.Signals) -> None:
    words = (sys.executable, "-m", "tests.service.test_ended_parents", str(tmp_path))
    parent = subprocess.Popen(
        words, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    )
    try:
        end = monotonic() + START_SECONDS
        while len(list(tmp_path.iterdir())) < len(PARTS) and monotonic() < end:
            sleep(POLL_SECONDS)
        if number is signal.SIGINT:
            os.killpg(parent.pid, number)  # as a terminal does
        else:
            parent.send_signal(number)
        # The processes have the same pipes, which end with the last of them.
        _, errors = parent.communicate(timeout=END_SECONDS)
    finally:
        if parent.returncode is None:
            os.killpg(parent.pid, signal.SIGKILL)
            parent.communicate()

    assert parent.returncode == -number
    assert errors.count(b"Traceback") == (number is signal.SIGINT)  # the parent's own


if __name__ == "__main__":
    # A shell lets what it starts in the background ignore Ctrl-C, and so the tests' processes.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    marks = [Path(sys.argv[1]) / name for name in PARTS]
    list(Workers(jobs=len(PARTS)).map(work, marks))
