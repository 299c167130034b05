"""A signal at any moment of the start ends `indelible up` with success."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tests.service.conftest import foreign_variables

from indelible_service.serving.single_process import StopSignals

# SQLite calls the authorizer, which is Python, while it prepares a statement. An exception from a
# signal handler that runs there makes SQLite refuse the statement.
SIGNAL_INSIDE_AUTHORIZER = """
import os, signal, sys
from indelible_service.instance import startup
from indelible_service.cli import main
from indelible_sql.engine import authorizer

create_key, authorize = startup.create_key, authorizer.authorize
pending = []

def create_key_and_arm(tx, command):
    pending.append(signal.Signals[sys.argv.pop()])
    return create_key(tx, command)

def authorize_and_signal(*arguments):
    if pending:
        os.kill(os.getpid(), pending.pop())
    return authorize(*arguments)

startup.create_key = create_key_and_arm
authorizer.authorize = authorize_and_signal
main(["up"])
"""


@pytest.mark.dose
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_inside_the_authorizer_does_not_fail_the_start(
    number: signal.Signals, tmp_path: Path
) -> None:
    done = subprocess.run(
        (sys.executable, "-c", SIGNAL_INSIDE_AUTHORIZER, number.name),
        cwd=tmp_path,
        env={**foreign_variables(), "INDELIBLE_PORT": "0"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert (tmp_path / "indelible-data" / "first.key").exists()


def test_a_signal_before_the_server_runs_prevents_that_it_runs() -> None:
    signals = StopSignals()
    signals.install()
    signal.raise_signal(signal.SIGTERM)
    calls: list[str] = []

    signals.run_until_stopped(lambda: calls.append("served"))

    assert signals.received
    assert calls == []


def test_a_signal_interrupts_the_running_server_once() -> None:
    signals = StopSignals()
    signals.install()
    calls: list[str] = []

    def serve() -> None:
        calls.append("began")
        signal.raise_signal(signal.SIGTERM)
        calls.append("went on")

    signals.run_until_stopped(serve)
    signal.raise_signal(signal.SIGTERM)

    assert calls == ["began"]
