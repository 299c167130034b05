"""Stop PostgreSQL, Redis and the node of the chain in turn while clients send requests.

A stopped server accepts connections and never answers. During a stop each request must end within
the limits of the settings, with a coded problem where it fails, and `/health` within its own. After
the stop everything must recover without a restart, and every answer must be in the database.
"""

import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from random import Random
from threading import Event, Thread
from typing import Final

import psutil
from attrs import define, field, frozen
from sqlalchemy import bindparam, select
from tests.chain.anvil import Anvil, anvil
from tests.conftest import folder
from tests.doses.chaos.http_clients import (
    NO_ANSWER,
    NO_STATUS,
    READ,
    WRITE,
    Client,
    Load,
    Reader,
    Timing,
)
from tests.doses.chaos.instances import (
    InstanceUnderTest,
    LoadReport,
    Process,
    check_at_the_end,
    create_space,
    free_port,
    start_clients,
    wait_for_answers,
    web_workers,
)
from tests.service.processes import get
from tests.stopped import stopped_with_children

from indelible.kernel import Unavailable
from indelible.tokens import token_stats
from indelible_service.stages.sealing import STAGE as SEAL_STAGE
from indelible_service.stages.sealing import TASK as SEAL_TASK
from indelible_sql import SqlStore, open_store
from indelible_sql.kernel.outcome import MAX_SECONDS as LOOKUP_SECONDS
from indelible_sql.kernel.task_tables import TASKS
from indelible_sql.schema.columns import INSTANT

POSTGRESQL: Final = "postgresql"
REDIS: Final = "redis"
NODE: Final = "node"
HEALTH: Final = "health"
TASK: Final = "task"
GROUPS: Final = (READ, WRITE, HEALTH)
RECOVERIES: Final = (*GROUPS, TASK)
MARGIN_SECONDS: Final = 15  # beyond each limit, because the machine may be busy
HEALTHY: Final = 200
UNHEALTHY: Final = 503
POLL_SECONDS: Final = 0.05
HANG_SECONDS: Final = 120  # a kind of work that has not recovered by then never does
CHAIN_ID: Final = 31_337
WEBHOOK_SECRET: Final = "not-very-secret"  # noqa: S105 - of one run
CLIENTS: Final = 4  # that write, and as many that read
# Shorter than the shortest stop: each client has a request in every stop.
MAX_PAUSE_SECONDS: Final = 0.4
HEALTH_PAUSE_SECONDS: Final = 0.1
AUTHOR: Final = "0x" + "ab" * 20
SELECT_COMPLETED_LATER: Final = select(TASKS.c.entity_id).where(
    TASKS.c.stage == SEAL_STAGE,
    TASKS.c.entity_id == SEAL_TASK,
    TASKS.c.slot > bindparam("now", type_=INSTANT),
    TASKS.c.finished_at.is_not(None),
)


@frozen(kw_only=True)
class Limits:
    """The limits of an instance's settings, in seconds."""

    connect: int = 5
    statement: int = 30
    health: int = 1

    @property
    def variables(self) -> Mapping[str, str]:
        """Return the settings."""
        return {
            "INDELIBLE_CONNECT_SECONDS": str(self.connect),
            "INDELIBLE_STATEMENT_SECONDS": str(self.statement),
            "INDELIBLE_HEALTH_SECONDS": str(self.health),
        }

    @property
    def by_group(self) -> Mapping[str, int]:
        """Return the limit of a request of each group.

        A read waits for a free connection, for a new one and for a statement. After a write whose
        COMMIT got no reply, its outcome is looked up, and the last look-up may wait for a
        connection.
        """
        read = self.connect + self.connect + self.statement
        write = read + LOOKUP_SECONDS + self.connect + self.connect
        return {READ: read, WRITE: write, HEALTH: self.health}


LIMITS: Final = Limits(connect=2, statement=2)
# Seconds; PostgreSQL is stopped for longer than a read may wait for it.
STOPS: Final = {POSTGRESQL: 7.0, REDIS: 2.0, NODE: 2.0}


