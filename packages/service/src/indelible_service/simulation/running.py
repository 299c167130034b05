"""Run a plan from its first second to its last, and report what has come of it."""

from collections.abc import Generator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from attrs import define, field

from indelible.kernel.distributions import EVM
from indelible.kernel.keys import KeyPolicy
from indelible.projects import PushOutcome
from indelible_service.database import build_policy
from indelible_service.instance.data_directory import derive_secret
from indelible_service.settings.service import Settings
from indelible_service.simulation.absence.absent import Absence
from indelible_service.simulation.absence.client import NoStep
from indelible_service.simulation.absence.report import absence_report
from indelible_service.simulation.builders import Builders
from indelible_service.simulation.changes import CommittedChanges
from indelible_service.simulation.checks import Checker, Noticed, Violation
from indelible_service.simulation.clock import SimulatedClock
from indelible_service.simulation.crashes import Mortality
from indelible_service.simulation.databases import (
    DatabaseKind,
    SimulatedDatabase,
    simulated_database,
)
from indelible_service.simulation.doors import CHECKS, Doors, GuardedDatabase
from indelible_service.simulation.draws import Seed
from indelible_service.simulation.git_host import SimulatedGitHost
from indelible_service.simulation.host_steps import HostPeople
from indelible_service.simulation.hosts import SimulatedHost, simulated_hosts
from indelible_service.simulation.ids import SeededIds
from indelible_service.simulation.logged import logged_errors
from indelible_service.simulation.machinery import SCHEDULER, WEB, Machinery
from indelible_service.simulation.nemesis import Nemesis
from indelible_service.simulation.operator import Operator
from indelible_service.simulation.people import People
from indelible_service.simulation.plan import DAY, HOUR, WRONG_CLOCK, Plan, Profile
from indelible_service.simulation.processes import (
    CommitNotes,
    SchedulerProcess,
    Surroundings,
    WebProcess,
    WorkerProcess,
)
from indelible_service.simulation.provider import SimulatedProvider
from indelible_service.simulation.restores import Restorer
from indelible_service.simulation.settings import simulated_settings
from indelible_service.simulation.stripe import SimulatedStripe
from indelible_service.simulation.upgrades import Upgrader
from indelible_service.simulation.world import World

if TYPE_CHECKING:
    from indelible_service.simulation.chain_node import SimulatedNode

START: Final = datetime(2027, 4, 5, tzinfo=UTC)  # a Monday
WORKERS: Final = ("worker-1", "worker-2")
NO_OBSERVERS: Final[Mapping[str, Any]] = MappingProxyType({})
MEMORY: Final = Path("/dev/shm")  # noqa: S108 - a new directory in it


@define
class SimulationReport:
    """The outcome of a simulation."""

    plan: Plan
    database: DatabaseKind
    changes: int = 0
    changes_digest: str = ""
    trace_digest: str = ""
    steps: int = 0
    seconds: float = 0.0  # of the machine
    violation: Violation | None = None
    trace: list[str] = field(factory=list[str])
    counts: dict[str, int] = field(factory=dict[str, int])
    edges: dict[str, int] = field(factory=dict[str, int])  # how often each was taken
    failpoints: dict[str, int] = field(factory=dict[str, int])  # how often each was reached
    timings: dict[str, float] = field(factory=dict[str, float])
    absence: dict[str, Any] | None = None  # the report of a profile without engineers

    @property
    def is_clean(self) -> bool:
        """Return True if no invariant is broken."""
        return self.violation is None


def run_plan(plan: Plan, kind: DatabaseKind) -> SimulationReport:
    """Run a plan in a new database of a temporary directory, and report."""
    report = SimulationReport(plan, kind)
    began = perf_counter()
    folder = MEMORY if MEMORY.is_dir() else None
    with (
        logged_errors() as errors,
        TemporaryDirectory(prefix="indelible-simulation-", dir=folder) as directory,
        open_simulation(plan, kind, Path(directory), errors) as simulation,
    ):
        report.timings["preparation"] = perf_counter() - began
        report.violation = simulation.run()
        simulation.fill(report)
    report.seconds = perf_counter() - began
    return report


