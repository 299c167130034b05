"""Kill a process in the middle of its work, let another one go on, and compare the end.

A scenario belongs to one context. For each kill it prepares a subject of its own, says what a child
process does with it, goes on in this process, and says what is wrong in the end.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import Enum
from random import Random
from signal import SIGKILL
from typing import Any, Final, Protocol, TypeVar

from attrs import define, field, frozen
from tests.forks import start_child

MAX_WAIT_SECONDS: Final = 120  # of a busy machine
S = TypeVar("S")


@frozen(kw_only=True)
class Kill:
    """A kill of the process that does some work: at a failpoint, or after a time without one."""

    work: str
    failpoint: str = ""
    seconds: float = 0.0

    def __str__(self) -> str:
        return f"{self.work} at {self.failpoint or f'{self.seconds:.3f} s'}"


@define
class KillReport:
    """The number of kills, and each problem."""

    killed: int = 0
    problems: list[str] = field(factory=list[str])


class Scenario(Protocol[S]):
    """The work of a context that is killed, and its oracle."""

    def prepare(self, kill: Kill, /) -> S:
        """Return a new subject, on which the work is due."""
        ...

    def work(self, kill: Kill, subject: S, /) -> tuple[Callable[..., object], Sequence[Any]]:
        """Return the function that a child process calls, and its arguments."""
        ...

    def finish(self, kill: Kill, subject: S, /) -> None:
        """Go on with the work until it has ended."""
        ...

    def problems(self, kill: Kill, subject: S, /) -> Iterator[str]:
        """Yield what is wrong with the end."""
        ...


def kill_each(scenario: Scenario[S], kills: Iterable[Kill]) -> KillReport:
    """Kill a process for each of the kills, and check how its work ended."""
    report = KillReport()
    for kill in kills:
        subject = scenario.prepare(kill)
        function, arguments = scenario.work(kill, subject)
        child = start_child(function, *arguments)
        if not kill.failpoint:
            child.join(kill.seconds)
            child.kill()
        child.join(MAX_WAIT_SECONDS)
        report.killed += child.exitcode == -SIGKILL
        # A process that is to be killed after some time may have ended before.
        if child.exitcode != -SIGKILL and (kill.failpoint or child.exitcode != 0):
            report.problems.append(f"{kill}: the process was not killed: {child.exitcode}")
        if child.exitcode is None:
            child.kill()
            child.join()

        scenario.finish(kill, subject)
        report.problems.extend(f"{kill}: {problem}" for problem in scenario.problems(kill, subject))

    return report


def kills_at(work: str, failpoints: Iterable[Enum]) -> list[Kill]:
    """Return a kill at each of the failpoints."""
    return [Kill(work=work, failpoint=failpoint.name) for failpoint in failpoints]


def random_kills(
    kills: Sequence[Kill], number: int, max_seconds: float, chance: Random
) -> list[Kill]:
    """Return so many of the kills, half of them at a random moment instead of the failpoint."""
    drawn: list[Kill] = []
    for kill in chance.choices(kills, k=number):
        if chance.random() < 0.5:
            drawn.append(kill)
        else:
            drawn.append(Kill(work=kill.work, seconds=chance.uniform(0, max_seconds)))

    return drawn


def dies_at(name: str) -> Callable[[Any], None]:
    """Return a function for failpoints that kills its own process at one of them."""

    def die(failpoint: Enum) -> None:
        if failpoint.name == name:
            os.kill(os.getpid(), SIGKILL)

    return die
