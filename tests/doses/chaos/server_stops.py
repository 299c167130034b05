"""Stop PostgreSQL, Redis and the node of the chain in turn while clients send requests.

A stopped server accepts connections and never answers. During a stop each request must end within
the limits of the settings, with a coded problem where it fails, and `/health` within its own. After
the stop everything must recover without a restart, and every answer must be in the database.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from random import Random
from typing import Final

import psutil
from attrs import field, frozen
from tests.chain.anvil import Anvil, anvil
from tests.conftest import folder
from tests.doses.chaos.http_clients import MAX_PAUSE_SECONDS, Client, Load, Reader, Timing
from tests.doses.chaos.instance import InstanceUnderTest, NotStarted, Process
from tests.doses.chaos.instance_load import (
    check_at_the_end,
    create_space,
    free_port,
    start_clients,
    wait_for_answers,
    web_workers,
)
from tests.doses.chaos.stop_reports import (
    GROUPS,
    HEALTH,
    NODE,
    POSTGRESQL,
    REDIS,
    TASK,
    Limits,
    Report,
    Stop,
)
from tests.doses.chaos.stop_watches import TaskWatch, watched_health
from tests.stopped import stopped_with_children

from indelible_sql import open_store

SERVERS: Final = (POSTGRESQL, REDIS, NODE)
POLL_SECONDS: Final = 0.05
HANG_SECONDS: Final = 120  # a kind of work that has not recovered by then never does
CHAIN_ID: Final = 31_337
WEBHOOK_SECRET: Final = "not-very-secret"  # noqa: S105 - of one run


@frozen(kw_only=True)
class Plan:
    """The seconds that each server is stopped, under this load and these limits."""

    stops: Mapping[str, float]
    limits: Limits = field(factory=Limits)
    clients: int = 12  # that write, and as many that read
    max_pause_seconds: float = MAX_PAUSE_SECONDS  # between two requests of a client


@frozen(kw_only=True)
class Scene:
    """The instance with its node, its clients and its tasks."""

    instance: InstanceUnderTest
    node: Anvil
    tasks: TaskWatch
    clients: Sequence[Client]
    load: Load
    limits: Limits

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


def stop_servers(plan: Plan, chance: Random) -> Report:
    """Stop each server of the plan, in random order, and look for what is wrong."""
    with folder() as node_folder, folder() as directory, anvil(node_folder) as node:
        contract = node.deploy_season()
        variables = {
            **plan.limits.variables,
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
            try:
                return _run(instance, TaskWatch(store, node, contract), plan, chance)
            finally:
                store.dispose()
        finally:
            instance.end()


def _run(instance: InstanceUnderTest, tasks: TaskWatch, plan: Plan, chance: Random) -> Report:
    path = instance.directory / "journal"
    with path.open("w", encoding="utf-8") as journal:
        load = Load(journal, create_space(instance), plan.max_pause_seconds)
        report = Report(load)
        writers = start_clients(Client, plan.clients, instance, load, chance)
        readers = start_clients(Reader, plan.clients, instance, load, chance)
        clients = [*writers, *readers]
        scene = Scene(
            instance=instance,
            node=tasks.node,
            tasks=tasks,
            clients=clients,
            load=load,
            limits=plan.limits,
        )
        try:
            with watched_health(instance.address, load.timings):
                _stop_all(scene, plan, chance, report)
        except NotStarted as error:
            load.is_abandoned = not instance.is_ready()
            report.problems.append(f"after {load.kind}: {error}")
        finally:
            load.stopping.set()
            for client in clients:
                client.thread.join()

    report.check(plan.limits)
    report.problems.extend(load.problems)
    if instance.is_ready():
        if tasks.detected() != tasks.mints:
            report.problems.append(f"{tasks.mints} mints, and {tasks.detected()} tokens")
        check_at_the_end(instance, path, chance, report)
    return report


def _stop_all(scene: Scene, plan: Plan, chance: Random, report: Report) -> None:
    scene.instance.wait_for(scene.tasks.detection())
    before = scene.processes()
    for server in chance.sample(list(plan.stops), len(plan.stops)):
        wait_for_answers(scene.instance, scene.clients)
        report.stops.append(_stop(scene, server, plan.stops[server]))
        ended = before - scene.processes()
        if ended or not scene.instance.is_complete():
            report.problems.append(f"{server}: processes {ended} ended, or others are missing")

    wait_for_answers(scene.instance, scene.clients)


def _stop(scene: Scene, server: str, seconds: float) -> Stop:
    """Stop a server for so many seconds and wait until everything works again."""
    scene.load.kind = server
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
    checked_at = stopped_at + scene.limits.health
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

    limit = seconds + max(scene.limits.by_group.values()) + HANG_SECONDS
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
