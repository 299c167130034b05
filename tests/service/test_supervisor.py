"""The supervisor restarts children that end, and survives a start that fails."""

import os
from collections.abc import Generator
from contextlib import contextmanager
from errno import ENOSPC

import pytest

from indelible_service.embedded.children import Child
from indelible_service.supervisor import SupervisedChild


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
