"""Test that a stopped process and all that it starts stand still, also while it forks."""

import subprocess
import sys
import time

import psutil
from tests.stopped import is_stopped, stopped_with_children

ROUNDS = 10
CHILD_SECONDS = 0.02
PAUSE_SECONDS = 0.05
# A process that forks without a pause, as a server does for new connections.
FORKING = f"""
import os, signal, time
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
print("started", flush=True)
while True:
    if os.fork() == 0:
        time.sleep({CHILD_SECONDS})
        os._exit(0)
    time.sleep(0.001)
"""


def test_a_stopped_process_that_forks_has_no_running_descendant() -> None:
    command = (sys.executable, "-S", "-c", FORKING)
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as forking:
        try:
            assert forking.stdout
            assert forking.stdout.readline() == "started\n"
            process = psutil.Process(forking.pid)
            for _ in range(ROUNDS):
                with stopped_with_children(forking.pid):
                    before = process.children(recursive=True)
                    time.sleep(PAUSE_SECONDS)
                    assert process.children(recursive=True) == before
                    assert is_stopped(process)
                    assert all(is_stopped(child) for child in before)
        finally:
            forking.kill()
