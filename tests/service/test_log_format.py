"""Every line of the log of a process has one format, whichever library wrote it."""

import json
import signal
import subprocess
import sys
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import folder
from tests.service.conftest import foreign_variables
from tests.service.processes import (
    get,
    read_json_line,
    start_command,
    stop_command,
    wait_until_ready,
)
from tests.service.test_full import parts, wait_until_complete

pytestmark = [pytest.mark.slow, pytest.mark.runs_first]

MAX_SECONDS = 600  # of a start on a busy machine
FIELDS = {"at", "level", "logger", "event"}
LEVELS = {"DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"}
MICROSECONDS = "2026-11-22T02:15:00.000000+00:00"
REFUSED_KEY = "ind_refusedkey_0123456789abcdef"
ANY_LIBRARY = """
import gc, logging, threading, warnings
from indelible_service.processes import configure_process
from indelible_service.settings import Settings

class Broken:
    def __del__(self):
        raise ValueError("in a finalizer")

def fail():
    raise ValueError("in a thread\\nof two lines")

configure_process(Settings.read({}))
warnings.warn("a warning of Python", stacklevel=1)
for name in ("alembic.runtime.migration", "dramatiq.worker", "waitress", "asyncio", "_granian"):
    logging.getLogger(name).warning("two\\nlines of %s", name)
logging.getLogger("dramatiq").warning("%s and %s", "one argument of two")
logging.getLogger("waitress").error("password=hunter2 at postgresql://maya:hunter2@host/db")
try:
    fail()
except ValueError:
    logging.getLogger("waitress").exception("a request failed")
thread = threading.Thread(target=fail)
thread.start()
thread.join()
Broken()
gc.collect()
raise ValueError("at the end")
"""


def lines_in_the_format(log: str) -> list[dict[str, Any]]:
    """Parse each line of a log, and check that it has the format."""
    lines: list[dict[str, Any]] = []
    for text in log.splitlines():
        try:
            line = json.loads(text)
        except json.JSONDecodeError:
            pytest.fail(f"no line of JSON: {text}")
        assert set(line) >= FIELDS, text
        assert line["level"] in LEVELS, text
        assert len(line["at"]) == len(MICROSECONDS), text
        assert datetime.fromisoformat(line["at"]).utcoffset() == timedelta(), text
        lines.append(line)
    return lines


def loggers_of(lines: Sequence[dict[str, Any]]) -> set[str]:
    """Return the names of the loggers of the lines."""
    return {line["logger"] for line in lines}


def send_requests(address: str, key: str) -> None:
    """Send requests that are answered, refused, and not found."""
    assert get(address, "/v1/concepts", key)[0] == 200
    assert get(address, "/v1/concepts", REFUSED_KEY)[0] == 401
    assert get(address, "/nowhere", key)[0] == 404


def codes_of_requests(lines: Sequence[dict[str, Any]]) -> set[str]:
    """Return the codes of the lines about requests."""
    return {line["code"] for line in lines if line["event"] == "request"}


def kill_a_worker_and_a_server_process(supervisor: int) -> set[int]:
    """Kill a worker, and the process that answers requests; return the id of the worker."""
    running = parts(supervisor)
    running["work"][0].kill()
    for child in running["serve"][0].children():
        if "spawn_main" in " ".join(child.cmdline()):
            child.kill()
    return {running["work"][0].pid}


def test_every_line_of_a_full_instance_has_one_format() -> None:
    with folder() as path:
        with start_command("up", "--full", "--json", cwd=path) as process:
            started = read_json_line(process)
            send_requests(started["address"], started["key"])
            killed = kill_a_worker_and_a_server_process(process.pid)
            wait_until_complete(process.pid, without=killed)
            wait_until_ready(started["address"])
            send_requests(started["address"], started["key"])
            assert stop_command(process) == 0
        log = (path / "log").read_text()

    lines = lines_in_the_format(log)
    assert loggers_of(lines) >= {"indelible.service", "indelible.web", "_granian"}
    assert codes_of_requests(lines) >= {"OK", "UNAUTHENTICATED", "ROUTE_NOT_FOUND"}
    assert any("worker 1 ended with exit code -9" in line["event"] for line in lines)
    assert started["key"] not in log
    assert REFUSED_KEY not in log


def test_every_line_of_a_single_process_has_the_same_format(tmp_path: Path) -> None:
    with start_command("up", "--json", cwd=tmp_path) as process:
        started = read_json_line(process)
        send_requests(started["address"], started["key"])
        assert stop_command(process, signal.SIGINT) == 0
    log = (tmp_path / "log").read_text()

    lines = lines_in_the_format(log)
    assert "indelible.web" in loggers_of(lines)
    assert codes_of_requests(lines) >= {"OK", "UNAUTHENTICATED", "ROUTE_NOT_FOUND"}
    assert started["key"] not in log


def test_warnings_exceptions_and_other_libraries_write_in_the_same_format() -> None:
    done = subprocess.run(
        (sys.executable, "-c", ANY_LIBRARY),
        env=foreign_variables(),
        capture_output=True,
        text=True,
        check=False,
        timeout=MAX_SECONDS,
    )
    lines = lines_in_the_format(done.stderr)

    assert (done.returncode, done.stdout) == (1, "")
    assert loggers_of(lines) >= {"py.warnings", "alembic.runtime.migration", "dramatiq.worker"}
    assert "two\nlines of _granian" in {line["event"] for line in lines}
    errors = [line["error"] for line in lines if "error" in line]
    assert len(errors) == 4
    assert errors[-1] == "ValueError: at the end"
    assert "hunter2" not in done.stderr


def test_a_supervised_process_that_is_refused_logs_its_error() -> None:
    settings = {"DATABASE_URL": "postgresql://maya:hunter2@127.0.0.1:1/db"}
    words = ("work", "--alone", "--stage", "none", "--settings-from-stdin")
    done = subprocess.run(
        (sys.executable, "-m", "indelible_service", *words),
        input=json.dumps(settings),
        env=foreign_variables(),
        capture_output=True,
        text=True,
        check=False,
        timeout=MAX_SECONDS,
    )
    lines = lines_in_the_format(done.stderr)

    assert done.returncode == 1
    assert [line["code"] for line in lines] == ["STAGE_UNKNOWN"]
    assert "hunter2" not in done.stderr
