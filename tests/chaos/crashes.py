"""A process is killed at each failpoint of each command: afterwards all is well, and the request is asked again."""

import os
from collections.abc import Iterator
from itertools import count
from signal import SIGKILL
from typing import Any

from attrs import define, field
from tests.chaos.children import child, pipe
from tests.chaos.commands import BIRTHS, WORKS, Work
from tests.chaos.written import Written, written
from tests.conftest import POLICY

from indelible.captures import CaptureResult
from indelible.kernel import IndelibleError, UsageError
from indelible_sql import SqlStore, open_store, verify
from indelible_sql.engine.failpoints import Failpoint
from indelible_sql.maintenance.findings import Finding

NUMBERS = count(1)
LONGEST_WAIT_SECONDS = 60
LAST = Failpoint.AFTER_COMMIT


@define
class Crashed:
    """How often a process was killed, where, and what was not right afterwards."""

    times: int = 0
    where: set[Failpoint] = field(factory=set[Failpoint])
    wrong: list[str] = field(factory=list[str])
    findings: list[Finding] = field(factory=list[Finding])

    @property
    def is_well(self) -> bool:
        """Whether every crash left what it should."""
        return self.times > 0 and not self.wrong and not self.findings


def die_at(url: str, name: str, command: object, key: str | None, stop: int, end: Any) -> None:  # noqa: ANN401
    """Run a command, and be killed at its so-manieth failpoint; what it reached goes to the other end of the pipe."""
    left = [stop]

    def reach(failpoint: Failpoint) -> None:
        left[0] -= 1
        if not left[0]:
            end.send(failpoint)
            os.kill(os.getpid(), SIGKILL)

    WORKS[name].ask(open_store(url, policy=POLICY, at_failpoint=reach), command, key)
    end.send(None)


def crash_everywhere(
    url: str, names: Iterator[str] | list[str], keys: tuple[bool, ...] = (False, True)
) -> Crashed:
    """Let a process die at each failpoint of these commands, with and without a key of the caller's."""
    crashed, store = Crashed(), open_store(url, policy=POLICY)
    for name in names:
        for is_keyed in keys:
            for stop in count(1):
                if not _crash(
                    crashed, store, name, f"key-{next(NUMBERS)}" if is_keyed else None, stop
                ):
                    break
    store.dispose()
    return crashed


def _crash(crashed: Crashed, store: SqlStore, name: str, key: str | None, stop: int) -> bool:
    """Whether there was such a failpoint."""
    work = WORKS[name]
    command = work.prepare(store)
    before = written(store)
    reached = _died(store.own_url, name, command, key, stop)
    if reached is None:
        return False
    crashed.times += 1
    crashed.where.add(reached)
    told = f"{name} {'under a key' if key else 'without a key'}, killed {reached.name}"
    crashed.wrong += [
        f"{told}: {each}" for each in _wrong(store, before, work, command, key, reached)
    ]
    crashed.findings += verify(store)
    return True


def _died(url: str, name: str, command: object, key: str | None, stop: int) -> Failpoint | None:
    """Where the process died, or None where it came to its end."""
    ours, theirs = pipe()
    process = child(die_at, url, name, command, key, stop, theirs)
    theirs.close()
    reached: Failpoint | None = ours.recv()
    process.join(LONGEST_WAIT_SECONDS)
    if process.exitcode != (-SIGKILL if reached else 0):
        raise UsageError(f"{name}: the process ended with {process.exitcode} at {reached}")
    process.close()
    ours.close()
    return reached


def _wrong(
    store: SqlStore,
    before: Written,
    work: Work,
    command: object,
    key: str | None,
    reached: Failpoint,
) -> Iterator[str]:
    """What is not as it should be, before the request is asked again and after."""
    done = before.effects_since(store)
    if len(done) != (reached is LAST):
        yield f"it left {done}"
    if key is None and reached is LAST:
        yield from _asked_blindly(store, work, command)
    else:
        first = work.ask_patiently(store, command, key)
        if key and (again := work.ask(store, command, key)) != work.shown_again(first):
            yield f"the second answer was {again}, the first {first}"
        if (effects := before.effects_since(store)) != [work.effect(first)]:
            yield f"its effects are {effects}"


def _asked_blindly(store: SqlStore, work: Work, command: object) -> Iterator[str]:
    """Without a key, whoever asks again what was done is refused, or told so; but a birth would be another."""
    if work in [WORKS[name] for name in BIRTHS]:
        return
    try:
        answer = work.ask(store, command, None)
    except IndelibleError as error:
        if error.code != "STALE":
            yield f"asked again, it was refused with {error.code}"
    else:
        if not (isinstance(answer, CaptureResult) and answer.replayed):
            yield "asked again, it was done again"
