"""An installation in virtual time that an operator reaches over HTTP only."""

import itertools
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import RLock, Thread
from typing import Any, Final, cast

import waitress
from attrs import define, evolve, field
from prometheus_client import CollectorRegistry, generate_latest
from tests.runbooks.alerts import Scrape
from tests.runbooks.machines import Machine

from indelible.kernel import Actor
from indelible.kernel.keys import ADMIN, OPS, CreateKey, create_key
from indelible_service.contexts.contest_metrics import ContestMetrics
from indelible_service.contexts.money_metrics import MoneyMetrics
from indelible_service.contexts.project_metrics import JobMetrics
from indelible_service.monitoring.disk_metrics import DiskCollector
from indelible_service.monitoring.store_metrics import StoreCollector
from indelible_service.simulation.databases import DatabaseKind
from indelible_service.simulation.plan import (
    DAY,
    HOUR,
    MINUTE,
    Fate,
    Plan,
    PlannedContest,
    PlannedEntry,
    PlannedTournament,
    Profile,
)
from indelible_service.simulation.processes import WebProcess
from indelible_service.simulation.running import Simulation, open_simulation
from indelible_service.simulation.stages import CONTESTS, MONEY, PROJECTS
from indelible_sql import SqlStore
from indelible_web.app import metrics_registry

OPERATOR: Final = Actor.user("operator")
APPROVER: Final = Actor.user("approver")
EVENT: Final = "700000001"
CONTEST: Final = "masters"
LOCK: Final = 11 * HOUR + 30 * MINUTE
START: Final = 12 * HOUR
END: Final = 17 * HOUR + 10 * MINUTE
# A Monday that has passed: commands on the machine find faults in changes of the future.
BEGAN: Final = datetime(2026, 4, 6, tzinfo=UTC)
GIGABYTE: Final = 10**9
DAYS: Final = 30  # that the plan lasts; a scenario ends sooner
WORK_SECONDS: Final = 10  # of virtual time in which workers take what is due
LOOK_SECONDS: Final = 20  # of virtual time that pass at each look of a waiting operator
OPERATOR_SCOPES: Final = (OPS, "console", "contests:read", "projects:read", "history:read")

Environment = dict[str, Any]
StartResponse = Callable[..., Any]


def small_plan(seed: int = 1, **changes: Any) -> Plan:  # noqa: ANN401 - of the plan
    """Return a plan of one tournament on the first day, with one contest and three entries."""
    contest = PlannedContest(
        name=CONTEST,
        event_id=EVENT,
        published_at=5 * MINUTE,
        lock_at=LOCK,
        start_at=START,
        end_at=END,
        fee_minor=5_000,
        rake_bps=1_000,
        min_entries=2,
    )
    entries = [
        PlannedEntry(
            name=f"entry-{number}",
            contest=CONTEST,
            user=f"user-{number}",
            at=HOUR + number * MINUTE,
            roster=tuple(range(number, number + 4)),
            fate=Fate.PAID,
            pay_after_seconds=5 * MINUTE,
            enroll_after_seconds=number * MINUTE,
        )
        for number in range(3)
    ]
    tournament = PlannedTournament(event_id=EVENT, seed=seed, first_day=0, rounds=1, players=24)
    plan = Plan(
        seed=seed,
        days=DAYS,
        profile=Profile.CALM,
        tournaments=(tournament,),
        contests=(contest,),
        entries=tuple(entries),
    )
    return evolve(plan, **changes)


@define
class Disk:
    """The disk of all processes, in bytes."""

    total: int = 100 * GIGABYTE
    free: int = 50 * GIGABYTE


