"""Kill an instance or one of its parts, again and again, while clients send requests.

A killed instance is started again at once and must become ready at the first try; its supervisor
must restart a killed part. Afterwards every answer of the journal must be in the history with its
values, nothing else may be there, and nothing of the instance may run.
"""

import signal
import time
from collections.abc import Callable, Sequence
from random import Random
from statistics import median
from typing import Final

import psutil
import pytest
from attrs import define, field
from tests.conftest import folder
from tests.doses.chaos.http_clients import Client, Load
from tests.doses.chaos.instances import (
    APPLICATION,
    InstanceUnderTest,
    LoadReport,
    NotStarted,
    Process,
    check_at_the_end,
    children_of,
    create_space,
    free_port,
    is_alive,
    start_clients,
    wait_for_answers,
    web_workers,
)

CLIENTS: Final = 4
MAX_PAUSE_SECONDS: Final = 0.5  # so that kills come at any moment of a request
FIRST_START_SECONDS: Final = 5  # an estimate until starts are measured
SUPERVISOR: Final = "supervisor"
STARTING: Final = "starting"  # the supervisor, and again while the next one starts
STOP_SIGNALS: Final = ("SIGTERM", "SIGINT")
ENDS: Final = (SUPERVISOR, STARTING, *STOP_SIGNALS)  # the instance ends, and is started again
PARTS: Final = ("web", "postgresql", "redis", "worker", "scheduler")
BACKEND: Final = "backend"  # a server process of PostgreSQL
WEB_WORKER: Final = "web worker"  # the process of granian that serves requests
SQLITE_KINDS: Final = (SUPERVISOR, SUPERVISOR, STARTING, *STOP_SIGNALS)
FULL_KINDS: Final = (SUPERVISOR, STARTING, *STOP_SIGNALS, *PARTS, BACKEND, WEB_WORKER)


@define
class Report(LoadReport):
    """The number of kills by kind, with the seconds until the instance was complete again."""

    seconds: dict[str, list[float]] = field(factory=dict[str, list[float]])
    restarted: list[str] = field(factory=list[str])  # parts that ended without being killed


@pytest.mark.parametrize("is_full", [False, True], ids=["up", "up --full"])
def test_a_killed_instance_loses_no_answer_and_starts_at_the_first_try(
    chance: Random, add_summary_line: Callable[[str], None], *, is_full: bool
) -> None:
    kinds = FULL_KINDS if is_full else SQLITE_KINDS
    with folder() as directory:
        instance = InstanceUnderTest(directory, is_full, free_port())
        try:
            report = _run(instance, chance.sample(kinds, len(kinds)), chance)
        finally:
            instance.end()

    add_summary_line(f"seconds after kills: {report.seconds}; restarted: {report.restarted}")
    assert report.problems == []
    assert sum(map(len, report.seconds.values())) == len(kinds)
    assert report.comparison.answers > len(kinds)


def _run(instance: InstanceUnderTest, kinds: Sequence[str], chance: Random) -> Report:
    instance.start()
    instance.wait_until_ready()
    path = instance.directory / "journal"
    with path.open("w", encoding="utf-8") as journal:
        load = Load(journal, create_space(instance))
        report = Report(load)
        clients = start_clients(Client, CLIENTS, instance, load, chance)
        try:
            _kill_all(instance, kinds, chance, clients, report)
        except NotStarted as error:
            load.is_abandoned = not instance.is_ready()
            report.problems.append(f"after {list(report.seconds)[-1:]}: {error}")
        finally:
            load.stopping.set()
            for client in clients:
                client.thread.join()

    report.problems.extend(load.problems)
    if instance.is_ready():
        check_at_the_end(instance, path, chance, report)
    return report


def _kill_all(
    instance: InstanceUnderTest,
    kinds: Sequence[str],
    chance: Random,
    clients: Sequence[Client],
    report: Report,
) -> None:
    for kind in kinds:
        wait_for_answers(instance, clients)
        time.sleep(chance.uniform(0, MAX_PAUSE_SECONDS))
        seconds = report.seconds.setdefault(kind, [])
        if kind in ENDS:
            seconds.append(_end_instance(instance, kind, chance, report))
        else:
            seconds.append(_kill_part(instance, kind, chance, report))

    wait_for_answers(instance, clients)


def _end_instance(instance: InstanceUnderTest, kind: str, chance: Random, report: Report) -> float:
    """End the instance, start it again at once, and return the seconds that the start took."""
    if kind in STOP_SIGNALS:
        code = instance.signal(signal.Signals[kind])
        if code:
            report.problems.append(f"{kind} ended the instance with exit code {code}")
    else:
        instance.signal(signal.SIGKILL)

    if kind == STARTING:
        typical = [*report.seconds.get(SUPERVISOR, ()), FIRST_START_SECONDS]
        instance.start()
        time.sleep(chance.uniform(0, median(typical)))
        instance.signal(signal.SIGKILL)

    started_at = time.monotonic()
    instance.start()
    instance.wait_until_ready()
    return time.monotonic() - started_at


def _kill_part(instance: InstanceUnderTest, kind: str, chance: Random, report: Report) -> float:
    """Kill a process of the instance; return the seconds until it is replaced and all is ready."""
    instance.wait_for(instance.is_complete)  # of the processes that the kill before ended
    before = instance.parts()
    instance.remember()
    victim = _victim(instance, kind, before, chance)
    started_at = time.monotonic()
    victim.kill()
    instance.wait_for(lambda: not is_alive(victim))

    def is_restored() -> bool:
        if not instance.is_complete():
            return False
        return bool(web_workers(instance.parts())) and instance.is_ready()

    instance.wait_for(is_restored)
    seconds = time.monotonic() - started_at
    instance.remember()
    after = instance.parts()
    for part, processes in before.items():
        for pid, _ in processes - after[part]:
            if pid != victim.pid:
                report.restarted.append(f"{part} after {kind}")

    return seconds


def _victim(
    instance: InstanceUnderTest, kind: str, parts: dict[str, set[Process]], chance: Random
) -> psutil.Process:
    """Return a process of that kind, as soon as there is one."""
    if kind in PARTS:
        return psutil.Process(chance.choice(sorted(parts[kind]))[0])

    ((postmaster, _),) = parts["postgresql"]

    def candidates() -> list[psutil.Process]:
        if kind == WEB_WORKER:
            return web_workers(parts)
        return children_of(postmaster, APPLICATION)

    instance.wait_for(lambda: bool(candidates()))
    return chance.choice(candidates())
