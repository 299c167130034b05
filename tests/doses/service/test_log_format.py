"""Every line of the log of a process has one format, whichever library wrote it.

`test_full.py` has the test of an instance of several processes.
"""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tests.service.conftest import foreign_variables
from tests.service.log_lines import (
    codes_of_requests,
    lines_in_the_format,
    loggers_of,
    send_requests,
)
from tests.service.processes import read_json_line, start_command, stop_command

pytestmark = pytest.mark.slow

MAX_SECONDS = 600  # of a start on a busy machine
ANY_LIBRARY = """
import gc, logging, threading, warnings
from indelible_service.processes.building import configure_process
from indelible_service.settings.service import Settings

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
