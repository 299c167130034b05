"""Secrets of a host, of settings and of users appear nowhere that a job writes."""

import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread

import pytest
from tests.doubles.git_server import PUSH
from tests.doubles.serving import Fault, Response
from tests.project_jobs import short_files
from tests.project_site import HTTP, TOKEN, finish_job, project_site

from indelible.projects import ArchitectureSpec, GeneratedFile
from indelible.projects.rules.plan import Plan
from indelible.projects.tasks.failpoints import JobFailpoint

pytestmark = pytest.mark.slow

CANARIES = [f"{number:02}canary{'x' * 20}" for number in range(24)]
SHAPES = (
    "ghp_{}",
    "github_pat_{}",
    "https://x:{}@example.com/a.git",
    "Authorization: Bearer {}",
    "token={}",
    "password: '{}'",
    "secret = {}",
    "api_key={}",
)


class Leaking(Exception):
    """An error of a host's function that carries secrets."""


def leaks() -> list[str]:
    """Return 24 messages, each with a secret in a shape that tools print."""
    return [SHAPES[number % len(SHAPES)].format(text) for number, text in enumerate(CANARIES)]


def argument_lists(stop: Event) -> Iterator[str]:
    """Yield the arguments of every process of this machine until the event is set."""
    while not stop.wait(0.002):
        for path in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                yield path.read_bytes().decode(errors="replace")
            except OSError:
                continue


def texts_of_files(root: Path) -> Iterator[tuple[Path, str]]:
    """Yield every file below a folder with its content."""
    for folder, _, names in os.walk(root):
        for name in names:
            path = Path(folder, name)
            yield path, path.read_bytes().decode("latin-1")


def test_no_secret_is_logged_stored_or_passed_as_an_argument(
    sqlite_url: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    seen: list[str] = []
    stop = Event()
    watcher = Thread(target=lambda: seen.extend(argument_lists(stop)))
    waiting = leaks()
    configurations: list[str] = []

    def generate(given: ArchitectureSpec, plan: Plan) -> tuple[GeneratedFile, ...]:
        if waiting:
            raise OSError(5, "\n".join(waiting.pop() for _ in range(12)))
        return short_files(given, plan)

    def look(failpoint: JobFailpoint) -> None:
        if failpoint is JobFailpoint.AFTER_PUSH:
            for path, text in texts_of_files(tmp_path / "workspaces"):
                configurations.append(f"{path} {text}")

    with project_site(sqlite_url, tmp_path, HTTP) as site:
        assert site.double is not None
        answer = Response(status=403, body="\n".join(leaks()).encode())
        site.double.plan(Fault(matching=PUSH, answer=answer))
        setup = site.setup
        job = setup.job(setup.project())
        other = setup.job(setup.project("Another Shop"), name="Another Shop")
        watcher.start()
        for started in (job, other):
            while setup.details(started).job.completed_at is None:
                setup.process(generate=generate, at_failpoint=look, lease_seconds=1)
        finish_job(setup, other)
        stop.set()
        watcher.join()

    stored = Path(sqlite_url.removeprefix("sqlite:///")).read_bytes().decode("latin-1")
    places = {
        "a log": caplog.text,
        "the database": stored,
        "an argument list": "\n".join(seen),
        "a workspace": "\n".join(configurations),
    }
    for place, text in places.items():
        for secret in (*CANARIES, TOKEN):
            assert secret not in text, f"{secret} is in {place}"
    assert any("git" in text for text in seen)
    assert configurations


def test_a_traceback_of_a_worker_has_no_secret(sqlite_url: str, tmp_path: Path) -> None:
    program = f"""
import logging
logging.basicConfig(level=logging.DEBUG)
from pathlib import Path
from tests.project_site import LOCAL, project_site
from tests.doses.chaos.test_project_secrets import Leaking, leaks

def generate(spec, plan):
    raise Leaking(chr(10).join(leaks()))

with project_site({sqlite_url!r}, Path({str(tmp_path)!r}), LOCAL) as site:
    job = site.setup.job(site.setup.project())
    site.setup.process(generate=generate, max_attempts=1)
    print(site.setup.details(job).job.failure_reason)
"""
    completed = subprocess.run(
        (sys.executable, "-c", program), capture_output=True, text=True, check=True
    )

    output = completed.stdout + completed.stderr
    assert "raised Leaking in" in output
    assert [secret for secret in CANARIES if secret in output] == []