@frozen(kw_only=True)
class Stop:
    """The measurements of one stop.

    `longest` are the seconds of the slowest requests during the stop and until the recovery.
    `recovered` are the seconds from the end of the stop to the first success of each kind.
    """

    server: str
    seconds: float
    longest: Mapping[str, float]
    recovered: Mapping[str, float]
    timings: Sequence[Timing]  # of the requests that ended during the stop
    health: Sequence[Timing]  # whose check of health also began during the stop

    def count(self, group: str, *, is_success: bool) -> int:
        """Return how many requests of a group succeeded, or failed, during the stop."""
        matching = [timing for timing in self.timings if timing.group == group]
        return sum(timing.is_success == is_success for timing in matching)

    def problems(self) -> Iterator[str]:
        """Yield each breach of a limit, and each wrong answer."""
        for group, limit in LIMITS.by_group.items():
            if self.longest[group] > limit + MARGIN_SECONDS:
                seconds = self.longest[group]
                yield f"{self.server}: a {group} took {seconds:.1f} s, and its limit is {limit} s"

        for name in RECOVERIES:
            if name not in self.recovered:
                yield f"{self.server}: no {name} succeeded after the stop"

        statuses = {timing.status for timing in self.health}
        is_down = self.server == POSTGRESQL
        expected = UNHEALTHY if is_down else HEALTHY
        if statuses != {expected}:
            yield f"{self.server}: /health answered {statuses or 'nothing'}, expected {expected}"

        has_refusals = self.seconds > LIMITS.by_group[READ]
        for group in (READ, WRITE):
            if is_down and has_refusals and not self.count(group, is_success=False):
                yield f"{self.server}: no {group} was refused during the stop"
            if not is_down and not self.count(group, is_success=True):
                yield f"{self.server}: no {group} succeeded during the stop"


@contextmanager
def watched_health(address: str, timings: list[Timing]) -> Generator[None]:
    """Ask for `/health` again and again during the block, and add the time of each request."""
    is_over = Event()
    thread = Thread(target=_watch, args=(address, timings, is_over), name="health of chaos")
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()


def _watch(address: str, timings: list[Timing], is_over: Event) -> None:
    while not is_over.wait(HEALTH_PAUSE_SECONDS):
        started_at = time.monotonic()
        try:
            status = get(address, "/health")[0]
        except (OSError, EOFError):
            status = NO_STATUS
        timings.append(Timing(HEALTH, started_at, time.monotonic(), status))


@define(eq=False)
class TaskWatch:
    """Learns from the database which tasks were completed, and sends mints to be detected."""

    store: SqlStore
    node: Anvil
    contract: str
    mints: int = field(default=0, init=False)

    def seal_after(self, now: datetime) -> Callable[[], bool]:
        """Return whether the task of seals is completed for a later slot."""

        def is_completed() -> bool:
            rows = self.store.read(
                lambda tx: list(tx.session.rows(SELECT_COMPLETED_LATER, {"now": now}))
            )
            return bool(rows)

        return _false_while_unavailable(is_completed)

    def detection(self) -> Callable[[], bool]:
        """Send a mint; return whether it was detected, and all mints before it."""
        self.node.mint(self.contract, AUTHOR)
        self.mints += 1
        return _false_while_unavailable(lambda: self.detected() >= self.mints)

    def detected(self) -> int:
        """Return the number of tokens in the database."""
        return sum(self.store.read(token_stats).statuses.values())


def _false_while_unavailable(is_true: Callable[[], bool]) -> Callable[[], bool]:
    def check() -> bool:
        try:
            return is_true()
        except Unavailable:
            return False

    return check


@frozen(kw_only=True)
class Scene:
    """The instance with its node, its clients and its tasks."""

    instance: InstanceUnderTest
    node: Anvil
    tasks: TaskWatch
    clients: Sequence[Client]
    load: Load

    def pid(self, server: str) -> int:
        """Return the process that started all others of a server."""
        if server == NODE:
            return self.node.pid

        ((pid, _),) = self.instance.parts()[server]
        return pid

    def processes(self) -> set[Process]:
        """Return the processes that no stop may end: all but the backends of PostgreSQL."""
        parts = self.instance.parts()
        processes = set[Process]().union(*parts.values())
        for process in (psutil.Process(self.node.pid), *web_workers(parts)):
            processes.add((process.pid, process.create_time()))

        return processes


def test_each_server_hangs_under_load_and_the_instance_recovers_without_a_restart(
    chance: Random, add_summary_line: Callable[[str], None]
) -> None:
    with folder() as node_folder, folder() as directory, anvil(node_folder) as node:
        contract = node.deploy_season()
        variables = {
            **LIMITS.variables,
            "INDELIBLE_RPC_URL": node.url,
            "INDELIBLE_CONTRACT_ADDRESS": contract,
            "INDELIBLE_CHAIN_ID": str(CHAIN_ID),
            "INDELIBLE_CONFIRMATIONS": "0",
            "ALCHEMY_WEBHOOK_SECRET": WEBHOOK_SECRET,
        }
        instance = InstanceUnderTest(directory, is_full=True, port=free_port(), variables=variables)
        try:
            instance.start()
            instance.wait_until_ready()
            store = open_store(instance.database_url())
            report = _run(instance, TaskWatch(store, node, contract), chance, add_summary_line)
            store.dispose()
        finally:
            instance.end()

    assert report.problems == []
    assert report.comparison.answers > 0


