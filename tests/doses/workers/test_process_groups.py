"""The processes that a `perform` has started end with its time limit, its lease or its worker."""

import os
import subprocess
import sys
from collections.abc import Callable, Generator
from functools import partial
from pathlib import Path
from threading import Event
from typing import Any

import psutil
import pytest
from attrs import define, evolve, field
from tests.architecture.sources import ROOT
from tests.doses.workers.test_children import child_stage, process
from tests.workers import process_group_program
from tests.workers.bakery import (
    MAYA,
    TIMEOUT_SECONDS,
    WORKER,
    Bakery,
    TaskStore,
    are_completed,
    attempts,
    enqueue,
    get_task,
    outcome_counts,
    start_batch,
    wait_until,
)
from tests.workers.child_stages import SLEEPERS
from tests.workers.test_lease_handles import complete

from indelible.kernel.lease_handles import LeaseHandle, PerformStopped, StopReason
from indelible.kernel.stages import Stage, TasksWrite
from indelible.kernel.task_commands import CancelTask, cancel_task
from indelible.kernel.tasks import Lease
from indelible.testing.captures.scenarios import code
from indelible.testing.stores import BEGINNING, LEASE_END
from indelible_workers import Worker, process_batch
from indelible_workers.children.process_groups import WatchedGroup

pytestmark = pytest.mark.slow

LEASE = Lease(stage="bake", entity_id="loaf", fence=1, attempt=1, due_at=BEGINNING, until=LEASE_END)
MEMBERS = 3  # the shell and its two sleepers
in_memory = pytest.mark.parametrize("store", ["memory"], indirect=True)


def members(group_id: int) -> list[int]:
    """Return the processes of a group that have not ended."""
    pids: list[int] = []
    for running in psutil.process_iter(["status"]):
        try:
            is_member = os.getpgid(running.pid) == group_id
        except ProcessLookupError:
            continue
        if is_member and running.info["status"] != psutil.STATUS_ZOMBIE:
            pids.append(running.pid)

    return pids


def wait_for_end(started: "subprocess.Popen[bytes]") -> None:
    """Wait until the leader has ended, and leave its id to it."""
    os.waitid(os.P_PID, started.pid, os.WEXITED | os.WNOWAIT)


@define
class Oven:
    """A `perform` that starts a group of processes and waits for its end."""

    before_wait: Callable[[LeaseHandle], object] = lambda _: None
    groups: list[int] = field(factory=list[int])

    def perform(self, name: str, handle: LeaseHandle) -> str:
        if not name.startswith("group-"):
            return f"{name}, baked"

        with subprocess.Popen(SLEEPERS, start_new_session=True) as started:
            with handle.process_group(started.pid):
                wait_until(lambda: len(members(started.pid)) == MEMBERS)
                self.groups.append(started.pid)
                self.before_wait(handle)
                wait_for_end(started)
            return f"{name}, baked"


@pytest.fixture
def sleepers() -> Generator["subprocess.Popen[bytes]"]:
    """Run a group of processes until the end of the test."""
    with subprocess.Popen(SLEEPERS, start_new_session=True) as started:
        yield started
        started.kill()
        for pid in members(started.pid):
            psutil.Process(pid).kill()


def group_stage(bakery: Bakery, oven: Oven, **settings: Any) -> Stage[TasksWrite, str, str]:  # noqa: ANN401 - a stage's own
    return evolve(bakery.stage(batch=1, **settings), perform=oven.perform)


def test_a_time_limit_kills_the_group_and_nothing_else(store: TaskStore, bakery: Bakery) -> None:
    oven = Oven()
    enqueue(store, "group-it", "loaf")
    worker = Worker(store=store, actor=WORKER)
    stage = group_stage(bakery, oven, timeout_seconds=1)
    with worker.heartbeat():
        while process_batch(store, stage, actor=WORKER, worker=worker):
            pass

    wait_until(lambda: members(oven.groups[0]) == [])
    assert "TIME_LIMIT_EXCEEDED" in attempts(store, "group-it")[0].reason
    assert are_completed(store, "loaf")
    assert not are_completed(store, "group-it")
    counts = outcome_counts(worker)
    counts.pop("timed_out", None)  # counted where `perform` returns late, on a busy machine
    assert counts == {"claimed": 2, "completed": 1, "retried": 1}