@define(kw_only=True, eq=False)
class Simulation:
    """Everything that takes part in a run."""

    plan: Plan
    world: World
    around: Surroundings
    machinery: Machinery
    people: People
    host_people: HostPeople
    builders: Builders
    checker: Checker
    restorer: Restorer
    upgrader: Upgrader

    @property
    def absence(self) -> Absence | None:
        """Return the absence of a plan without engineers."""
        return self.checker.absence

    def run(self) -> Violation | None:
        """Let the time of the plan pass; return the first invariant that is broken.

        An error that nothing handles breaks one too: its seed is reported, and can be shrunk.
        """
        try:
            self.begin()
            return self._let_time_pass()
        except NoStep as error:
            return self.checker.forbidden(str(error))
        except Exception as error:  # noqa: BLE001 - whatever it is, it is reported
            for call in self.around.doors.refused:
                return self.checker.forbidden(call)
            return self.checker.unexpected(error)
        finally:
            self.around.doors.open()

    def begin(self) -> None:
        """Let everything come that the plan has."""
        self.people.begin()
        self.host_people.begin()
        self.builders.begin()
        if self.around.node is not None:
            self.around.node.begin(self.world, self.plan.chain)
        self.machinery.begin()
        processes = {process.name: process for process in self.machinery.processes()}
        nemesis = Nemesis(world=self.world, plan=self.plan, around=self.around, processes=processes)
        nemesis.begin()
        self.restorer.begin()
        self.upgrader.begin()
        if self.absence is not None:
            self.absence.begin()

    def _let_time_pass(self) -> Violation | None:
        for hour in range(1, self.plan.days * DAY // HOUR + 1):
            self.world.run_until(hour * HOUR)
            self.around.stripe.end_what_is_due()
            with self.around.doors.through(CHECKS):
                violation = self.checker.check_hour()
                if violation is None and hour * HOUR % DAY == 0:
                    violation = self.checker.check_day()
            if violation is not None:
                return violation
        with self.around.doors.through(CHECKS):
            return self.checker.check_end()

    def fill(self, report: SimulationReport) -> None:
        """Write the figures of the run into its report."""
        changes = self.checker.changes
        if report.violation is None or report.violation.invariant != Noticed.UNEXPECTED:
            changes.read_new(self.checker.store)  # after an error, the database may be any
            if self.absence is not None:
                report.absence = absence_report(self.absence, self.checker)
        report.changes = changes.number
        report.changes_digest = changes.digest
        report.trace_digest = self.world.trace_digest
        report.steps = self.world.steps
        report.trace = self.world.trace
        report.counts = self.counts()
        report.edges = dict(sorted(changes.taken.items()))
        report.failpoints = self.machinery.failpoints()
        report.timings.update(self.checker.timings)

    def wrong_clocks(self) -> int:
        """Return how often the clock of a process became wrong."""
        total = 0
        for name, number in self.world.outcomes.items():
            if name.startswith(WRONG_CLOCK) and name.endswith("begins"):
                total += number
        return total

    def counts(self) -> dict[str, int]:
        """Return how much has happened."""
        stripe = self.around.stripe
        counts = {
            "requests to Stripe": stripe.requests,
            "fetches": self.around.provider.requests,
            "entries": len(self.people.entry_ids),
            "contests": len(self.people.contest_ids),
            "transfers": len(stripe.objects("transfer")),
            "crashes": self.machinery.crashes,
            "crashes of commits": self.machinery.crashes_of_commits,
            "repeated webhooks": stripe.engine.sender.counts["duplicated"],
            "lost webhooks": stripe.engine.sender.counts["lost"],
            "silent requests": stripe.silences,
            "failed fetches": self.around.provider.faults,
            "comparisons of balances": self.checker.rests,
            "repeated requests": self.people.repeated_requests,
            "refused configurations": self.people.refused_configurations,
            "steps of hosts": self.host_people.steps,
            "wrong clocks": self.wrong_clocks(),
            "upgrades": self.upgrader.upgrades,
            "downgrades": self.upgrader.downgrades,
            "restores": self.people.losses.restores,
            "lost changes": self.people.losses.changes,
            "lost entries": len(self.people.losses.entries),
            "refunds of lost payments": self.checker.operator.refunds,
            "reversals of lost transfers": self.checker.operator.reversals,
        }
        git = self.around.git
        if git is not None:
            counts["jobs"] = len(self.checker.jobs.projects)
            counts["canceled jobs"] = self.builders.canceled
            counts["repeated jobs"] = self.builders.repeated
            counts.update({f"{one} pushes": git.outcomes[one] for one in PushOutcome})
        node = self.around.node
        if node is not None:
            counts.update(node.counts())
            counts.update(self.checker.scans.counts())
        return counts


@contextmanager
def open_simulation(
    plan: Plan,
    kind: DatabaseKind,
    folder: Path,
    errors: list[str],
    observers: Mapping[str, Any] = NO_OBSERVERS,
    start_at: datetime = START,
) -> Generator[Simulation]:
    """Open everything; `observers` measure what the stages of a context do, by its name."""
    clock = SimulatedClock(start_at)
    world = World(Seed(plan.seed), clock, SeededIds(plan.seed, clock))
    settings = simulated_settings(plan.seed)
    policy = build_policy(settings, KeyPolicy(pepper=derive_secret(settings, "keys")))
    hosts = simulated_hosts(plan.modules)
    with ExitStack() as stack:
        database = stack.enter_context(
            simulated_database(kind, folder, clock, policy, tuple(hosts.values()))
        )
        around = _surroundings(plan, world, database, settings, hosts, folder)
        around.observers = observers
        machinery = _machinery(world, around)
        for process in machinery.processes():
            stack.callback(process.end)
        people = People(world=world, plan=plan, web=machinery.web, around=around)
        builders = Builders(people=people)
        checker = _checker(stack, plan, world, around, builders, machinery, errors)
        yield Simulation(
            plan=plan,
            world=world,
            around=around,
            machinery=machinery,
            people=people,
            host_people=HostPeople(people),
            builders=builders,
            checker=checker,
            restorer=Restorer(around=around, machinery=machinery, checker=checker, folder=folder),
            upgrader=Upgrader(around=around, checker=checker),
        )


def _surroundings(
    plan: Plan,
    world: World,
    database: SimulatedDatabase,
    settings: Settings,
    hosts: Mapping[str, SimulatedHost],
    folder: Path,
) -> Surroundings:
    """Return what outlives the processes; a Git host and a node only for a plan that uses them."""
    doors = Doors()
    git: SimulatedGitHost | None = None
    if plan.projects:
        git = SimulatedGitHost.open(folder, world.clock, world.ids, world.seed)
    stripe = SimulatedStripe.open(world.clock, plan.seed, plan.available_after_seconds)
    stripe.doors = doors
    world.before_step = doors.begin_step
    return Surroundings(
        database=GuardedDatabase(database, doors),
        stripe=stripe,
        doors=doors,
        provider=SimulatedProvider.open(world.clock, world.seed),
        clock=world.clock,
        ids=world.ids,
        settings=settings,
        commits=CommitNotes(),
        hosts=hosts,
        git=git,
        node=_node(world) if plan.chain else None,
    )


def _node(world: World) -> "SimulatedNode":
    """Return the node of a chain.

    Raises: DistributionMissing.
    """
    with EVM.required():
        from indelible_service.simulation.chain_node import SimulatedNode

    return SimulatedNode(world.clock, world.seed)


def _checker(
    stack: ExitStack,
    plan: Plan,
    world: World,
    around: Surroundings,
    builders: Builders,
    machinery: Machinery,
    errors: list[str],
) -> Checker:
    """Return the checks, whose store and operator end with the stack."""
    people = builders.people
    operator = Operator(world=world, around=around, losses=people.losses)
    stack.callback(operator.end)
    checker = Checker(
        store=around.database.open(around.ids, Mortality(around.clock)),
        database=around.database,
        world=world,
        plan=plan,
        people=people,
        builders=builders,
        git=around.git,
        node=around.node,
        stripe=around.stripe,
        changes=CommittedChanges(),
        operator=operator,
        machinery=machinery,
        settings=around.settings,
    )
    checker.logged_errors = errors
    if plan.profile is Profile.ABSENCE:
        checker.absence = Absence(people=people, machinery=machinery)
    stack.callback(checker.end)
    return checker


def _machinery(world: World, around: Surroundings) -> Machinery:
    """Start the processes, and connect them with the world and with Stripe's webhooks."""
    world.ids.begin("web starts")
    web = WebProcess(WEB, around)
    workers: dict[str, WorkerProcess] = {}
    for name in WORKERS:
        world.ids.begin(f"{name} starts")
        workers[name] = WorkerProcess(name, around)
    machinery = Machinery(
        world=world,
        web=web,
        workers=workers,
        scheduler=SchedulerProcess(SCHEDULER, around),
        stripe=around.stripe,
        commits=around.commits,
    )
    around.stripe.engine.sender.post = machinery.post
    world.after_step = machinery.after_step
    world.on_crash = machinery.on_crash
    return machinery
