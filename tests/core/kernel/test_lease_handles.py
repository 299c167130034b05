"""A lease handle passes on the request to stop, and its reason."""

import time
from threading import Thread
from typing import Any

import pytest

from indelible.kernel.errors import UsageError
from indelible.kernel.lease_handles import LeaseHandle, PerformStopped, StopReason
from indelible.kernel.stages import Stage
from indelible.kernel.tasks import Lease
from indelible.kernel.values import NumberOutOfRange
from indelible.testing.stores import BEGINNING, LEASE_END

LEASE = Lease(stage="bake", entity_id="loaf", fence=1, attempt=1, due_at=BEGINNING, until=LEASE_END)
LATER = [StopReason.TIMED_OUT, StopReason.LEASE_LOST, StopReason.CANCELED]


def test_a_handle_without_a_request_lets_its_task_go_on() -> None:
    handle = LeaseHandle(LEASE)

    handle.check()
    assert not handle.wait(0.001)
    assert (handle.stop_requested, handle.stop_reason) == (False, None)


def test_a_request_ends_a_wait_and_refuses_the_next_step() -> None:
    handle = LeaseHandle(LEASE)
    answers: list[bool] = []
    waiting = [Thread(target=lambda: answers.append(handle.wait(60))) for _ in range(8)]
    for thread in waiting:
        thread.start()
    time.sleep(0.05)

    handle.request_stop(StopReason.SHUTDOWN)
    for thread in waiting:
        thread.join(10)

    assert answers == [True] * 8
    assert handle.wait(60)
    with pytest.raises(PerformStopped) as stopped:
        handle.check()
    assert stopped.value.detail == {
        "stage": "bake",
        "entity_id": "loaf",
        "reason": StopReason.SHUTDOWN,
    }


@pytest.mark.parametrize("reason", LATER)
def test_a_shutdown_gives_way_to_a_reason_that_decides_and_no_other_does(
    reason: StopReason,
) -> None:
    handle = LeaseHandle(LEASE)
    handle.request_stop(StopReason.SHUTDOWN)
    handle.request_stop(reason)
    for other in StopReason:
        handle.request_stop(other)

    assert handle.stop_reason is reason


def return_name(name: str, _: LeaseHandle) -> str:
    return name


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("concurrency", 0),
        ("concurrency", 1_001),
        ("timeout_seconds", 0),
        ("timeout_seconds", 86_401),
        ("memory_mebibytes", 63),
        ("memory_mebibytes", 1_048_577),
    ],
)
def test_the_limits_of_a_stage_have_limits(field: str, wrong: int) -> None:
    settings: dict[str, Any] = {"in_child": True, field: wrong}

    with pytest.raises(NumberOutOfRange):
        Stage(
            name="bake", batch=1, lifecycle=None, acts_outside=True, perform=return_name, **settings
        )


def test_only_a_child_process_has_a_limit_of_memory() -> None:
    with pytest.raises(UsageError, match="stage bake: only a child process"):
        Stage(
            name="bake",
            batch=1,
            lifecycle=None,
            acts_outside=True,
            perform=return_name,
            memory_mebibytes=64,
        )
