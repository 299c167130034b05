"""The processes of a simulated installation: web, workers and schedulers, each of which can die."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from attrs import define, field
from dramatiq import Broker, Message
from flask import Flask
from flask.testing import FlaskClient

from indelible.app import AppContext
from indelible.captures import Embedder
from indelible.kernel.audit import Actor
from indelible_service.composition import build_web_settings
from indelible_service.monitoring.standstills import StandstillLog
from indelible_service.processes.building import (
    WORKER,
    declare_configured_subjects,
    enqueue_standing_tasks,
    recurring_tasks,
)
from indelible_service.processes.workers import SCHEDULER
from indelible_service.settings.service import Settings
from indelible_service.simulation.clock import SimulatedClock
from indelible_service.simulation.crashes import Mortality
from indelible_service.simulation.databases import SimulatedDatabase
from indelible_service.simulation.doors import Doors
from indelible_service.simulation.git_host import SimulatedGitHost
from indelible_service.simulation.hosts import SimulatedHost
from indelible_service.simulation.ids import SeededIds
from indelible_service.simulation.process_clocks import ProcessClock
from indelible_service.simulation.provider import SimulatedProvider
from indelible_service.simulation.stages import AnyStage, StageParts, simulated_stages
from indelible_service.simulation.stripe import SimulatedStripe
from indelible_sql import SqlStore
from indelible_web import create_app
from indelible_workers import (
    RecurringTask,
    SchedulerMetrics,
    Worker,
    process_batch,
    run_scheduler,
)
from indelible_workers.leases.heartbeat import Heartbeat
from indelible_workers.subjects import declare_subjects
from indelible_workers.wakeups.dispatching import Dispatcher, Look
from indelible_workers.wakeups.messages import queue_name

if TYPE_CHECKING:
    from indelible_service.simulation.chain_node import SimulatedNode


@define(eq=False)
class CommitNotes:
    """The news that a process has committed something that may make work for a worker."""

    is_set: bool = False

    def note(self) -> None:
        """Note a commit."""
        self.is_set = True

    def take(self) -> bool:
        """Return whether there was a commit since the last time."""
        is_set = self.is_set
        self.is_set = False
        return is_set


@define(kw_only=True, eq=False)
class Surroundings:
    """The things that outlive a process: database, Stripe, provider, clock, ids and settings.

    There is a Git host where the plan has projects, and a node where it has a chain. `observers`
    measure what the stages of a context do, by its name.
    """

    database: SimulatedDatabase
    stripe: SimulatedStripe
    provider: SimulatedProvider
    clock: SimulatedClock
    ids: SeededIds
    settings: Settings
    commits: CommitNotes
    hosts: Mapping[str, SimulatedHost] = field(factory=dict[str, SimulatedHost])
    git: SimulatedGitHost | None = None
    node: "SimulatedNode | None" = None
    embedder: Embedder | None = None
    observers: Mapping[str, Any] = field(factory=dict[str, Any])
    doors: Doors = field(factory=Doors)
    failing_stages: set[str] = field(factory=set[str])  # of the workers, until their fault is over


@define(eq=False)
class SimulatedProcess(ABC):
    """A process that is started again after its death."""

    name: str
    surroundings: Surroundings
    mortality: Mortality = field(init=False)
    clock: ProcessClock = field(init=False)
    store: SqlStore = field(init=False)
    is_restarting: bool = field(default=False, init=False)
    # Its loops wait for an answer that never comes; it is not dead, and its metrics are served.
    is_hanging: bool = field(default=False, init=False)

    def __attrs_post_init__(self) -> None:
        self.mortality = Mortality(self.surroundings.clock)
        self.clock = ProcessClock(self.surroundings.clock)
        self.start()

    def start(self) -> None:
        """Open the store, and build what the process runs, with an empty memory."""
        self.mortality.is_dead = False
        self.is_hanging = False
        around = self.surroundings
        with self.at_work():
            self.store = around.database.open(around.ids, self.mortality, self.clock)
            self.store.commits.add(self.surroundings.commits.note)
            self.build()

    def at_work(self) -> AbstractContextManager[None]:
        """Work for a block, in a step of the process."""
        return self.surroundings.doors.through(self.name, actors=(self.name,))

    @abstractmethod
    def build(self) -> None:
        """Build what the process runs."""

    def end(self) -> None:
        """Close what the process holds; the database rolls back what was not committed."""
        self.store.dispose()

    @property
    def is_working(self) -> bool:
        """Return True unless the process is dead or hangs."""
        return not (self.mortality.is_dead or self.is_hanging)

    def restart(self) -> None:
        """Start again after a death."""
        self.end()
        self.start()


class WebProcess(SimulatedProcess):
    """The API, asked by a test client."""

    app: Flask
    client: FlaskClient

    def build(self) -> None:
        """Build the application, and declare what must succeed again and again."""
        around = self.surroundings
        declare_configured_subjects(around.settings, self.store)
        context = AppContext(
            store=self.store,
            clock=self.clock,
            ids=around.ids,
            stripe=around.stripe.gateway(self.mortality),
            config=self.store.config,
            embedder=around.embedder,
        )
        self.app = create_app(context, build_web_settings(around.settings))
        guarded = around.doors.guarded(self.app.wsgi_app, self.name)
        self.app.wsgi_app = guarded  # type: ignore[assignment] # as Flask's documentation does
        self.client = self.app.test_client(use_cookies=False)


@define(eq=False)
class _Wakeups:
    """A broker that keeps the queues for which a dispatcher has sent wake-ups."""

    queues: list[str] = field(factory=list[str])

    def offer(self, message: Message[None], max_queued: int) -> bool:
        """Keep a message unless enough are queued."""
        if self.queues.count(message.queue_name) < max_queued:
            self.queues.append(message.queue_name)
        return True

    def connected(self) -> AbstractContextManager[None]:
        """Exchange no news: the simulation tells each process what was committed."""
        return nullcontext()

    def end_consumers(self) -> None:
        """Do nothing: no thread waits for a message."""

    def take(self) -> list[str]:
        """Return the queues, and forget them."""
        queues = self.queues
        self.queues = []
        return queues


class WorkerProcess(SimulatedProcess):
    """A worker: its dispatcher looks, and its stages process what is ready."""

    worker: Worker
    stages: dict[str, AnyStage]
    wakeups: _Wakeups
    dispatcher: Dispatcher
    heartbeat: Heartbeat

    def build(self) -> None:
        """Build the stages, and enqueue the tasks that enqueue themselves again."""
        around = self.surroundings
        parts = StageParts(
            store=self.store,
            gateway=around.stripe.gateway(self.mortality),
            provider=around.provider,
            clock=self.clock,
            mortality=self.mortality,
            settings=around.settings,
            hosts=tuple(around.hosts.values()),
            git=around.git,
            node=around.node,
            observers=around.observers,
            failing=around.failing_stages,
        )
        self.stages = simulated_stages(parts)
        self.worker = Worker(
            store=self.store,
            actor=WORKER,
            clock=self.clock,
            at_failpoint=self.mortality.reach,
        )
        self.heartbeat = self.worker.new_heartbeat()
        self.wakeups = _Wakeups()
        brokers = [cast("Broker", self.wakeups)]
        self.dispatcher = Dispatcher(self.worker, self.stages, brokers)
        enqueue_standing_tasks(self.store, self.stages.values())
        subjects = [subject for stage in self.stages.values() for subject in stage.subjects]
        declare_subjects(self.store, subjects, WORKER)

    def beat(self) -> None:
        """Let the heartbeat beat once."""
        with self.at_work():
            self.heartbeat.beat()

    def look(self) -> Look:
        """Look which stages have ready tasks, and let the feed be followed."""
        with self.at_work():
            look = self.dispatcher.dispatch(self.clock.now())
            self.dispatcher.follow(look.last_change)
        return look

    def ready_stages(self) -> list[str]:
        """Return the stages for which wake-ups have come, each once, in order."""
        names = {queue_name(name): name for name in self.stages}
        ready: list[str] = []
        for queue in self.wakeups.take():
            if names[queue] not in ready:
                ready.append(names[queue])
        return ready

    def process(self, stage: str) -> int:
        """Process a batch of a stage, and return how many tasks were claimed."""
        with self.at_work():
            return process_batch(self.store, self.stages[stage], actor=WORKER, worker=self.worker)


class SchedulerProcess(SimulatedProcess):
    """A scheduler; each call is one look at the schedules."""

    tasks: list[RecurringTask]
    standstills: StandstillLog
    metrics: SchedulerMetrics
    actor: Actor = SCHEDULER

    def build(self) -> None:
        """Read the schedules."""
        self.tasks = list(recurring_tasks(self.surroundings.settings))
        self.standstills = StandstillLog(store=self.store, clock=self.clock)
        self.metrics = SchedulerMetrics(clock=self.clock)

    def beat(self) -> None:
        """Count the rounds that it has left out: it looks only at times that are drawn."""
        self.metrics.round_ended()

    def look(self) -> None:
        """Enqueue the newest slot of each recurring task whose slot has come."""
        worker = Worker(
            store=self.store,
            actor=SCHEDULER,
            clock=self.clock,
            at_failpoint=self.mortality.reach,
        )
        with self.at_work():
            run_scheduler(worker, self.tasks, self.metrics, partial(self._end_round, worker))

    def _end_round(self, worker: Worker) -> None:
        worker.stopping.set()
        self.standstills.look()
