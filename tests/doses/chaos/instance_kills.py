"""Kill an instance or one of its parts, again and again, while clients send requests.

A killed instance is started again at once and must become ready at the first try; its supervisor
must restart a killed part. Afterwards every answer of the journal must be in the history with its
values, nothing else may be there, and nothing of the instance may run.
"""

import logging
import signal
import time
from collections.abc import Sequence
from random import Random
from statistics import median
from typing import Final

import psutil
from attrs import define, field
from tests.conftest import folder
from tests.doses.chaos.http_clients import Client, Load
from tests.doses.chaos.instance import (
    APPLICATION,
    InstanceUnderTest,
    NotStarted,
    Process,
    children_of,
    is_alive,
)
from tests.doses.chaos.instance_load import (
    LoadReport,
    check_at_the_end,
    create_space,
    free_port,
    start_clients,
    wait_for_answers,
    web_workers,
)

CLIENTS: Final = 4
MAX_PAUSE_SECONDS: Final = 0.5  # so that kills come at any moment of a request
FIRST_START_SECONDS: Final = 5  # an estimate until starts are measured

HEADER: Final = (
    f"{'killed':12}{'count':>7}{'cut off':>9}{'refused':>9}{'repeated':>10}{'was done':>9}"
    f"{'median s':>10}{'max s':>8}"
)
SUPERVISOR: Final = "supervisor"
STARTING: Final = "starting"  # the supervisor, and again while the next one starts
STOP_SIGNALS: Final = ("SIGTERM", "SIGINT")
ENDS: Final = (SUPERVISOR, STARTING, *STOP_SIGNALS)  # the instance ends, and is started again
PARTS: Final = ("web", "postgresql", "redis", "worker", "scheduler")
BACKEND: Final = "backend"  # a server process of PostgreSQL
WEB_WORKER: Final = "web worker"  # the process of granian that serves requests
SQLITE_KINDS: Final = (SUPERVISOR, SUPERVISOR, STARTING, *STOP_SIGNALS)
FULL_KINDS: Final = (SUPERVISOR, STARTING, *STOP_SIGNALS, *PARTS, BACKEND, WEB_WORKER)
logger = logging.getLogger("tests.doses.chaos")


@define
class Report(LoadReport):
    """The number of kills by kind, with the seconds until the instance was complete again."""

    seconds: dict[str, list[float]] = field(factory=dict[str, list[float]])
    restarted: list[str] = field(factory=list[str])  # parts that ended without being killed

    @property
    def kills(self) -> int:
        """Return the number of kills."""
        return sum(map(len, self.seconds.values()))

    def __str__(self) -> str:
        summary = (
            f"{self.kills} kills, {self.comparison.answers} answers in the journal;"
            f" {self.comparison.seals} seals; failed attempts: {dict(self.load.codes)};"
            f" ended without being killed: {self.restarted or 'none'};"
            f" problems: {self.problems or 'none'}"
        )
        lines = [summary, HEADER]
        for kind, seconds in sorted(self.seconds.items()):
            load = self.load
            lines.append(
                f"{kind:12}{len(seconds):7}{load.unanswered[kind]:9}{load.refused[kind]:9}"
                f"{load.repeated[kind]:10}{self.comparison.done_but_unanswered[kind]:9}"
                f"{median(seconds):10.1f}{max(seconds):8.1f}"
            )

        return "\n     ".join(lines)


def kinds_of_kills(kinds: Sequence[str], times: int, chance: Random) -> list[str]:
    """Return so many kinds in random order, each as often as the others."""
    drawn: list[str] = []
    while len(drawn) < times:
        drawn.extend(chance.sample(kinds, len(kinds)))

    return drawn[:times]


def kill_instance(kinds: Sequence[str], chance: Random, *, is_full: bool) -> Report:
    """Run an instance under load while it is killed in these ways, and look for what is wrong."""
    with folder() as directory:
        instance = InstanceUnderTest(directory, is_full, free_port())
        try:
            return _run(instance, kinds, chance)
        finally:
            instance.end()


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
            report.problems.append(f"after {load.kind}: {error}")
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
    for number, kind in enumerate(kinds, 1):
        wait_for_answers(instance, clients)
        time.sleep(chance.uniform(0, MAX_PAUSE_SECONDS))
        report.load.kind = kind
        seconds = report.seconds.setdefault(kind, [])
        if kind in ENDS:
            seconds.append(_end_instance(instance, kind, chance, report))
        else:
            seconds.append(_kill_part(instance, kind, chance, report))
        logger.info("kill %s, of %s: complete after %.1f s", number, kind, seconds[-1])

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
