"""The supervisor lives for as long as it is to, whatever its children do."""

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


def test_a_child_that_has_failed_for_days_is_started_again_all_the_same() -> None:
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
    yield Child("/bin/false")  # it is a generator


def test_a_start_that_the_system_refuses_is_tried_again_and_said(
    caplog: pytest.LogCaptureFixture,
) -> None:
    child = SupervisedChild("postgresql", on_a_full_disk, is_server=True, started_at=-60.0)

    child.check()

    assert child.failures == 1
    assert "postgresql does not start: [Errno 28] No space left on device" in caplog.text