def cancel(store: TaskStore, handle: LeaseHandle) -> None:
    command = CancelTask(stage=handle.lease.stage, entity_id=handle.lease.entity_id)
    store.run(cancel_task, command, actor=MAYA, reason="no flour")


def lose(store: TaskStore, handle: LeaseHandle) -> None:
    complete(store, handle.lease)


@pytest.mark.parametrize("end_lease", [cancel, lose])
def test_the_end_of_a_lease_kills_the_group(
    store: TaskStore, bakery: Bakery, end_lease: Callable[[TaskStore, LeaseHandle], None]
) -> None:
    oven = Oven(partial(end_lease, store))
    enqueue(store, "group-it", "loaf")
    worker = Worker(store=store, actor=WORKER)
    with worker.heartbeat():
        while process_batch(store, group_stage(bakery, oven), actor=WORKER, worker=worker):
            pass

    wait_until(lambda: members(oven.groups[0]) == [])
    assert are_completed(store, "loaf")
    assert outcome_counts(worker) == {"claimed": 2, "completed": 1, "lost": 1}


@in_memory
def test_a_shutdown_leaves_the_group_to_the_task(store: TaskStore, bakery: Bakery) -> None:
    at_work = Event()
    numbers: list[int] = []

    def perform(name: str, handle: LeaseHandle) -> str:
        with subprocess.Popen(SLEEPERS, start_new_session=True) as started:
            with handle.process_group(started.pid):
                wait_until(lambda: len(members(started.pid)) == MEMBERS)
                at_work.set()
                assert handle.wait(TIMEOUT_SECONDS)
                numbers.append(len(members(started.pid)))
                handle.check()  # the block ends with an error, which kills the group
            return name

    enqueue(store, "loaf")
    worker = Worker(store=store, actor=WORKER)
    stage = evolve(bakery.stage(batch=1), perform=perform)
    with worker.heartbeat():
        thread = start_batch(worker, stage)
        assert at_work.wait(TIMEOUT_SECONDS)
        worker.stop()
        thread.join(TIMEOUT_SECONDS)

    assert numbers == [MEMBERS]
    assert outcome_counts(worker) == {"claimed": 1, "released": 1}


@in_memory
def test_a_group_that_is_left_registered_is_killed_when_its_task_ends(
    store: TaskStore, bakery: Bakery, sleepers: "subprocess.Popen[bytes]"
) -> None:
    def perform(name: str, handle: LeaseHandle) -> str:
        handle.register_process_group(sleepers.pid)
        return bakery.perform(name, handle)

    enqueue(store, "loaf")
    stage = evolve(bakery.stage(batch=1), perform=perform)
    process_batch(store, stage, actor=WORKER)

    wait_until(lambda: members(sleepers.pid) == [])
    assert are_completed(store, "loaf")


@in_memory
def test_a_task_that_ignores_the_end_of_its_group_has_failed(
    store: TaskStore, bakery: Bakery, sleepers: "subprocess.Popen[bytes]"
) -> None:
    def perform(name: str, handle: LeaseHandle) -> str:
        with handle.process_group(sleepers.pid):
            wait_for_end(sleepers)
        if name == "raise-it":
            raise ChildProcessError("the program was killed")
        return name

    enqueue(store, "raise-it")
    worker = Worker(store=store, actor=WORKER)
    stage = evolve(bakery.stage(batch=1, timeout_seconds=1), perform=perform)
    with worker.heartbeat():
        process_batch(store, stage, actor=WORKER, worker=worker)

    assert "TIME_LIMIT_EXCEEDED" in attempts(store, "raise-it")[0].reason
    assert outcome_counts(worker) == {"claimed": 1, "retried": 1}


def test_a_group_registered_after_the_request_is_killed_at_once(
    sleepers: "subprocess.Popen[bytes]",
) -> None:
    handle = LeaseHandle(LEASE, open_group=WatchedGroup)
    handle.request_stop(StopReason.TIMED_OUT)
    with pytest.raises(PerformStopped):
        handle.register_process_group(sleepers.pid)

    wait_until(lambda: members(sleepers.pid) == [])


