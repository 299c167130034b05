"""The supervisor restarts children that end, and waits for those that need long to start."""

import os
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from errno import ENOSPC
from pathlib import Path
from signal import SIGKILL

import pytest

from indelible_service.embedded import children
from indelible_service.embedded.children import Child, ServerProgram, running_server
from indelible_service.processes import full
from indelible_service.processes.supervisor import SupervisedChild, Supervisor
from indelible_service.settings.service import Settings

CALLS = 3  # of a look at a start that takes longer than the limit for one that failed


@contextmanager
def short_lived() -> Generator[Child]:
    with Child("/bin/false") as child:
        child.wait()
        yield child


def test_a_child_is_restarted_after_any_number_of_failures() -> None:
    child = SupervisedChild(
        "worker 1", short_lived, is_server=False, started_at=-60.0, failures=5_000
    )
    child.check()
    assert child.child

    child.check()

    assert child.failures == 5_001


@contextmanager
def on_a_full_disk() -> Generator[Child]:
    raise OSError(ENOSPC, os.strerror(ENOSPC))
    yield Child("/bin/false")  # never reached; it makes this function a generator


def test_a_failed_start_is_logged_and_counted(
    caplog: pytest.LogCaptureFixture,
) -> None:
    child = SupervisedChild("postgresql", on_a_full_disk, is_server=True, started_at=-60.0)

    child.check()

    assert child.failures == 1
    assert "postgresql does not start: [Errno 28] No space left on device" in caplog.text


@contextmanager
def long_lived() -> Generator[Child]:
    with Child(("/bin/sleep", "500")) as child:
        try:
            yield child
        finally:
            child.kill()


def ready_at_last() -> Iterator[bool]:
    """Yield the readiness of a program that starts slowly."""
    for _ in range(CALLS):
        time.sleep(children.POLL_SECONDS)
        yield False

    yield True


def never() -> bool:
    return False


def is_not_ready(_: Settings) -> bool:
    return False


def test_processes_that_start_slowly_are_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    readiness = ready_at_last()

    def is_ready_at_last(_: Settings) -> bool:
        return next(readiness)

    monkeypatch.setattr(full, "READY_SECONDS", 0)
    monkeypatch.setattr(full, "_is_ready", is_ready_at_last)

    with Supervisor() as supervisor:
        supervisor.add("web", long_lived)
        full.wait_until_ready(Settings(), supervisor, never)

    assert not list(readiness)


def test_a_process_that_ends_is_not_waited_for_as_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(full, "READY_SECONDS", 0)
    monkeypatch.setattr(full, "_is_ready", is_not_ready)

    with Supervisor() as supervisor:
        supervisor.add("web", short_lived)
        with pytest.raises(full.NotReady):
            full.wait_until_ready(Settings(), supervisor, never)


def test_a_server_that_starts_slowly_is_not_killed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    log.write_text("database system was interrupted")
    readiness = ready_at_last()

    program = ServerProgram(
        start=lambda _: Child(("/bin/sleep", "500"), start_new_session=True),
        is_ready=lambda _: next(readiness),
        log=log,
        stop_signals=((SIGKILL, None),),
    )
    monkeypatch.setattr(children, "START_SECONDS", 0)

    with running_server(program, 1) as (_, child):
        assert child.poll() is None

    assert child.poll() == -SIGKILL
