"""A task waits while its press is busy, and a program that it runs ends with it."""

from pathlib import Path

import pytest
from tests.examples.programs import printing, run_program
from tests.workers.bakery import TaskStore, enqueue, get_task, wait_until

from indelible.kernel import Actor, SystemClock
from indelible.kernel.lease_handles import LeaseHandle, PerformStopped, StopReason
from indelible.kernel.tasks import NEVER, Lease
from indelible.memory import MemoryStore
from indelible.testing.stores import BEGINNING, LEASE_END
from indelible_workers import process_batch

PRINTER = Actor.system("printer")


@pytest.fixture
def store() -> TaskStore:
    return MemoryStore()


@pytest.fixture
def press(tmp_path: Path) -> Path:
    for folder in ("plates", "printed"):
        (tmp_path / folder).mkdir()
    (tmp_path / "plates" / "atlas").write_text("maps")
    return tmp_path


def test_a_book_is_printed_when_the_press_is_free(store: TaskStore, press: Path) -> None:
    enqueue(store, "atlas", stage="print")
    (press / "busy").touch()
    process_batch(store, printing(press), actor=PRINTER)
    waiting = get_task(store, "atlas", "print")
    assert (waiting.attempts, (waiting.due_at or NEVER) > SystemClock().now()) == (0, True)

    (press / "busy").unlink()
    enqueue(store, "atlas", stage="print")
    process_batch(store, printing(press), actor=PRINTER)
    assert (press / "printed" / "atlas").read_text() == "maps"
    assert get_task(store, "atlas", "print").due_at is None


def test_a_program_that_fails_is_the_end_of_its_task(store: TaskStore, press: Path) -> None:
    enqueue(store, "novel", stage="print")
    process_batch(store, printing(press), actor=PRINTER)

    reason = "the press has no plates of this book"
    assert get_task(store, "novel", "print").dead_reason == reason


def test_a_program_of_a_task_that_must_stop_is_waited_for_no_longer() -> None:
    lease = Lease(
        stage="print", entity_id="atlas", fence=1, attempt=1, due_at=BEGINNING, until=LEASE_END
    )
    handle = LeaseHandle(lease)
    handle.request_stop(StopReason.SHUTDOWN)
    with pytest.raises(PerformStopped):
        run_program(("sleep", "0.2"), handle)

    wait_until(lambda: run_program(("true",), LeaseHandle(lease)) == 0)
