"""A handle kills the process groups that its task has registered, and no other."""

from functools import partial
from typing import Any

import pytest
from attrs import define, field

from indelible.kernel.lease_handles import LeaseHandle, PerformStopped, StopReason
from indelible.kernel.tasks import Lease
from indelible.testing.captures.scenarios import code
from indelible.testing.stores import BEGINNING, LEASE_END

LEASE = Lease(stage="bake", entity_id="loaf", fence=1, attempt=1, due_at=BEGINNING, until=LEASE_END)
KILLING = [StopReason.TIMED_OUT, StopReason.LEASE_LOST, StopReason.CANCELED]
GROUP, OTHER_GROUP = 1_000, 2_000


@define
class Journal:
    """Records what a handle does with its groups."""

    lines: list[tuple[str, int]] = field(factory=list[tuple[str, int]])

    def open(self, group_id: int) -> "JournaledGroup":
        self.lines.append(("open", group_id))
        return JournaledGroup(self, group_id)

    def handle(self) -> LeaseHandle:
        """Return a handle whose groups are journaled."""
        return LeaseHandle(LEASE, open_group=self.open)


@define
class JournaledGroup:
    """A group that notes what is done with it."""

    journal: Journal
    group_id: int

    def kill(self) -> None:
        self.journal.lines.append(("kill", self.group_id))

    def release(self) -> None:
        self.journal.lines.append(("release", self.group_id))


@pytest.mark.parametrize("reason", KILLING)
def test_a_request_to_stop_kills_every_registered_group(reason: StopReason) -> None:
    journal = Journal()
    handle = journal.handle()
    handle.register_process_group(GROUP)
    handle.register_process_group(OTHER_GROUP)
    handle.request_stop(reason)

    assert journal.lines[2:] == [("kill", GROUP), ("kill", OTHER_GROUP)]
    assert handle.has_killed_groups


def test_a_shutdown_kills_no_group_until_a_reason_follows_that_does() -> None:
    journal = Journal()
    handle = journal.handle()
    handle.register_process_group(GROUP)
    handle.request_stop(StopReason.SHUTDOWN)
    assert journal.lines == [("open", GROUP)]

    handle.request_stop(StopReason.TIMED_OUT)
    assert journal.lines == [("open", GROUP), ("kill", GROUP)]


def test_an_unregistered_group_is_left_alone() -> None:
    journal = Journal()
    handle = journal.handle()
    handle.register_process_group(GROUP)
    handle.unregister_process_group(GROUP)
    handle.unregister_process_group(GROUP)
    handle.request_stop(StopReason.CANCELED)

    assert journal.lines == [("open", GROUP), ("release", GROUP)]
    assert not handle.has_killed_groups


@pytest.mark.parametrize("reason", KILLING)
def test_a_group_registered_after_the_request_is_killed_at_once(reason: StopReason) -> None:
    journal = Journal()
    handle = journal.handle()
    handle.request_stop(reason)
    with pytest.raises(PerformStopped):
        handle.register_process_group(GROUP)

    assert journal.lines == [("open", GROUP), ("kill", GROUP), ("release", GROUP)]


def test_a_group_registered_after_a_shutdown_is_not_killed() -> None:
    journal = Journal()
    handle = journal.handle()
    handle.request_stop(StopReason.SHUTDOWN)
    handle.register_process_group(GROUP)

    assert journal.lines == [("open", GROUP)]


def test_a_block_that_ends_releases_its_group_and_one_that_fails_kills_it() -> None:
    journal = Journal()
    handle = journal.handle()
    with handle.process_group(GROUP):
        journal.lines.append(("work", GROUP))
    with pytest.raises(LookupError), handle.process_group(OTHER_GROUP):
        raise LookupError

    assert journal.lines == [
        ("open", GROUP),
        ("work", GROUP),
        ("release", GROUP),
        ("open", OTHER_GROUP),
        ("kill", OTHER_GROUP),
        ("release", OTHER_GROUP),
    ]
    assert not handle.has_killed_groups


def test_groups_that_are_left_registered_are_killed_in_the_end() -> None:
    journal = Journal()
    handle = journal.handle()
    handle.register_process_group(GROUP)
    handle.end_process_groups()
    handle.end_process_groups()

    assert journal.lines == [("open", GROUP), ("kill", GROUP), ("release", GROUP)]


def test_a_group_registered_twice_is_released_once_and_killed_once() -> None:
    journal = Journal()
    handle = journal.handle()
    handle.register_process_group(GROUP)
    handle.register_process_group(GROUP)
    handle.request_stop(StopReason.TIMED_OUT)

    assert journal.lines == [
        ("open", GROUP),
        ("open", GROUP),
        ("release", GROUP),
        ("kill", GROUP),
    ]


@pytest.mark.parametrize(
    ("group_id", "expected"),
    [
        (-1, "NUMBER_OUT_OF_RANGE"),
        (0, "NUMBER_OUT_OF_RANGE"),
        (1, "NUMBER_OUT_OF_RANGE"),
        (2**31, "NUMBER_OUT_OF_RANGE"),
        (True, "WRONG_TYPE"),
        ("1000", "WRONG_TYPE"),
        (None, "WRONG_TYPE"),
    ],
)
def test_a_number_that_may_address_other_processes_is_refused(
    group_id: Any,  # noqa: ANN401 - a stage may pass a value of a wrong type
    expected: str,
) -> None:
    journal = Journal()

    assert code(partial(journal.handle().register_process_group, group_id)) == expected
    assert journal.lines == []


def test_a_handle_of_a_test_kills_nothing() -> None:
    handle = LeaseHandle(LEASE)
    with handle.process_group(GROUP):
        handle.request_stop(StopReason.TIMED_OUT)

    assert handle.stop_requested
