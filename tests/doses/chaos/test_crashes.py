"""Kill a process in a command, then check the store and repeat the request."""

import os
from collections.abc import Iterator
from itertools import count
from random import Random
from signal import SIGKILL
from typing import Any, Final

import pytest
from attrs import frozen
from tests.conftest import POLICY
from tests.doses.chaos.open_stores import Written, read_written
from tests.forks import create_pipe, start_child
from tests.sql.commands import CREATING_COMMANDS, WORKS, Work

from indelible.captures import CaptureResult
from indelible.kernel import IndelibleError
from indelible_service.embedded import PostgresServer
from indelible_sql import SqlStore, open_store, verify
from indelible_sql.engine.failpoints import Failpoint

KEY_NUMBERS: Final = count(1)
MAX_WAIT_SECONDS: Final = 60
RANDOM_KILLS: Final = 40
MAX_MOMENT_SECONDS: Final = 0.03  # a command takes less
READY: Final = "ready"
ENDED: Final = "ended"


@frozen
class CrashCase:
    """A command that is run by a process which is killed."""

    name: str
    command: object
    key: str | None  # the caller's idempotency key

    @property
    def work(self) -> Work:
        """Return the handler of the command."""
        return WORKS[self.name]


def run_and_die(url: str, case: CrashCase, number: int, end: Any) -> None:  # noqa: ANN401 - a pipe's end
    """Run the command; kill this process at the failpoint of a number, after sending its name."""
    reached = count(1)

    def die(failpoint: Failpoint) -> None:
        if next(reached) == number:
            end.send(failpoint.name)
            os.kill(os.getpid(), SIGKILL)

    store = open_store(url, policy=POLICY, at_failpoint=die)
    end.send(READY)
    case.work.run(store, case.command, case.key)
    end.send(ENDED)


def crash(store: SqlStore, case: CrashCase, number: int, seconds: float = 0) -> str:
    """Kill a process at a failpoint, or after a time; return the last thing that it has sent."""
    ours, theirs = create_pipe()
    process = start_child(run_and_die, store.own_url, case, number, theirs)
    theirs.close()
    last: str = ours.recv()
    if number or ours.poll(seconds):
        last = ours.recv()
    if not number:
        process.kill()
    process.join(MAX_WAIT_SECONDS)
    ours.close()
    return last


def problems_of(
    store: SqlStore, before: Written, case: CrashCase, *, is_done: bool | None
) -> Iterator[str]:
    """Yield what is wrong with what the process left, and with the repeated request."""
    effects = before.effects_since(store)
    if is_done is None:  # killed at a random moment, of which nobody knows
        is_done = bool(effects)
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

    if not (isinstance(result, CaptureResult) and result.replayed):
        yield "the repeated request was executed again"


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, sqlite_url: str, database: PostgresServer) -> SqlStore:
    url = sqlite_url if request.param == "sqlite" else database.url
    return open_store(url, policy=POLICY)


@pytest.mark.parametrize("has_key", [False, True], ids=["without a key", "with a key"])
def test_a_kill_at_any_failpoint_leaves_all_or_nothing_and_a_repeated_request_gets_its_result(
    store: SqlStore, *, has_key: bool
) -> None:
    reached: set[str] = set()
    for name, work in WORKS.items():
        for number in count(1):
            key = f"key-{next(KEY_NUMBERS)}" if has_key else None
            case = CrashCase(name, work.prepare(store), key)
            before = read_written(store)
            failpoint = crash(store, case, number)
            if failpoint == ENDED:
                break

            reached.add(failpoint)
            is_done = failpoint == Failpoint.AFTER_COMMIT.name
            found = list(problems_of(store, before, case, is_done=is_done))
            assert found == [], f"{name} at {failpoint}"

    # PostgreSQL writes what a handler has collected, SQLite in several steps.
    is_sqlite = store.own_url.startswith("sqlite")
    other_ways = ("_COLLECT", "_COLLECTED", "_QUERIES") if is_sqlite else ("_STEP",)
    ways = (*other_ways, "_FUSED", "_UPDATE", *(() if has_key else ("_RECEIPT",)))
    assert {point.name for point in Failpoint if not point.name.endswith(ways)} <= reached
    assert verify(store) == ()


def test_a_kill_at_a_random_moment_leaves_all_or_nothing(store: SqlStore, chance: Random) -> None:
    for number in range(RANDOM_KILLS):
        name = chance.choice(list(WORKS))
        case = CrashCase(name, WORKS[name].prepare(store), f"random-{number}")
        before = read_written(store)
        last = crash(store, case, 0, chance.uniform(0, MAX_MOMENT_SECONDS))

        is_done = True if last == ENDED else None
        assert list(problems_of(store, before, case, is_done=is_done)) == [], name
    assert verify(store) == ()
