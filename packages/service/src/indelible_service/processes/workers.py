"""Run workers as threads of this process, and as processes of their own."""

import signal
from collections.abc import Callable, Collection, Generator
from contextlib import ExitStack, contextmanager
from functools import partial
from threading import Event, Thread
from typing import TYPE_CHECKING, ClassVar, Final
from urllib.parse import urlsplit

from attrs import evolve, frozen

from indelible.kernel import Actor, NotFound, Store
from indelible.kernel.stages import TasksRead, TasksWrite
from indelible_service.database import (
    SCHEDULER_THREADS,
    check_connections,
    open_configured_store,
    public_url,
    worker_process_threads,
)
from indelible_service.hosts.modules import host_recurring_tasks, host_stages, join_stages
from indelible_service.monitoring.deadman import DeadMansSwitch
from indelible_service.monitoring.metrics import register_contexts, register_process, served_metrics
from indelible_service.monitoring.peers import Peer, report_peers
from indelible_service.monitoring.standstills import StandstillLog
from indelible_service.processes.building import (
    WORKER,
    backup_subject,
    build_stages,
    check_stages,
    configure_process,
    enqueue_standing_tasks,
    prepare_stages,
    publish_commits,
    recurring_tasks,
)
from indelible_service.processes.supervisor import Start, Supervisor, log_words, logger, run_command
from indelible_service.settings.service import Settings
from indelible_sql import SqlStore
from indelible_workers import SchedulerMetrics, Worker, run_scheduler, run_workers
from indelible_workers.children.processes import check_child_stages
from indelible_workers.wakeups.messages import Stages

if TYPE_CHECKING:
    from indelible_workers import WakeupBroker

SCHEDULER: Final = Actor.system("scheduler")
LOCAL_HOST: Final = "localhost"
REDIS_PORT: Final = 6_379
MAX_DISPATCH_SECONDS: Final = 1  # without Redis
STOP_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)


@frozen
class StageUnknown(NotFound):
    """No stage of this name is configured."""

    message: ClassVar[str] = "Stage {stage} is not configured; configured stages: {known}."
    stage: str
    known: tuple[str, ...]


def select_stages(stages: Stages, names: Collection[str]) -> Stages:
    """Return the stages of these names, or all where no name is passed.

    Raises: StageUnknown.
    """
    if not names:
        return stages

    for name in names:
        if name not in stages:
            raise StageUnknown(name, tuple(sorted(stages)))

    return {name: stage for name, stage in stages.items() if name in names}


@frozen
class StageSelection:
    """The stages that a worker process runs: by their names, and those of a host's modules."""

    names: tuple[str, ...] = ()
    modules: tuple[str, ...] = ()


ALL_STAGES: Final = StageSelection()


def selected_stages(settings: Settings, store: SqlStore, selection: StageSelection) -> Stages:
    """Return the selected stages; with modules and no names, those of the modules.

    Raises: StageUnknown, HostModuleUnusable, PerformNotPicklable.
    """
    own_stages = build_stages(settings, store)
    if not selection.modules:
        return select_stages(own_stages, selection.names)

    of_hosts = host_stages(selection.modules, store)
    stages = join_stages(own_stages.values(), selection.modules, of_hosts)
    names = selection.names or [stage.name for stage in of_hosts]
    selected = select_stages(stages, names)
    check_child_stages(selected.values())
    return selected


def build_worker(settings: Settings, store: Store[TasksRead, TasksWrite]) -> Worker:
    """Return the worker of this process, with the metrics that its stages count."""
    worker = Worker(store=store, actor=WORKER)
    register_contexts(settings, worker.registry)
    return worker


@contextmanager
def worker_threads(
    settings: Settings, store: SqlStore, stages: Stages, worker: Worker
) -> Generator[None]:
    """Process tasks in threads of this process until the block ends, and serve their metrics."""
    prepare_stages(settings, store, stages)
    enqueue_standing_tasks(store, stages.values())
    with ExitStack() as stack:
        brokers = _open_brokers(settings, worker, stack)
        stack.enter_context(served_metrics(settings, worker.registry))
        threads = run_workers(
            worker,
            stages,
            brokers,
            threads=settings.worker_threads,
            dispatch_seconds=_dispatch_seconds(settings),
        )
        stack.enter_context(threads)
        yield


def _dispatch_seconds(settings: Settings) -> float:
    """Return the seconds between two looks; alone, a process gets no news of the others."""
    if settings.redis_url:
        return settings.dispatch_seconds

    return min(settings.dispatch_seconds, MAX_DISPATCH_SECONDS)


def _open_brokers(settings: Settings, worker: Worker, stack: ExitStack) -> "list[WakeupBroker]":
    """Return the broker of the configured Redis until the stack ends."""
    if not settings.redis_url:
        return []

    from indelible_workers import WakeupBroker, redis_client

    client = stack.enter_context(redis_client(settings.redis_url))
    return [WakeupBroker(client, worker)]


def run_worker_process(settings: Settings, selection: StageSelection) -> None:
    """Process tasks of the selected stages in this process until SIGINT or SIGTERM."""
    shutdown = shutdown_event()
    with open_configured_store(settings) as store:
        stages = selected_stages(settings, store, selection)
        configure_process(settings)
        _report_start(settings, stages)
        worker = build_worker(settings, store)
        register_process(settings, worker.registry, store)
        with worker_threads(settings, store, stages, worker):
            shutdown.wait()


