"""Kill a process at each failpoint of each command, then check the store and repeat the request."""

import os
from collections.abc import Iterable, Iterator
from itertools import count
from signal import SIGKILL
from typing import Any, Final

from attrs import define, field, frozen
from tests.conftest import POLICY
from tests.doses.chaos.commands import CREATING_COMMANDS, WORKS, Work
from tests.doses.chaos.written import Written, read_written
from tests.forks import create_pipe, start_child

from indelible.captures import CaptureResult
from indelible.kernel import IndelibleError, UsageError
from indelible_sql import SqlStore, open_store, verify
from indelible_sql.engine.failpoints import Failpoint
from indelible_sql.schema.findings import Finding

KEY_NUMBERS: Final = count(1)
MAX_WAIT_SECONDS: Final = 60
LAST_FAILPOINT: Final = Failpoint.AFTER_COMMIT


@define
class CrashReport:
    """The number of kills, the failpoints they happened at, and each problem."""

    kills: int = 0
    failpoints: set[Failpoint] = field(factory=set[Failpoint])
    problems: list[str] = field(factory=list[str])
    findings: list[Finding] = field(factory=list[Finding])

    @property
    def is_success(self) -> bool:
        """Return True where processes were killed without a problem."""
        return self.kills > 0 and not self.problems and not self.findings


@frozen
class CrashCase:
    """A command that is run by a process which is killed at one of its failpoints."""

    name: str
    command: object
    key: str | None  # the caller's idempotency key
    number: int  # of the failpoint, from 1

    @property
    def work(self) -> Work:
        return WORKS[self.name]


def die_at(url: str, case: CrashCase, end: Any) -> None:  # noqa: ANN401 - a pipe's end
    """Run the command and kill this process at the failpoint, after sending it to the pipe."""
    reached = count(1)

    def stop_at(failpoint: Failpoint) -> None:
        if next(reached) == case.number:
            end.send(failpoint)
            os.kill(os.getpid(), SIGKILL)

    store = open_store(url, policy=POLICY, at_failpoint=stop_at)
    case.work.run(store, case.command, case.key)
    end.send(None)


def crash_everywhere(
    url: str, names: Iterable[str], keys: tuple[bool, ...] = (False, True)
) -> CrashReport:
    """Kill a process at each failpoint of these commands, with and without an idempotency key."""
    report = CrashReport()
    store = open_store(url, policy=POLICY)
    for name in names:
        for has_key in keys:
            number = 1
            while _crash(report, store, name, number, has_key=has_key):
                number += 1
    store.dispose()
    return report


def _crash(report: CrashReport, store: SqlStore, name: str, number: int, *, has_key: bool) -> bool:
    """Kill a process at a failpoint; return False where the command has no further one."""
    key = f"key-{next(KEY_NUMBERS)}" if has_key else None
    case = CrashCase(name, WORKS[name].prepare(store), key, number)
    before = read_written(store)
    failpoint = _run_to_death(store.own_url, case)
    if failpoint is None:
        return False

    report.kills += 1
    report.failpoints.add(failpoint)
    prefix = f"{name} {'with' if key else 'without'} a key, killed {failpoint.name}"
    for problem in _problems(store, before, case, failpoint):
        report.problems.append(f"{prefix}: {problem}")
    report.findings.extend(verify(store))
    return True


def _run_to_death(url: str, case: CrashCase) -> Failpoint | None:
    """Return the failpoint at which the process died, or None where it ended."""
    ours, theirs = create_pipe()
    process = start_child(die_at, url, case, theirs)
    theirs.close()
    failpoint: Failpoint | None = ours.recv()
    process.join(MAX_WAIT_SECONDS)
    expected_code = -SIGKILL if failpoint else 0
    if process.exitcode != expected_code:
        raise UsageError(f"{case.name}: the process ended with {process.exitcode} at {failpoint}")

    process.close()
    ours.close()
    return failpoint


def _problems(
    store: SqlStore, before: Written, case: CrashCase, failpoint: Failpoint
) -> Iterator[str]:
    """Yield each problem of what the process left, and of the repeated request."""
    effects = before.effects_since(store)
    is_done = failpoint is LAST_FAILPOINT
    if len(effects) != is_done:
        yield f"it left {effects}"

    if case.key is None and is_done:
        yield from _repeat_without_key(store, case)
        return

    first = case.work.run_when_free(store, case.command, case.key)
    if case.key:
        second = case.work.run(store, case.command, case.key)
        if second != case.work.repeated_result(first):
            yield f"the second result was {second}, the first {first}"
    effects = before.effects_since(store)
    if effects != [case.work.effect(first)]:
        yield f"its effects are {effects}"


def _repeat_without_key(store: SqlStore, case: CrashCase) -> Iterator[str]:
    """Repeat a completed request without a key: it must be refused or recognized.

    A request that creates something would create another one.
    """
    if case.name in CREATING_COMMANDS:
        return

    try:
        result = case.work.run(store, case.command, None)
    except IndelibleError as error:
        if error.code != "STALE":
            yield f"the repeated request was refused with {error.code}"
        return

    is_recognized = isinstance(result, CaptureResult) and result.replayed
    if not is_recognized:
        yield "the repeated request was executed again"