def _run(
    instance: InstanceUnderTest, tasks: TaskWatch, chance: Random, show: Callable[[str], None]
) -> LoadReport:
    path = instance.directory / "journal"
    with path.open("w", encoding="utf-8") as journal:
        load = Load(journal, create_space(instance), MAX_PAUSE_SECONDS)
        report = LoadReport(load)
        clients: list[Client] = []
        for kind in (Client, Reader):
            clients.extend(start_clients(kind, CLIENTS, instance, load, chance))
        scene = Scene(instance=instance, node=tasks.node, tasks=tasks, clients=clients, load=load)
        try:
            with watched_health(instance.address, load.timings):
                for stop in _stop_all(scene, chance, report):
                    show(f"{stop.server} stopped: longest {stop.longest}, after {stop.recovered}")
                    report.problems.extend(stop.problems())
        finally:
            load.is_abandoned = not instance.is_ready()
            load.stopping.set()
            for client in clients:
                client.thread.join()

    if load.codes[NO_ANSWER]:
        report.problems.append(f"{load.codes[NO_ANSWER]} requests got no answer")
    report.problems.extend(load.problems)
    if tasks.detected() != tasks.mints:
        report.problems.append(f"{tasks.mints} mints, and {tasks.detected()} tokens")
    check_at_the_end(instance, path, chance, report)
    return report


def _stop_all(scene: Scene, chance: Random, report: LoadReport) -> Iterator[Stop]:
    """Stop each server, in random order; yield what was measured."""
    scene.instance.wait_for(scene.tasks.detection())
    before = scene.processes()
    for server in chance.sample(list(STOPS), len(STOPS)):
        wait_for_answers(scene.instance, scene.clients)
        yield _stop(scene, server, STOPS[server])
        ended = before - scene.processes()
        if ended or not scene.instance.is_complete():
            report.problems.append(f"{server}: processes {ended} ended, or others are missing")

    wait_for_answers(scene.instance, scene.clients)


def _stop(scene: Scene, server: str, seconds: float) -> Stop:
    """Stop a server for so many seconds and wait until everything works again."""
    with stopped_with_children(scene.pid(server)):
        stopped_at = time.monotonic()
        time.sleep(seconds)
        continued_at = time.monotonic()

    recovered = _wait_for_recovery(scene, server, seconds, continued_at)
    recovered_at = time.monotonic()
    timings = list(scene.load.timings)
    longest: dict[str, float] = {}
    for group in GROUPS:
        longest[group] = _longest(timings, group, stopped_at, recovered_at)

    ended = [timing for timing in timings if stopped_at <= timing.ended_at < continued_at]
    # A request takes the result of a check that runs already, and that may have begun before.
    checked_at = stopped_at + LIMITS.health
    health = [each for each in ended if each.group == HEALTH and each.started_at >= checked_at]
    return Stop(
        server=server,
        seconds=continued_at - stopped_at,
        longest=longest,
        recovered=recovered,
        timings=ended,
        health=health,
    )


def _longest(timings: Sequence[Timing], group: str, start: float, end: float) -> float:
    """Return the longest time of a request that ran between two instants."""
    longest = 0.0
    for timing in timings:
        has_run = timing.ended_at >= start and timing.started_at <= end
        if timing.group == group and has_run:
            longest = max(longest, timing.seconds)

    return longest


def _wait_for_recovery(
    scene: Scene, server: str, seconds: float, continued_at: float
) -> dict[str, float]:
    """Return the seconds from the end of the stop to the first success of each kind.

    A kind that does not succeed in time is missing. A task that failed again and again waits for
    about as long as the stop was.
    """
    if server == NODE:
        has_completed_task = scene.tasks.detection()
    else:
        has_completed_task = scene.tasks.seal_after(datetime.now(UTC))

    checks: dict[str, Callable[[], bool]] = {TASK: has_completed_task}
    for group in GROUPS:
        checks[group] = _success_after(scene.load, group, continued_at)

    limit = seconds + max(LIMITS.by_group.values()) + HANG_SECONDS
    recovered: dict[str, float] = {}
    while checks and time.monotonic() < continued_at + limit:
        for name in list(checks):
            if checks[name]():
                recovered[name] = time.monotonic() - continued_at
                del checks[name]
        time.sleep(POLL_SECONDS)

    return recovered


def _success_after(load: Load, group: str, instant: float) -> Callable[[], bool]:
    """Return whether a request of the group has succeeded since the instant."""
    position = len(load.timings)

    def has_succeeded() -> bool:
        for timing in load.timings[position:]:
            if timing.group == group and timing.is_success and timing.ended_at >= instant:
                return True
        return False

    return has_succeeded