def test_an_unregistered_group_is_not_killed(sleepers: "subprocess.Popen[bytes]") -> None:
    handle = LeaseHandle(LEASE, open_group=WatchedGroup)
    wait_until(lambda: len(members(sleepers.pid)) == MEMBERS)
    handle.register_process_group(sleepers.pid)
    handle.unregister_process_group(sleepers.pid)
    handle.request_stop(StopReason.TIMED_OUT)

    assert len(members(sleepers.pid)) == MEMBERS


def test_a_group_that_does_not_exist_or_is_the_workers_own_is_refused() -> None:
    handle = LeaseHandle(LEASE, open_group=WatchedGroup)
    with subprocess.Popen(("/bin/sh", "-c", "read -r _"), stdin=subprocess.PIPE) as started:
        # It belongs to our group, so its id is the id of no group.
        assert code(lambda: handle.register_process_group(started.pid)) == "PROCESS_GROUP_INVALID"
        started.communicate()

    assert code(lambda: handle.register_process_group(os.getpgrp())) == "PROCESS_GROUP_INVALID"


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    """Return the file into which tasks write the ids of their groups."""
    path = tmp_path / "notes"
    path.touch()
    return path


def group_of(notes: Path) -> int:
    """Return the id of the group that a task has noted, once all its processes run."""
    wait_until(lambda: groups_in(notes) != [])
    return groups_in(notes)[-1]


def groups_in(notes: Path) -> list[int]:
    """Return the ids of groups that tasks have noted; other lines name tasks and children."""
    lines = notes.read_text().splitlines()
    return [int(line.split()[1]) for line in lines if line.startswith("group ")]


# In a child process, whose own group does not contain a group of the task


@pytest.mark.slow
@in_memory
@pytest.mark.parametrize("name", ["group-it", "groupc-it"])
def test_a_time_limit_kills_the_group_of_a_child(store: TaskStore, notes: Path, name: str) -> None:
    worker = Worker(store=store, actor=WORKER)
    with worker.heartbeat():
        for seconds in (3, 10, 30, 90):  # a child of a busy machine starts late
            task = f"{name}-{seconds}"
            enqueue(store, task)
            process(worker, child_stage(notes, timeout_seconds=seconds))
            assert "TIME_LIMIT_EXCEEDED" in attempts(store, task)[0].reason
            if groups_in(notes):
                break

    group = group_of(notes)
    wait_until(lambda: members(group) == [])


@pytest.mark.slow
@in_memory
def test_a_cancellation_kills_the_group_of_a_child_which_goes_on(
    store: TaskStore, notes: Path
) -> None:
    enqueue(store, "group-it")
    worker = Worker(store=store, actor=WORKER)
    stage = child_stage(notes)
    with worker.heartbeat():
        thread = start_batch(worker, stage)
        group = group_of(notes)
        command = CancelTask(stage="bake", entity_id="group-it")
        store.run(cancel_task, command, actor=MAYA, reason="no flour")
        thread.join(TIMEOUT_SECONDS)
        wait_until(lambda: members(group) == [])

        enqueue(store, "loaf")
        process(worker, stage)

    started = [line.split()[-1] for line in notes.read_text().splitlines() if "started" in line]
    assert len(set(started)) == 1
    assert get_task(store, "loaf").due_at is None
    assert outcome_counts(worker) == {"claimed": 2, "lost": 1, "completed": 1}


@pytest.mark.slow
@pytest.mark.parametrize("place", ["thread", "child"])
def test_the_group_ends_when_its_worker_is_killed(notes: Path, place: str) -> None:
    command = (sys.executable, process_group_program.__file__, str(notes), place)
    environment = {"PYTHONPATH": ":".join([str(ROOT), *sys.path])}
    with subprocess.Popen(command, env=environment) as worker:
        group = group_of(notes)
        assert members(group) != []
        worker.kill()

    wait_until(lambda: members(group) == [])