@define(eq=False)
class Installation:
    """A simulated installation, its API on a socket, and its metrics."""

    simulation: Simulation
    folder: Path
    registries: tuple[CollectorRegistry, ...]
    address: str = ""
    scrapes: list[Scrape] = field(factory=list[Scrape])
    lock: RLock = field(factory=RLock)
    machine: Machine = field(init=False)
    disk: Disk = field(factory=Disk)
    _numbers: Iterator[int] = field(factory=itertools.count)

    def __attrs_post_init__(self) -> None:
        self.machine = Machine(self.simulation, self.folder)

    # Time

    @property
    def now(self) -> datetime:
        """Return the virtual time."""
        return self.simulation.around.clock.now()

    @property
    def seconds(self) -> int:
        """Return the virtual time in seconds since the start."""
        return self.simulation.world.clock.seconds

    def run_until(self, seconds: int) -> None:
        """Let everything happen up to a time, at most an hour at once."""
        with self.lock:
            while self.seconds < seconds:
                self.simulation.world.run_until(min(seconds, self.seconds + HOUR))
                self.simulation.around.stripe.end_what_is_due()

    def run_for(self, seconds: int) -> None:
        """Let a time pass."""
        self.run_until(self.seconds + seconds)

    def wait_until(self, condition: Callable[[], object], limit: int = 5 * DAY) -> None:
        """Let minutes pass until something holds, or fail."""
        end = self.seconds + limit
        while not condition():
            assert self.seconds < end, "the condition did not come to hold"
            self.run_for(MINUTE)

    def at(self, seconds: int, action: Callable[[], object]) -> None:
        """Let something happen at a time, also while an operator waits."""

        def act() -> str:
            action()
            return "done"

        self.simulation.world.at(seconds, "scenario", "acts", act)

    def let_time_pass(self) -> None:
        """Let the time pass in which an operator waits for an answer."""
        self.run_for(LOOK_SECONDS)
        self._beat()
        with self.lock:
            self.machine.obey()

    def stay_calm(self, seconds: int) -> None:
        """Let a time without faults pass; then workers look, as real ones do each few seconds."""
        self.run_for(seconds)
        with self.lock:
            machinery = self.simulation.machinery
            for name in machinery.workers:
                machinery.wake(name, 0)
        self.run_for(WORK_SECONDS)

    def _beat(self) -> None:
        """Let the working processes give the signs of life that real ones give each second."""
        with self.lock:
            machinery = self.simulation.machinery
            for worker in machinery.workers.values():
                if worker.is_working:
                    worker.beat()
            if machinery.scheduler.is_working:
                machinery.scheduler.beat()

    # What there is

    @property
    def web(self) -> WebProcess:
        """Return the process of the API."""
        return self.simulation.machinery.web

    @property
    def store(self) -> SqlStore:
        """Return a store of the tests, which no death of a process closes."""
        return self.simulation.checker.store

    @property
    def contest_id(self) -> str:
        """Return the id of the planned contest."""
        return self.simulation.people.contest_ids[CONTEST]

    def contest_status(self) -> str:
        """Return the stored status of the planned contest."""
        contest_id = self.contest_id
        head = self.store.read(lambda tx: tx.contests.contests.get(contest_id))
        return str(head.entity.status)

    def new_key(self, *scopes: str, owner: Actor = OPERATOR) -> str:
        """Return the text of a new key."""
        with self.lock:
            command = CreateKey(owner=owner, scopes=scopes)
            return self.store.run(create_key, command, actor=OPERATOR, reason="a test").text

    def break_stage(self, name: str, error: Exception) -> Callable[[], None]:
        """Let every task of a stage fail, until the returned function is called."""

        def fail(_: object, __: object) -> None:
            raise error

        workers = self.simulation.machinery.workers.values()
        whole = [(worker.stages, worker.stages[name]) for worker in workers]
        for stages, stage in whole:
            stages[name] = evolve(stage, perform=fail)

        def mend() -> None:
            for stages, stage in whole:
                stages[name] = stage

        return mend

    # Over HTTP

    def __call__(self, environ: Environment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request while time stands still; a dead process answers nothing."""
        with self.lock:
            world = self.simulation.world
            if self.web.mortality.is_dead:
                start_response("502 Bad Gateway", [("Content-Type", "text/plain")])
                return [b"no answer"]
            world.ids.begin(f"operator {next(self._numbers)} {self.seconds}")
            answer = list(self.web.app(environ, start_response))
            world.after_step()
            return answer

    def look(self) -> None:
        """Scrape the metrics of each process; a dead one does not answer.

        A counter needs a look before the fault.
        """
        self._beat()
        with self.lock:
            for process, registries in self._registries().items():
                text = "".join(generate_latest(registry).decode() for registry in registries)
                self.scrapes.append(Scrape(at=self.now, process=process, text=text or None))

    def _registries(self) -> dict[str, tuple[CollectorRegistry, ...]]:
        """Return the registries of each process; a dead one has none."""
        machinery = self.simulation.machinery
        own = {name: process.worker.registry for name, process in machinery.workers.items()}
        own[machinery.scheduler.name] = machinery.scheduler.metrics.registry
        own[self.web.name] = metrics_registry(self.web.app)
        registries: dict[str, tuple[CollectorRegistry, ...]] = {}
        for process in machinery.processes():
            registries[process.name] = ()
            if not process.mortality.is_dead:
                registries[process.name] = (own[process.name], self._shared(process.store))
        # What the stages of all workers count is shown by one that lives.
        for name in sorted(machinery.workers):
            if registries[name]:
                registries[name] += self.registries
                break
        return registries

    def _shared(self, store: SqlStore) -> CollectorRegistry:
        """Return the metrics that every process has: of its store, and of the disk."""
        registry = CollectorRegistry()
        registry.register(StoreCollector(store))
        registry.register(DiskCollector(self.folder, lambda _: self.disk))
        return registry

    def variables(self) -> dict[str, str]:
        """Return the variables of an operator's shell, with the key of a second person."""
        return {
            "INDELIBLE_URL": self.address,
            "INDELIBLE_KEY": self.new_key(*OPERATOR_SCOPES),
            "APPROVER_KEY": self.new_key(ADMIN, owner=APPROVER),
            **self.machine.variables(),
        }


@contextmanager
def installation(
    folder: Path, plan: Plan | None = None, database: DatabaseKind = DatabaseKind.SQLITE
) -> Generator[Installation]:
    """Run an installation whose API is served on a socket."""
    contests, money, jobs = ContestMetrics(), MoneyMetrics(), JobMetrics()
    observers = {CONTESTS: contests, MONEY: money, PROJECTS: jobs}
    with open_simulation(
        plan or small_plan(), database, folder, [], observers, BEGAN
    ) as simulation:
        money.read_from(simulation.checker.store)
        registries = (contests.registry, money.registry, jobs.registry)
        running = Installation(simulation, folder, registries)
        simulation.begin()
        with _served(running):
            yield running


@contextmanager
def _served(running: Installation) -> Generator[None]:
    server = cast("Any", waitress).create_server(running, host="127.0.0.1", port=0, threads=1)
    thread = Thread(target=server.run, name="runbooks-web")
    thread.start()
    running.address = f"http://127.0.0.1:{server.effective_port}"
    try:
        yield
    finally:
        server.trigger.pull_trigger(server.close)
        thread.join()
        server.task_dispatcher.shutdown()