def _report_start(settings: Settings, stages: Stages) -> None:
    """Log what this process does, and which servers it cannot reach."""
    logger.info(
        "worker: stages %s in %s threads; database %s",
        ", ".join(sorted(stages)),
        settings.worker_threads,
        public_url(settings),
    )
    wakeups = f"every {_dispatch_seconds(settings)} seconds"
    peers: list[Peer] = []
    message = "worker: no Redis is configured; ready tasks are counted %s"
    if settings.redis_url:
        peers.append(_redis_peer(settings, wakeups))
        message = "worker: Redis wakes threads up; ready tasks are also counted %s"
    logger.info(message, wakeups)

    for context in settings.built_in_contexts:
        section = settings.section(context.settings)
        peers.extend(context.peers(section))
        for note in context.notes(section):
            logger.info("worker: %s", note)
    report_peers(peers)


def _redis_peer(settings: Settings, wakeups: str) -> Peer:
    parts = urlsplit(settings.redis_url)

    def ask() -> None:
        from indelible_workers import redis_client

        with redis_client(settings.redis_url) as client:
            client.ping()  # pyright: ignore[reportUnknownMemberType] - untyped

    return Peer(
        name="Redis",
        host=parts.hostname or LOCAL_HOST,
        port=parts.port or REDIS_PORT,
        ask=ask,
        while_silent=f"no task is lost, and ready tasks are counted {wakeups}",
    )


def run_worker_processes(settings: Settings, selection: StageSelection, processes: int) -> None:
    """Run worker processes until SIGINT or SIGTERM, and restart each that ends."""
    shutdown = shutdown_event()
    with open_configured_store(settings) as store:
        check_connections(settings, store, [worker_process_threads(settings)] * processes)
        # Report a wrong name or contract once, here, and not in every process.
        stages = selected_stages(settings, store, selection)
        check_stages(settings, store, stages)

    configure_process(settings)
    with Supervisor() as supervisor:
        for number in range(processes):
            start = worker_command(settings, selection, number)
            supervisor.add(worker_name(number), start)
        supervisor.run_until(shutdown.is_set)


def worker_name(number: int) -> str:
    """Return the name of a worker process for persons; the first number is 0."""
    return f"worker {number + 1}"


def worker_command(settings: Settings, selection: StageSelection, number: int) -> Start:
    """Return the start of a worker process; each serves its metrics at a port of its own."""
    words = ["work", "--alone", *log_words(settings, worker_name(number))]
    for name in selection.names:
        words += ["--stage", name]
    for module in selection.modules:
        words += ["--module", module]
    variables = metrics_settings(settings, number).variables_of_child()
    return partial(run_command, *words, settings=variables)


def metrics_settings(settings: Settings, number: int) -> Settings:
    """Return the settings of a process that serves its metrics at the port of this number."""
    if not settings.metrics_port:
        return settings

    return evolve(settings, metrics_port=settings.metrics_port + number)


@contextmanager
def scheduler_thread(
    settings: Settings, store: SqlStore, metrics: SchedulerMetrics
) -> Generator[None]:
    """Enqueue recurring tasks in a thread of this process until the block ends."""
    scheduler = Worker(store=store, actor=SCHEDULER)
    thread = Thread(
        target=run_scheduler,
        args=(scheduler, recurring_tasks(settings), metrics, after_round(settings, store)),
        kwargs={"subjects": (backup_subject(settings),)},
        name="indelible-scheduler",
    )
    thread.start()
    try:
        yield
    finally:
        scheduler.stop()
        thread.join()


def run_scheduler_process(settings: Settings, modules: Collection[str] = ()) -> None:
    """Enqueue recurring tasks, also those of a host's modules, until SIGINT or SIGTERM.

    Several schedulers may run at once.
    """
    shutdown = shutdown_event()
    with open_configured_store(settings) as store:
        check_connections(settings, store, [SCHEDULER_THREADS])
        tasks = [*recurring_tasks(settings), *host_recurring_tasks(modules, store)]
        configure_process(settings)
        names = ", ".join(task.name for task in tasks)
        logger.info("scheduler: recurring tasks: %s", names or "none")
        worker = Worker(store=store, actor=SCHEDULER, stopping=shutdown)
        metrics = SchedulerMetrics()
        register_process(settings, metrics.registry, store)
        publish_commits(settings, store)
        with served_metrics(settings, metrics.registry):
            look = after_round(settings, store)
            run_scheduler(worker, tasks, metrics, look, (backup_subject(settings),))


def after_round(settings: Settings, store: SqlStore) -> Callable[[], None]:
    """Return what a scheduler does after each round: log what stands still, tell a monitor."""
    log = StandstillLog(store=store, clock=store.clock)
    if not settings.deadman_url:
        return log.look

    switch = DeadMansSwitch(url=settings.deadman_url, store=store, clock=store.clock)

    def look() -> None:
        switch.look()
        log.look()

    return look


def shutdown_event() -> Event:
    """Return an event that SIGINT and SIGTERM set from now on."""
    event = Event()

    def set_event(*_: object) -> None:
        # The interrupted thread may hold the lock that `set` needs: it may be inside `wait`.
        Thread(target=event.set).start()

    for number in STOP_SIGNALS:
        signal.signal(number, set_event)
    return event
